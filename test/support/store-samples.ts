import type { Approval, ApprovalId, ArgsDigest } from '../../src/core/approval/approval.ts';
import type { ApprovalParticulars } from '../../src/core/approval/particulars.ts';
import type {
  ApprovalEntry,
  DecisionEntry,
  DispatchEntry,
  GatewayEntry,
  KillSwitchEntry,
  OutcomeEntry,
  TokenEntry,
} from '../../src/core/audit/entry.ts';
import type { DefinitionDigest } from '../../src/core/catalog/tool.ts';
import type { KillSwitch } from '../../src/core/kill-switch/kill-switch.ts';
import type { PolicyVersion } from '../../src/core/policy/decision.ts';
import type { CreateConditions } from '../../src/ports/approval-store.ts';
import type { StoredToken } from '../../src/ports/token-store.ts';

// One honest example of everything that is stored. Tests say only what they are about.

const NOW_MS = Date.UTC(2026, 10, 20, 12);
const DIGEST = 'd1'.repeat(32);
const policyVersion = DIGEST as PolicyVersion;

export const SAMPLE_PARTICULARS: ApprovalParticulars = {
  summary: 'Set amount of deal D-1 to 10',
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
};

export function sampleDecision(fields: Partial<DecisionEntry> = {}): DecisionEntry {
  return {
    kind: 'decision',
    timeMs: NOW_MS,
    callId: 'call_1',
    principal: 'alice',
    client: 'cursor',
    credentialId: 'tok_1',
    revision: '2025-11-25',
    traceId: null,
    method: 'tools/call',
    upstream: 'crm',
    tool: 'get_deal',
    definitionDigest: DIGEST as DefinitionDigest,
    class: 'read',
    policyVersion,
    decision: 'allow',
    ruleId: 'sales-read',
    reasons: ['rule_allows'],
    argsDigest: DIGEST as ArgsDigest,
    approvalId: null,
    records: [],
    payload: { id: 'D-1' },
    ...fields,
  };
}

export function sampleOutcome(fields: Partial<OutcomeEntry> = {}): OutcomeEntry {
  return {
    kind: 'outcome',
    timeMs: NOW_MS,
    callId: 'call_1',
    outcome: 'ok',
    approvalId: null,
    resultDigest: DIGEST,
    resultBytes: 200,
    latencyMs: 1.5,
    detail: null,
    ...fields,
  };
}

export function sampleDispatch(fields: Partial<DispatchEntry> = {}): DispatchEntry {
  return {
    kind: 'dispatch',
    timeMs: NOW_MS,
    callId: 'call_1',
    approvalId: 'apr_1' as ApprovalId,
    principal: 'alice',
    upstream: 'crm',
    tool: 'update_deal',
    policyVersion,
    argsDigest: DIGEST as ArgsDigest,
    decidedBy: 'olivia',
    ...fields,
  };
}

export function sampleApprovalEntry(change: ApprovalEntry['change'], approval: Approval): ApprovalEntry {
  return {
    kind: 'approval',
    timeMs: NOW_MS,
    approvalId: approval.id,
    change,
    callId: null,
    principal: approval.binding.principal,
    upstream: approval.binding.upstream,
    tool: approval.binding.tool,
    argsDigest: approval.binding.argsDigest,
    by: 'olivia',
    credentialId: null,
    comment: null,
  };
}

export function sampleKillSwitchEntry(killSwitch: KillSwitch, change: 'on' | 'off' = 'on'): KillSwitchEntry {
  const { id, scope, reason, by } = killSwitch;
  return { kind: 'kill-switch', timeMs: NOW_MS, change, id, scope, reason, by };
}

export function sampleTokenEntry(token: StoredToken, change: TokenEntry['change'] = 'created'): TokenEntry {
  return {
    kind: 'token',
    timeMs: NOW_MS,
    change,
    tokenId: token.id,
    user: token.user,
    plane: token.plane,
    by: 'olivia',
  };
}

export function sampleGatewayEntry(detail: string): GatewayEntry {
  return { kind: 'gateway', timeMs: NOW_MS, change: 'started', policyVersion: null, by: null, detail };
}

export function sampleApproval(
  id: string,
  { binding, ...fields }: Partial<Omit<Approval, 'binding'>> & { binding?: Partial<Approval['binding']> } = {},
): Approval {
  return {
    id: id as ApprovalId,
    status: 'pending',
    binding: {
      principal: 'alice',
      client: 'cursor',
      upstream: 'crm',
      tool: 'update_deal',
      argsDigest: DIGEST as ArgsDigest,
      definitionDigest: DIGEST as DefinitionDigest,
      policyVersion,
      environment: 'prod',
      ...binding,
    },
    requesterName: 'Alice',
    ruleId: 'deal-updates',
    reason: 'Leads confirm changes to open deals',
    approverGroups: ['sales-leads'],
    approversNeeded: 1,
    approvedBy: [],
    argumentsShown: '{"amount":10,"id":"D-1"}',
    createdMs: NOW_MS,
    expiresMs: NOW_MS + 1_800_000,
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

export function sampleToken(id: string, fields: Partial<StoredToken> = {}): StoredToken {
  return {
    id,
    secretHash: DIGEST,
    plane: 'mcp',
    user: 'alice',
    groups: ['sales'],
    scopes: ['crm.read', 'crm.write'],
    roles: [],
    createdMs: NOW_MS,
    expiresMs: NOW_MS + 86_400_000,
    revokedMs: null,
    ...fields,
  };
}

export function sampleKillSwitch(id: string, fields: Partial<KillSwitch> = {}): KillSwitch {
  return {
    id,
    scope: { all: true },
    reason: 'wrong mails',
    by: 'olivia',
    createdMs: NOW_MS,
    expiresMs: null,
    ...fields,
  };
}

/** Conditions that hold where the approval is the first of its kind. */
export const FIRST_OF_ITS_KIND: CreateConditions = {
  newest: null,
  pendingMax: 1000,
  pendingPerPrincipalMax: 1000,
  pendingPerToolMax: 1000,
};
