import type { ApprovalId } from '../../core/approval/approval.ts';
import type { DecisionEntry } from '../../core/audit/entry.ts';
import { recordsTouched } from '../../core/audit/records-touched.ts';
import { methodOf } from '../../core/catalog/target.ts';
import { redactArguments } from '../../core/content/redact-arguments.ts';
import { redactName } from '../../core/content/redact-name.ts';
import type { ReasonCode } from '../../core/policy/reasons.ts';
import type { CallDeps } from '../deps.ts';
import type { RequestContext } from '../gateway.ts';
import type { GovernedCall } from '../governed-call.ts';

/** Resolves when the decision is on stable storage. Nothing is dispatched before that. */
export function recordDecision(deps: CallDeps, governed: GovernedCall): Promise<unknown> {
  return deps.audit.record([decisionEntry(deps, governed, governed.call.previewOf ?? null)]);
}

export function decisionEntry(deps: CallDeps, governed: GovernedCall, approvalId: ApprovalId | null): DecisionEntry {
  const { call, target, decision } = governed;
  const shown = redactArguments(call.args, deps.knownSecrets);
  return {
    ...requestFields(deps, call.context, methodOf(call.kind)),
    upstream: target.ref.upstream,
    tool: call.kind === 'tool' ? target.ref.name : redactName(target.ref.name, deps.knownSecrets),
    definitionDigest: governed.definitionDigest,
    class: decision.class,
    policyVersion: decision.policyVersion,
    decision: decision.effect,
    ruleId: decision.reasons[0].ruleId,
    reasons: [...reasonCodes(decision.reasons), ...(call.previewOf === undefined ? [] : [PREVIEW])],
    argsDigest: governed.argsDigest,
    approvalId,
    records: recordsTouched(shown, decision.records),
    payload: shown,
  };
}

/** Tells the read for the page of an approval from what hosts ask for. */
export const PREVIEW: ReasonCode = 'approval_preview';

type RequestFields = Pick<
  DecisionEntry,
  'kind' | 'timeMs' | 'callId' | 'principal' | 'client' | 'credentialId' | 'revision' | 'traceId' | 'method' | 'records'
>;

/** The part of a decision entry that every governed request has, whatever it asks for. */
export function requestFields(deps: Pick<CallDeps, 'clock'>, context: RequestContext, method: string): RequestFields {
  const { principal } = context;
  return {
    kind: 'decision',
    timeMs: deps.clock.nowMs(),
    callId: context.callId,
    principal: principal.id,
    client: principal.client,
    credentialId: principal.credentialId,
    revision: context.revision,
    // version "-" trace-id "-" parent-id "-" flags (W3C Trace Context): the second field joins logs of different systems.
    traceId: context.traceparent?.split('-')[1] ?? null,
    method,
    records: [],
  };
}

export function reasonCodes(reasons: readonly { readonly code: ReasonCode }[]): readonly ReasonCode[] {
  const [first, ...others] = reasons;
  if (first !== undefined && others.length === 0) return [first.code];
  return [...new Set(reasons.map(({ code }) => code))];
}
