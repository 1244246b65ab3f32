import { Command, CommanderError } from 'commander';
import { openStoredLog } from '../../src/adapters/sqlite/stored-log.ts';
import { registerApprovals } from '../../src/cli/approvals.ts';
import { registerAudit } from '../../src/cli/audit.ts';
import type { CliContext } from '../../src/cli/cli-context.ts';
import { fetchAdmin, openStream } from '../../src/cli/fetch-admin.ts';
import { registerKill } from '../../src/cli/kill.ts';
import { registerPolicies } from '../../src/cli/policies.ts';
import { registerToken } from '../../src/cli/token.ts';
import { registerUpstreams } from '../../src/cli/upstreams.ts';
import type { Approval, ApprovalId } from '../../src/core/approval/approval.ts';
import type { AuditLog } from '../../src/ports/audit-log.ts';
import { createFakeAdministration, type FakeAdministration, fakeApproval, fakeRecord } from './fake-administration.ts';
import { SAMPLE_PARTICULARS } from './store-samples.ts';
import { createFixedClock } from './fixed-clock.ts';
import { startAdminPlane } from './start-admin-plane.ts';

const NOW_MS = Date.UTC(2026, 10, 20, 14, 2);
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Commands against a real admin plane on loopback, in front of an administration that has something of everything. */
export interface CliWorld {
  readonly url: string;
  readonly token: string;
  readonly administration: FakeAdministration;
  /** What `/api/events` tells of. */
  readonly audit: AuditLog;
  run(args: readonly string[], options?: RunOptions): Promise<CliRun>;
}

export interface RunOptions extends Partial<Pick<CliContext, 'isTty' | 'color' | 'env' | 'signal'>> {
  /** What the person answers. */
  readonly answer?: string;
  /** All of stdout so far, each time that there is more. */
  readonly onOutput?: (stdout: string) => void;
}

export interface CliRun {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
}

export async function createCliWorld(): Promise<CliWorld> {
  const clock = createFixedClock(NOW_MS);
  const administration = createFakeAdministration(() => clock.nowMs());
  fill(administration);
  const plane = await startAdminPlane({ administration, clock });
  const token = plane.admin('approver', 'operator', 'auditor');

  return {
    url: plane.url,
    token,
    administration,
    audit: plane.store.audit,
    run: (args, options = {}) => {
      const env = { COUNTERSIGN_ADMIN_URL: plane.url, COUNTERSIGN_ADMIN_TOKEN: token, ...options.env };
      return runCommand(args, { ...options, env }, () => clock.nowMs());
    },
  };
}

async function runCommand(args: readonly string[], options: RunOptions, nowMs: () => number): Promise<CliRun> {
  const { isTty = false, color = false, env = {}, answer = '', signal = new AbortController().signal } = options;
  let stdout = '';
  let stderr = '';
  let exitCode: number | null = null;
  const context: CliContext = {
    isTty,
    color,
    isStderrTty: isTty,
    env,
    signal,
    fetchAdmin,
    openStream,
    nowMs,
    stdout: {
      write: (text, done) => {
        stdout += text;
        options.onOutput?.(stdout);
        done?.();
      },
    },
    stderr: { write: (text) => (stderr += text) },
    ask: (question) => {
      stdout += `${question}${answer}\n`;
      return Promise.resolve(answer);
    },
    exitWith: (code) => {
      exitCode = code;
    },
  };
  const program = new Command('countersign').exitOverride().configureOutput({
    writeOut: (text) => (stdout += text),
    writeErr: (text) => (stderr += text),
  });
  registerAudit(program, context, openStoredLog);
  const all = [registerApprovals, registerKill, registerToken, registerUpstreams, registerPolicies];
  for (const register of all) register(program, context);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    exitCode = error.exitCode === 0 ? 0 : 2;
  }
  return { stdout, stderr, exitCode };
}

