import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore, type SqliteStore } from '../src/adapters/sqlite/open-store.ts';
import { approvalView } from '../src/adapters/admin/approval-views.ts';
import { systemClock, systemIds } from '../src/adapters/system/clock.ts';
import type { Approval, ApprovalId, ArgsDigest } from '../src/core/approval/approval.ts';
import type { DefinitionDigest } from '../src/core/catalog/tool.ts';
import { createKnownPeople } from '../src/core/identity/known-people.ts';
import type { Administrator } from '../src/core/identity/principal.ts';
import type { PolicyVersion } from '../src/core/policy/decision.ts';
import { createApprovalAdministration } from '../src/gateway/administration/approvals.ts';
import { createApprovalDesk } from '../src/gateway/approval-desk.ts';
import { createApprovers } from '../src/gateway/approvers.ts';
import { createDenials } from '../src/gateway/administration/record-denial.ts';
import { createDeadlines } from '../src/gateway/deadlines.ts';
import { createHoldRecords } from '../src/gateway/hold-records.ts';

// How long a page of a full inbox takes, encoded, and how long a decision takes to wake the call that waits for it. `node bench/approvals.ts`

const PENDING = 10_000;
const PAGE = 50;
const DECISIONS = 300;
const PAGE_MS_BUDGET = 100;
const WAKE_MS_BUDGET = 50;
const DIGEST = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const OLIVIA: Administrator = { user: 'olivia', roles: ['approver'], groups: [], credentialId: 'tok_1' };

const directory = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
const store = await openSqliteStore({ path: join(directory, 'store.db'), clock: systemClock });
try {
  const ids = await fill(store);
  const desk = createApprovalDesk(DECISIONS);
  const administration = createApprovalAdministration({
    approvals: store.approvals,
    desk,
    clock: systemClock,
    denials: createDenials({ ...store, clock: systemClock }),
    deadlines: createDeadlines(systemClock),
    holdRecords: createHoldRecords(),
    approvers: createApprovers({ ...store, clock: systemClock, people: createKnownPeople([]) }),
  });
  const pages = await timePages(administration);
  const wakes: number[] = [];
  for (const id of ids.slice(0, DECISIONS)) {
    const signal = new AbortController().signal;
    const waiting = desk.wait(id, 60_000, signal).then(() => performance.now());
    const startedMs = performance.now();
    const [wokeMs] = await Promise.all([waiting, administration.approve(OLIVIA, id, null, null)]);
    wakes.push(wokeMs - startedMs);
  }
  report(`page of ${PAGE} of ${PENDING} pending, encoded`, pages, PAGE_MS_BUDGET);
  report('decision to wake-up of the held call', wakes, WAKE_MS_BUDGET);
} finally {
  await store.close();
  rmSync(directory, { recursive: true });
}

type Inbox = Pick<ReturnType<typeof createApprovalAdministration>, 'listApprovals'>;

/** Every page from the newest to the oldest, as the admin API gives it out. */
async function timePages({ listApprovals }: Inbox): Promise<readonly number[]> {
  const times: number[] = [];
  let before: string | undefined;
  for (;;) {
    const startedMs = performance.now();
    const page = await listApprovals(OLIVIA, 'pending', PAGE, before);
    if (!page.ok) throw new Error(page.error.message);
    JSON.stringify({ approvals: page.value.map(approvalView) });
    times.push(performance.now() - startedMs);
    before = page.value.at(-1)?.id;
    if (page.value.length < PAGE || before === undefined) return times;
  }
}

async function fill({ approvals }: SqliteStore): Promise<readonly ApprovalId[]> {
  const conditions = { newest: null, pendingMax: PENDING, pendingPerPrincipalMax: PENDING, pendingPerToolMax: PENDING };
  const all = Array.from({ length: PENDING }, (_, index) => pending(index));
  for (let start = 0; start < all.length; start += 500)
    await Promise.all(all.slice(start, start + 500).map((each) => approvals.create(each, conditions, [])));
  return all.map(({ id }) => id);
}

function pending(index: number): Approval {
  const createdMs = systemClock.nowMs();
  return {
    id: systemIds.next('apr') as ApprovalId,
    status: 'pending',
    binding: {
      principal: `person-${index % 500}`,
      client: 'cursor',
      upstream: 'crm',
      tool: 'update_deal',
      argsDigest: index.toString(16).padStart(64, '0') as ArgsDigest,
      definitionDigest: DIGEST as DefinitionDigest,
      policyVersion: DIGEST as PolicyVersion,
      environment: 'prod',
    },
    requesterName: `Person ${index % 500}`,
    ruleId: 'deal-updates',
    reason: 'Leads confirm changes to open deals',
    approverGroups: [],
    approversNeeded: 1,
    approvedBy: [],
    argumentsShown: JSON.stringify({ id: `D-${index}`, field: 'stage', value: 'won', note: 'x'.repeat(500) }),
    createdMs,
    expiresMs: createdMs + 3_600_000,
    decidedBy: null,
    decidedMs: null,
    comment: null,
    finishedMs: null,
    note: null,
    supersededBy: null,
    particulars: {
      summary: `Set stage of deal D-${index} to won`,
      rulePlace: 'policies/crm.yaml:12:5',
      toolClass: 'write',
      credentialId: 'tok_1',
      byRequester: false,
      approverUsers: [],
      previewTool: null,
      confirm: null,
      reauthenticateMs: null,
      grantOffered: null,
      origin: null,
    },
    grant: null,
    timeline: [{ atMs: createdMs, change: 'pending', by: null, comment: null }],
  };
}

function report(what: string, times: readonly number[], budgetMs: number): void {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
  const isMet = at(0.5) <= budgetMs;
  console.log(
    `${what}: p50 ${at(0.5).toFixed(1)} ms, p99 ${at(0.99).toFixed(1)} ms (${budgetMs} asked: ${isMet ? 'met' : 'MISSED'})`,
  );
  if (!isMet) process.exitCode = 1;
}
