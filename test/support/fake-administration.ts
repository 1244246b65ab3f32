import { leafOf } from '../../src/core/audit/encode-entry.ts';
import type { Approval, ApprovalId, ArgsDigest } from '../../src/core/approval/approval.ts';
import type { FiguresView } from '../../src/core/admin-api/figures-view.ts';
import type { Pin } from '../../src/core/catalog/pin.ts';
import type { DefinitionDigest } from '../../src/core/catalog/tool.ts';
import { SAMPLE_PARTICULARS } from './store-samples.ts';
import type { Administrator } from '../../src/core/identity/principal.ts';
import type { KillSwitch } from '../../src/core/kill-switch/kill-switch.ts';
import type { PolicyVersion } from '../../src/core/policy/decision.ts';
import { type Result, err, ok } from '../../src/core/result.ts';
import type { ShownApproval } from '../../src/gateway/administration/shown-approval.ts';
import type { KnownAccount, AdminFault, Administration, Readiness } from '../../src/gateway/administration.ts';
import type { StoredAccount } from '../../src/ports/account-store.ts';
import type { AuditRecord } from '../../src/ports/audit-log.ts';
import type { StoredToken } from '../../src/ports/token-store.ts';

/** An administration in memory: says yes to everything, keeps what it was asked, and can be told to fail. */
export interface FakeAdministration extends Administration {
  /** What was asked, in order: the method, who asked, and with what. */
  readonly calls: { readonly method: string; readonly by: Administrator; readonly args: readonly unknown[] }[];
  approvals: readonly Approval[];
  killSwitches: readonly KillSwitch[];
  records: readonly AuditRecord[];
  tokens: readonly StoredToken[];
  /** The answer to everything while it is set. */
  fault: AdminFault | null;
  ready: Readiness;
}

const SAMPLE_PIN: Pin = {
  id: 'pin_0000000000000000000001',
  upstream: 'crm',
  tool: 'send_email',
  digest: '5feb'.repeat(16) as DefinitionDigest,
  status: 'pending',
  why: ['changed'],
  definition: { name: 'send_email', description: 'Sends\u202e.' },
  firstSeenMs: Date.parse('2026-11-20T13:00:00Z'),
  decidedBy: null,
  decidedMs: null,
};

const FAKE_PERSON = {
  user: 'alice',
  groups: [],
  scopes: [],
  tenant: null,
  client: 'explain',
  from: 'request',
} as const;
const FAKE_DECISION = {
  effect: 'deny',
  class: 'unclassified',
  policyVersion: 'v',
  reasons: [{ code: 'no_rule', ruleId: null, place: null, text: 'No rule allows this to this person.' }],
  args: null,
  hidden: true,
  missingScopes: [],
  terms: null,
  limits: [],
} as const;

const FIGURE = { approved: 40, rejected: 0, approveRate: 1, medianSeconds: 1.5, isRubberStamping: true };
const FIGURES: FiguresView = {
  since: '2026-10-21T14:02:00.000Z',
  approvals: 40,
  approvers: [{ ...FIGURE, approver: 'olivia', upstream: null, ruleId: null }],
  rules: [{ ...FIGURE, approver: null, upstream: 'crm', ruleId: 'deal-updates' }],
  byApproverAndRule: [{ ...FIGURE, approver: 'olivia', upstream: 'crm', ruleId: 'deal-updates' }],
  suggestions: [
    {
      upstream: 'crm',
      ruleId: 'deal-updates',
      tools: ['update_deal'],
      approved: 40,
      of: 40,
      diff: '--- a/policies/crm.yaml\n+++ b/policies/crm.yaml\n@@ -9,3 +9,4 @@\n     tools: [update_deal]\n-    effect: approve\n+    effect: allow\n+    unattended: true\n',
    },
  ],
};

const NOT_FOUND: AdminFault = { kind: 'not-found', message: 'there is no such thing', help: 'List them.' };

