import type { Json, JsonObject } from '../json/value.ts';
import type { AuditEntry } from './entry.ts';

/**
 * The fields of an entry that the log commits to: those of its kind and no others, whatever else the object carries.
 * `payloadDigest` stands for the payload.
 */
export function recordedFields(entry: AuditEntry, payloadDigest: string | null): JsonObject {
  const fieldsOf = RECORDED[entry.kind] as (entry: AuditEntry, payloadDigest: string | null) => JsonObject;
  return fieldsOf(entry, payloadDigest);
}

type EntryOf<Kind> = Extract<AuditEntry, { readonly kind: Kind }>;
type FieldsOf<Kind> = {
  readonly [Name in keyof EntryOf<Kind> as Name extends 'payload' ? 'payloadDigest' : Name]: Json;
};

/**
 * INVARIANT: every list is in the order of the names, which is the canonical one, so that `canonicalJson` need not sort. Written
 * out because two entries are encoded for every call, and a loop over names takes twice as long.
 */
const RECORDED: {
  readonly [Kind in AuditEntry['kind']]: (entry: EntryOf<Kind>, payloadDigest: string | null) => FieldsOf<Kind>;
} = {
  refusal: (entry) => ({
    callId: entry.callId,
    client: entry.client,
    count: entry.count,
    credentialId: entry.credentialId,
    detail: entry.detail,
    httpStatus: entry.httpStatus,
    kind: entry.kind,
    method: entry.method,
    principal: entry.principal,
    reason: entry.reason,
    revision: entry.revision,
    timeMs: entry.timeMs,
  }),
  decision: (entry, payloadDigest) => ({
    approvalId: entry.approvalId,
    argsDigest: entry.argsDigest,
    callId: entry.callId,
    class: entry.class,
    client: entry.client,
    credentialId: entry.credentialId,
    decision: entry.decision,
    definitionDigest: entry.definitionDigest,
    kind: entry.kind,
    method: entry.method,
    payloadDigest,
    policyVersion: entry.policyVersion,
    principal: entry.principal,
    reasons: entry.reasons,
    records: entry.records,
    revision: entry.revision,
    ruleId: entry.ruleId,
    timeMs: entry.timeMs,
    tool: entry.tool,
    traceId: entry.traceId,
    upstream: entry.upstream,
  }),
  principal: (entry) => ({
    client: entry.client,
    credentialId: entry.credentialId,
    groups: entry.groups,
    issuer: entry.issuer,
    kind: entry.kind,
    principal: entry.principal,
    scopes: entry.scopes,
    tenant: entry.tenant,
    timeMs: entry.timeMs,
  }),
  shadow: (entry) => ({
    callId: entry.callId,
    count: entry.count,
    decision: entry.decision,
    kind: entry.kind,
    method: entry.method,
    policyVersion: entry.policyVersion,
    principal: entry.principal,
    ruleId: entry.ruleId,
    shadowDecision: entry.shadowDecision,
    shadowReasons: entry.shadowReasons,
    shadowRuleId: entry.shadowRuleId,
    shadowVersion: entry.shadowVersion,
    timeMs: entry.timeMs,
    tool: entry.tool,
    upstream: entry.upstream,
  }),
  dispatch: (entry) => ({
    approvalId: entry.approvalId,
    argsDigest: entry.argsDigest,
    callId: entry.callId,
    decidedBy: entry.decidedBy,
    kind: entry.kind,
    policyVersion: entry.policyVersion,
    principal: entry.principal,
    timeMs: entry.timeMs,
    tool: entry.tool,
    upstream: entry.upstream,
  }),
  ask: (entry) => ({
    asks: entry.asks,
    callId: entry.callId,
    change: entry.change,
    credentialId: entry.credentialId,
    detail: entry.detail,
    digest: entry.digest,
    kind: entry.kind,
    policyVersion: entry.policyVersion,
    round: entry.round,
    ruleId: entry.ruleId,
    timeMs: entry.timeMs,
    upstream: entry.upstream,
    viaCallId: entry.viaCallId,
  }),
  uninvited: (entry) => ({
    count: entry.count,
    kind: entry.kind,
    method: entry.method,
    timeMs: entry.timeMs,
    upstream: entry.upstream,
  }),
  outcome: (entry) => ({
    approvalId: entry.approvalId,
    callId: entry.callId,
    detail: entry.detail,
    kind: entry.kind,
    latencyMs: entry.latencyMs,
    outcome: entry.outcome,
    resultBytes: entry.resultBytes,
    resultDigest: entry.resultDigest,
    timeMs: entry.timeMs,
  }),
  approval: (entry) => ({
    approvalId: entry.approvalId,
    argsDigest: entry.argsDigest,
    by: entry.by,
    callId: entry.callId,
    change: entry.change,
    comment: entry.comment,
    credentialId: entry.credentialId,
    kind: entry.kind,
    principal: entry.principal,
    timeMs: entry.timeMs,
    tool: entry.tool,
    upstream: entry.upstream,
  }),
  'kill-switch': (entry) => ({
    by: entry.by,
    change: entry.change,
    id: entry.id,
    kind: entry.kind,
    reason: entry.reason,
    scope: entry.scope,
    timeMs: entry.timeMs,
  }),
  token: (entry) => ({
    by: entry.by,
    change: entry.change,
    kind: entry.kind,
    plane: entry.plane,
    timeMs: entry.timeMs,
    tokenId: entry.tokenId,
    user: entry.user,
  }),
  account: (entry) => ({
    accountId: entry.accountId,
    by: entry.by,
    change: entry.change,
    kind: entry.kind,
    roles: entry.roles,
    timeMs: entry.timeMs,
    user: entry.user,
  }),
  'sign-in': (entry) => ({
    change: entry.change,
    credentialId: entry.credentialId,
    kind: entry.kind,
    method: entry.method,
    timeMs: entry.timeMs,
    user: entry.user,
  }),
  pin: (entry) => ({
    by: entry.by,
    change: entry.change,
    detail: entry.detail,
    digest: entry.digest,
    kind: entry.kind,
    pinId: entry.pinId,
    timeMs: entry.timeMs,
    tool: entry.tool,
    upstream: entry.upstream,
  }),
  gateway: (entry) => ({
    by: entry.by,
    change: entry.change,
    detail: entry.detail,
    kind: entry.kind,
    policyVersion: entry.policyVersion,
    timeMs: entry.timeMs,
  }),
};