/** The read that the rule of this one asks for, and the call before it. */
function showPreviewOf(administration: FakeAdministration, { id, createdMs }: Approval): void {
  const show = administration.showApproval.bind(administration);
  const changes = [{ place: '/stage', before: '"proposal"', after: '"won"' }];
  const preview = { status: 'ready', atMs: createdMs, callId: 'call_7', note: null, changes, unchanged: [] } as const;
  const against = fakeApproval(createdMs - DAY_MS, { id: `apr_${'9'.padStart(22, '0')}` as ApprovalId });
  const difference = { against, changes: [{ place: '/id', before: '"D-41"', after: '"D-42\u202e"' }] };
  administration.showApproval = async (by, asked) => {
    const shown = await show(by, asked);
    return shown.ok && asked === id ? { ok: true, value: { ...shown.value, preview, difference } } : shown;
  };
}

function fill(administration: FakeAdministration): void {
  const asked = (minutesAgo: number, id: string, fields: Partial<Approval> = {}) =>
    fakeApproval(NOW_MS - minutesAgo * MINUTE_MS, { id: `apr_${id.padStart(22, '0')}` as ApprovalId, ...fields });
  const mail = asked(0, '2', {
    particulars: { ...SAMPLE_PARTICULARS, summary: null, rulePlace: 'policies/crm.yaml:31:5' },
  });
  const summary = 'Set stage of deal D-42 to won';
  const deal = asked(2, '1', { particulars: { ...SAMPLE_PARTICULARS, summary, previewTool: 'get_deal' } });
  showPreviewOf(administration, deal);
  administration.approvals = [
    {
      ...mail,
      binding: { ...mail.binding, principal: 'bob', tool: 'send_email' },
      requesterName: 'bob',
      reason: 'Somebody reads every mail first',
      ruleId: 'mail',
      argumentsShown: JSON.stringify({ to: 'ceo@example.com', body: 'line one\nIGNORE\u202e \u001b[2Jthis\u200b' }),
    },
    deal,
    asked(90, '0', {
      status: 'executed',
      decidedBy: 'olivia',
      decidedMs: NOW_MS - 85 * MINUTE_MS,
      comment: 'as agreed',
    }),
  ];
  administration.killSwitches = [
    {
      id: `kil_${'1'.padStart(22, '0')}`,
      scope: { upstream: 'crm' },
      reason: 'migration',
      by: 'olivia',
      createdMs: NOW_MS - 5 * MINUTE_MS,
      expiresMs: NOW_MS + 55 * MINUTE_MS,
    },
  ];
  const call = { timeMs: NOW_MS - 2 * MINUTE_MS, principal: 'alice', upstream: 'crm', tool: 'update_deal' };
  administration.records = [
    fakeRecord(
      41,
      {
        ...call,
        kind: 'decision',
        decision: 'approve',
        class: 'write',
        reasons: ['rule_needs_approval'],
        ruleId: 'deal-updates',
        approvalId: 'apr_1',
      },
      { id: 'D-42', value: 'won' },
    ),
    fakeRecord(42, { ...call, kind: 'approval', change: 'requested', approvalId: 'apr_1', by: null, comment: null }),
    fakeRecord(43, {
      kind: 'refusal',
      timeMs: NOW_MS - MINUTE_MS,
      principal: null,
      method: null,
      reason: 'unauthenticated',
      httpStatus: 401,
      detail: 'expired',
      count: 1,
    }),
    fakeRecord(44, {
      kind: 'kill-switch',
      timeMs: NOW_MS,
      change: 'on',
      id: 'kil_1',
      scope: { upstream: 'crm' },
      by: 'olivia',
      reason: 'migration\n99 outcome ok \u001b[32m',
    }),
  ];
  const row = { secretHash: 'x', createdMs: NOW_MS - DAY_MS, expiresMs: NOW_MS + 29 * DAY_MS, revokedMs: null };
  administration.tokens = [
    {
      ...row,
      id: `tok_${'1'.padStart(22, '0')}`,
      plane: 'admin',
      user: 'olivia',
      groups: ['leads'],
      scopes: [],
      roles: ['operator'],
    },
    {
      ...row,
      id: `tok_${'2'.padStart(22, '0')}`,
      plane: 'mcp',
      user: 'alice',
      groups: ['sales'],
      scopes: ['crm.read'],
      roles: [],
    },
    {
      ...row,
      id: `tok_${'3'.padStart(22, '0')}`,
      plane: 'mcp',
      user: 'bob',
      groups: [],
      scopes: [],
      roles: [],
      revokedMs: NOW_MS - 60 * MINUTE_MS,
    },
  ];
}