export function createFakeAdministration(nowMs: () => number): FakeAdministration {
  const asked = <T>(
    method: string,
    by: Administrator,
    args: readonly unknown[],
    answer: () => Result<T, AdminFault>,
  ) => {
    fake.calls.push({ method, by, args });
    return fake.fault === null ? answer() : err(fake.fault);
  };
  const later = <T>(...args: Parameters<typeof asked<T>>) => Promise.resolve(asked(...args));
  const found = <T>(value: T | undefined): Result<T, AdminFault> => (value === undefined ? err(NOT_FOUND) : ok(value));
  const decide = (by: Administrator, id: string, status: 'approved' | 'rejected', comment: string | null) => {
    const approval = fake.approvals.find((each) => each.id === id);
    return found(approval && { ...approval, status, comment, decidedBy: by.user, decidedMs: nowMs() });
  };

  const fake: FakeAdministration = {
    calls: [],
    approvals: [],
    killSwitches: [],
    records: [],
    tokens: [],
    fault: null,
    ready: { ready: true, checks: { store: 'ok' } },

    listApprovals: (by, status, limit) =>
      later('listApprovals', by, [status, limit], () =>
        ok(fake.approvals.filter((each) => status === null || each.status === status).slice(0, limit)),
      ),
    showApproval: (by, id) =>
      later('showApproval', by, [id], () => {
        const approval = found(fake.approvals.find((each) => each.id === id));
        return approval.ok ? ok(shownApproval(approval.value)) : approval;
      }),
    approve: (by, id, comment, argsDigest, more = {}) =>
      later('approve', by, [id, comment, argsDigest, ...(Object.keys(more).length === 0 ? [] : [more])], () =>
        decide(by, id, 'approved', comment),
      ),
    reject: (by, id, comment) => later('reject', by, [id, comment], () => decide(by, id, 'rejected', comment)),

    edit: (by, id, args, comment) =>
      later('edit', by, [id, args, comment], () => {
        const approval = found(fake.approvals.find((each) => each.id === id));
        if (!approval.ok) return approval;
        const edited = `apr_${'8'.padStart(22, '0')}` as ApprovalId;
        return ok({ ...approval.value, id: edited, argumentsShown: JSON.stringify(args) });
      }),
    decideBatch: (by, request) =>
      later('decideBatch', by, [request], () =>
        ok(
          request.approvals.map(({ id }) => {
            const status = request.decision === 'approve' ? 'approved' : 'rejected';
            return { id, decided: true, status, problem: null };
          }),
        ),
      ),

    approvalFigures: (by, days) => later('approvalFigures', by, [days], () => ok(FIGURES)),

    listHolds: (by) => asked('listHolds', by, [], () => ok([])),
    listKillSwitches: (by) => asked('listKillSwitches', by, [], () => ok(fake.killSwitches)),
    pullKillSwitch: (by, request) =>
      later('pullKillSwitch', by, [request], () => {
        const killSwitch = { id: `kil_${'1'.padStart(22, '0')}`, by: by.user, createdMs: nowMs(), ...request };
        return ok({ killSwitch, recorded: true, name: { known: true, didYouMean: null } });
      }),
    releaseKillSwitch: (by, id) =>
      later('releaseKillSwitch', by, [id], () => found(fake.killSwitches.find((each) => each.id === id))),

    readAudit: (by, query) => later('readAudit', by, [query], () => ok(readRecords(fake.records, query))),
    showAudit: (by, sequence) =>
      later('showAudit', by, [sequence], () => found(fake.records.find((each) => each.sequence === sequence))),

    exportAudit: (by, query) => later('exportAudit', by, [query], () => ok(linesOf(fake.records))),
    verifyAudit: (by) =>
      asked('verifyAudit', by, [], () => ok({ verdict: null, checkedMs: null, checkingAt: 0, problem: null })),

    createToken: (by, request) =>
      later('createToken', by, [request], () => {
        const { ttlMs, ...rest } = request;
        const id = `tok_${'9'.padStart(22, '0')}`;
        const token = {
          ...rest,
          id,
          secretHash: 'kept',
          createdMs: nowMs(),
          expiresMs: nowMs() + ttlMs,
          revokedMs: null,
        };
        return ok({ token, secret: `cs${rest.plane === 'mcp' ? 'm' : 'a'}_${id.slice(4)}_${'s'.repeat(44)}` });
      }),
    listTokens: (by) => later('listTokens', by, [], () => ok(fake.tokens)),
    revokeToken: (by, id) =>
      later('revokeToken', by, [id], () =>
        fake.tokens.some((each) => each.id === id) ? ok(true as const) : err(NOT_FOUND),
      ),

    createAccount: (by, request) =>
      later('createAccount', by, [request], () => ok(fakeAccount(nowMs(), { ...request }))),
    listAccounts: (by) => later('listAccounts', by, [], () => ok([fakeAccount(nowMs(), {})])),
    setPassword: (by, id, password) => later('setPassword', by, [id, password], () => ok(fakeAccount(nowMs(), { id }))),
    disableAccount: (by, id) => later('disableAccount', by, [id], () => ok(fakeAccount(nowMs(), { id }))),

    listPins: (by, status) =>
      asked('listPins', by, [status], () => ok([SAMPLE_PIN].filter((pin) => status === null || pin.status === status))),
    showPin: (by, id) =>
      asked('showPin', by, [id], () => {
        const pin = found([SAMPLE_PIN].find((each) => each.id === id));
        if (!pin.ok) return pin;
        return ok({
          pin: pin.value,
          differences: [{ place: '/description', before: '"Sends."', after: '"Sends\u202e."' }],
        });
      }),
    decidePin: (by, id, status) =>
      later('decidePin', by, [id, status], () =>
        ok({ ...SAMPLE_PIN, id, status, decidedBy: by.user, decidedMs: nowMs() }),
      ),

    showPolicy: (by) =>
      asked('showPolicy', by, [], () =>
        ok({ version: 'v', environment: 'prod', files: [], upstreams: [], warnings: [] }),
      ),
    showShadow: (by) => asked('showShadow', by, [], () => ok(null)),
    explainPolicy: (by, person, question) =>
      later('explainPolicy', by, [person, question], () =>
        ok({ as: FAKE_PERSON, target: question.target, decision: FAKE_DECISION, rules: [] }),
      ),
    simulatePolicy: (by, person, questions) =>
      later('simulatePolicy', by, [person, questions], () =>
        ok({ as: FAKE_PERSON, policyVersion: 'v', decisions: [] }),
      ),
    listTools: (by, upstream) => later('listTools', by, [upstream], () => ok([])),

    upstreams: (by) =>
      asked('upstreams', by, [], () =>
        ok([
          {
            name: 'crm',
            transport: 'http',
            state: 'ready',
            era: 'modern',
            revision: '2026-07-28',
            tools: 12,
            lastFault: null,
          },
          {
            name: 'files',
            transport: 'stdio',
            state: 'failing',
            era: 'legacy',
            revision: '2025-11-25',
            tools: 4,
            lastFault: 'the process ended with exit code 1',
          },
        ]),
      ),
    readiness: () => fake.ready,
  };
  return fake;
}

