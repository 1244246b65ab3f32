import type { Approval } from '../core/approval/approval.ts';
import { writingHintOf } from '../core/catalog/writing-hint.ts';
import type { JsonObject } from '../core/json/value.ts';
import type { WindowUse } from '../core/limits/limit-use.ts';
import type { CompiledPolicy } from '../core/policy/compile-policy.ts';
import type { Decision } from '../core/policy/decision.ts';
import { decide } from '../core/policy/decide.ts';
import type { Result } from '../core/result.ts';
import type { UpstreamFault } from '../ports/upstream.ts';
import type { CallDeps } from './deps.ts';
import type { HostCall } from './gateway.ts';
import { definedPart, type GovernedCall, killFactsOf } from './governed-call.ts';
import { askOnFirstUse } from './steps/ask-on-first-use.ts';
import { type CallAnswer, callWithApproval, resumeWithApproval } from './steps/call-with-approval.ts';
import { checkArguments, checkSchema } from './steps/check-arguments.ts';
import { deny, denyArguments, denyByPolicy } from './steps/deny.ts';
import { denyOverLimit } from './steps/deny-over-limit.ts';
import { dispatchAllowed } from './steps/dispatch.ts';
import { makePreview } from './steps/make-preview.ts';
import { recordDecision } from './steps/record-decision.ts';
import { loadDefinition, type LoadedDefinition, type NamedTarget, resolveTarget } from './steps/resolve-target.ts';

/**
 * One governed call from beginning to end. A step that ends the call has recorded it. Throws what a step throws; its caller makes
 * that a denial.
 */
export async function handleCall(deps: CallDeps, call: HostCall): Promise<CallAnswer> {
  const { principal } = call.context;
  deps.principals.note(principal);

  const named = resolveTarget(deps, call);
  const target = named instanceof Promise ? await named : named;
  const policy = deps.policy();
  if (target === null) return deny(deps, call, { code: 'unknown', policyVersion: policy.version });

  const isUsed = (use: WindowUse): boolean => deps.limits.isUsed(use);
  const request = { principal, target: target.ref, args: call.args, nowMs: deps.clock.nowMs(), isUsed };
  const decided = decide(policy, request);
  deps.shadow.compare({ callId: call.context.callId, request, hinted: policy.hinted }, decided);
  if (decided.effect === 'deny') return denyDecided(deps, call, target, decided);
  const decision = askOnFirstUse(deps, policy, decided);
  // Made without asking anybody, so it may be a read that nobody needs to be asked about, and nothing else.
  if (call.previewOf !== undefined && (decision.effect !== 'allow' || decision.class !== 'read'))
    return deny(deps, call, { code: 'approval_preview', ...decision, target });

  const killFacts = killFactsOf(call, target, decision);
  const place = deps.inFlight.enter({ facts: killFacts, credentialId: principal.credentialId }, call.context.signal);
  try {
    // From here on there are no other arguments than those with what the policy fills in.
    const bound = decision.args === null ? call : { ...call, args: decision.args };
    return await runDecided(deps, policy, { call: bound, sent: call.args, target, decision, killFacts, place });
  } finally {
    place.leave();
  }
}

type DecidedCall = Pick<GovernedCall, 'call' | 'decision' | 'killFacts' | 'place'> & {
  readonly target: NamedTarget;
  /** The arguments as the host sent them. */
  readonly sent: JsonObject;
};

/**
 * A rule that cannot tell what an argument says has often been given one of another type. Its schema says that better, to whoever may see
 * the tool at all.
 */
async function denyDecided(deps: CallDeps, call: HostCall, target: NamedTarget, decided: Denied): Promise<CallAnswer> {
  const isUnclear =
    decided.reasons[0].code === 'condition_unevaluable' && !decided.hidden && target.ref.kind === 'tool';
  const definition = isUnclear ? await loadDefinition(deps, target, call.context.principal.id) : null;
  const fault =
    definition?.ok && definition.value !== null ? checkSchema(definition.value.definition, call.args) : null;
  return fault === null
    ? denyByPolicy(deps, call, target, decided)
    : denyArguments(deps, call, fault, { ...decided, target });
}

type Denied = Extract<Decision, { effect: 'deny' }>;

