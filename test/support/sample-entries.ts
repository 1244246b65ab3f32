import type { ApprovalId, ArgsDigest } from '../../src/core/approval/approval.ts';
import type { AuditEntry } from '../../src/core/audit/entry.ts';
import type { DefinitionDigest } from '../../src/core/catalog/tool.ts';
import type { PolicyVersion } from '../../src/core/policy/decision.ts';

/** One entry of every kind: the examples of `docs/audit-format.md`, in its order. */
export const SAMPLE_ENTRIES: readonly AuditEntry[] = [
  {
    kind: 'refusal',
    timeMs: 1_793_000_000_000,
    callId: 'call_q83vEjRWeJqrze8SNFZ4mg',
    principal: null,
    client: null,
    credentialId: null,
    revision: null,
    method: null,
    reason: 'unauthenticated',
    detail: 'the token has expired',
    httpStatus: 401,
    count: 1,
  },
  {
    kind: 'decision',
    timeMs: 1_793_000_001_000,
    callId: 'call_EjRWeJqrze8SNFZ4mrze7w',
    principal: 'alice',
    client: 'tok_3q2-796tvu_erb7v3q2-7w',
    credentialId: 'tok_3q2-796tvu_erb7v3q2-7w',
    revision: '2026-07-28',
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    method: 'tools/call',
    upstream: 'crm',
    tool: 'update_deal',
    definitionDigest: digest('4f8b') as DefinitionDigest,
    class: 'write',
    policyVersion: digest('e3b0') as PolicyVersion,
    decision: 'approve',
    ruleId: 'deal-updates',
    reasons: ['rule_needs_approval'],
    argsDigest: digest('9a27') as ArgsDigest,
    approvalId: 'apr_mrze7xI0VniavN7vEjRWeA' as ApprovalId,
    payload: { id: 'deal_8842', amount: 12_500.5, password: '[redacted:key]' },
  },
  {
    kind: 'approval',
    timeMs: 1_793_000_001_001,
    approvalId: 'apr_mrze7xI0VniavN7vEjRWeA' as ApprovalId,
    change: 'approved',
    callId: null,
    principal: 'alice',
    upstream: 'crm',
    tool: 'update_deal',
    argsDigest: digest('9a27') as ArgsDigest,
    by: 'olivia',
    credentialId: 'tok_vu_erb7v3q2-796t3q2-7w',
    comment: 'Agreed with the customer',
  },
  {
    kind: 'dispatch',
    timeMs: 1_793_000_042_000,
    callId: 'call_EjRWeJqrze8SNFZ4mrze7w',
    approvalId: 'apr_mrze7xI0VniavN7vEjRWeA' as ApprovalId,
    principal: 'alice',
    upstream: 'crm',
    tool: 'update_deal',
    policyVersion: digest('e3b0') as PolicyVersion,
    argsDigest: digest('9a27') as ArgsDigest,
    decidedBy: 'olivia',
  },
  {
    kind: 'outcome',
    timeMs: 1_793_000_042_031,
    callId: 'call_EjRWeJqrze8SNFZ4mrze7w',
    outcome: 'ok',
    approvalId: 'apr_mrze7xI0VniavN7vEjRWeA' as ApprovalId,
    resultDigest: digest('2c26'),
    resultBytes: 212,
    latencyMs: 30.125,
    detail: null,
  },
  {
    kind: 'kill-switch',
    timeMs: 1_793_000_050_000,
    change: 'on',
    id: 'kill_RWeJqrze8SNFZ4mrze7xIw',
    scope: { upstream: 'crm' },
    reason: 'wrong amounts seen',
    by: 'olivia',
  },
  {
    kind: 'token',
    timeMs: 1_793_000_060_000,
    change: 'created',
    tokenId: 'tok_3q2-796tvu_erb7v3q2-7w',
    user: 'alice',
    plane: 'mcp',
    by: 'olivia',
  },
  {
    kind: 'gateway',
    timeMs: 1_793_000_070_000,
    change: 'policy-loaded',
    policyVersion: digest('e3b0') as PolicyVersion,
    by: null,
    detail: '3 upstreams',
  },
];

export const SAMPLE_SALT = 'ze8SNFZ4mrze7xI0VniavA';

/** 64 characters of hex, made from four. */
function digest(start: string): string {
  return start.repeat(16);
}