async function* linesOf(records: readonly AuditRecord[]): AsyncGenerator<string> {
  for (const { leaf } of records) yield `${leaf}\n`;
}

function readRecords(
  records: readonly AuditRecord[],
  { limit, afterSequence }: { readonly limit: number; readonly afterSequence: number | null },
): readonly AuditRecord[] {
  if (afterSequence === null) return records.slice(-limit);
  return records.filter(({ sequence }) => sequence > afterSequence).slice(0, limit);
}

function fakeAccount(createdMs: number, { id, user, roles, groups }: Partial<StoredAccount>): KnownAccount {
  const named = { id: id ?? 'acct_1', user: user ?? 'olivia', roles: roles ?? [], groups: groups ?? [] };
  return { ...named, subject: null, passwordHash: 'kept', alsoKnownAs: [], createdMs, disabledMs: null };
}

export function fakeApproval(createdMs: number, fields: Partial<Approval> = {}): Approval {
  return {
    id: `apr_${'1'.padStart(22, '0')}` as ApprovalId,
    status: 'pending',
    binding: {
      principal: 'alice',
      client: 'cursor',
      upstream: 'crm',
      tool: 'update_deal',
      argsDigest: '9f2c41d07a55'.padEnd(64, '0') as ArgsDigest,
      definitionDigest: 'd'.repeat(64) as DefinitionDigest,
      policyVersion: 'b'.repeat(64) as PolicyVersion,
      environment: 'prod',
    },
    requesterName: 'alice',
    ruleId: 'deal-updates',
    reason: 'Leads confirm changes to open deals',
    approverGroups: ['sales-leads'],
    approversNeeded: 1,
    approvedBy: [],
    argumentsShown: '{"field":"stage","id":"D-42","value":"won"}',
    createdMs,
    expiresMs: createdMs + 30 * 60_000,
    decidedBy: null,
    decidedMs: null,
    comment: null,
    finishedMs: null,
    note: null,
    supersededBy: null,
    particulars: SAMPLE_PARTICULARS,
    grant: null,
    timeline: [],
    ...fields,
  };
}

/** As the log stores it. */
export function fakeRecord(
  sequence: number,
  entry: Record<string, unknown>,
  args?: Record<string, unknown>,
): AuditRecord {
  return {
    sequence,
    leaf: leafOf(JSON.stringify(entry), sequence),
    payload: args === undefined ? null : JSON.stringify({ arguments: args, salt: 'never-shown' }),
  };
}

function shownApproval(approval: Approval): ShownApproval {
  const isOpen = approval.status === 'pending';
  const mayDecide = { allowed: isOpen, reauthenticate: false, edit: isOpen, why: null };
  const edits = { editedFrom: null, editedTo: null };
  return { approval, preview: null, difference: null, badges: ['first-time'], highRisks: [], ...edits, mayDecide };
}