/**
 * INVARIANT: its place was taken in the turn in which the kill switch is first asked, so a switch is either found here or finds the call,
 * also where it is released again before the call gets any further.
 */
function runDecided(deps: CallDeps, policy: CompiledPolicy, decided: DecidedCall): Promise<CallAnswer> {
  const { call, target, killFacts } = decided;
  if (deps.killSwitches.find(killFacts) !== null) return denyStopped(deps, decided);
  const loaded = loadDefinition(deps, target, call.context.principal.id);
  return loaded instanceof Promise
    ? loaded.then((definition) => runDefined(deps, policy, decided, definition))
    : runDefined(deps, policy, decided, loaded);
}

function denyStopped(deps: CallDeps, { call, decision, target }: DecidedCall): Promise<CallAnswer> {
  return deny(deps, call, { code: 'kill_switch', ...decision, target });
}

function runDefined(
  deps: CallDeps,
  policy: CompiledPolicy,
  decided: DecidedCall,
  definition: Result<LoadedDefinition | null, UpstreamFault>,
): Promise<CallAnswer> {
  const { call, sent, target, decision, killFacts, place } = decided;
  if (place.stoppedBy === 'kill-switch') return denyStopped(deps, decided);
  // It came into force while the upstream was waited for, so it decides.
  if (deps.policy().version !== policy.version) return handleCall(deps, { ...call, args: sent });
  if (!definition.ok) return deny(deps, call, { code: 'upstream_unavailable', ...decision, target });
  if (definition.value === null) return deny(deps, call, { code: 'unknown', ...decision, target });

  // It was decided before anybody had seen this definition.
  if (isNewlyHinted(deps, policy, decided, definition.value)) return handleCall(deps, { ...call, args: sent });

  const defined = definedPart(deps.digestKey, call.args, definition.value);
  const { argumentsJson } = defined;
  const fault = checkArguments({ call, target, decision, argumentsJson, policy, sent }, definition.value);
  if (fault !== null) return denyArguments(deps, call, fault, { ...decision, target });
  const governed: GovernedCall = { call, target, decision, killFacts, place, ...defined };
  if (call.resumes !== undefined) return resumeWithApproval(deps, governed, call.resumes);
  if (decision.effect === 'approve') return callWithApproval(deps, governed, previewer(deps, governed));
  // Not of calls that wait for a person: to send those again is how their hosts ask how far they are.
  if (isOneTooMany(deps, policy, governed)) return deny(deps, call, { code: 'identical_calls', ...decision, target });

  return runWithinLimits(deps, governed);
}

/** Pinning a definition that speaks against its tool changes the policy in force, so this is so once for each policy at most. */
function isNewlyHinted(
  deps: CallDeps,
  policy: CompiledPolicy,
  { decision, target }: DecidedCall,
  { definition }: LoadedDefinition,
): boolean {
  if (target.ref.kind !== 'tool' || decision.class !== 'read' || writingHintOf(definition) === null) return false;
  return deps.policy() !== policy;
}

/** Does not wait: the approver may see the request before the record. */
function previewer(deps: CallDeps, governed: GovernedCall): (approval: Approval) => void {
  return (approval) => void makePreview(deps, governed, approval, (read) => handleCall(deps, read));
}

function isOneTooMany(deps: CallDeps, policy: CompiledPolicy, { call, target, argsDigest }: GovernedCall): boolean {
  if (target.ref.kind !== 'tool' || call.previewOf !== undefined) return false;
  const { upstream, name } = target.ref;
  const watched = { principal: call.context.principal.id, upstream, tool: name, argsDigest };
  return deps.watch.findTooMany(policy, watched) !== null;
}

/** INVARIANT: that a call ran and what it used are both stored before the upstream sees it. */
async function runWithinLimits(deps: CallDeps, governed: GovernedCall): Promise<CallAnswer> {
  const taken = deps.limits.take(governed.decision.limits);
  if (!taken.ok) return denyOverLimit(deps, governed, taken.error);
  try {
    const used = taken.value.store();
    const recorded = recordDecision(deps, governed);
    await (used === null ? recorded : Promise.all([recorded, used]));
    return await dispatchAllowed(deps, governed);
  } finally {
    taken.value.end();
  }
}
