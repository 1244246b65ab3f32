import { askEntry } from '../core/audit/make-entries.ts';
import type { DefinitionDigest } from '../core/catalog/tool.ts';
import type { JsonObject } from '../core/json/value.ts';
import type { DurableRound, RequestState } from '../core/mcp/request-state.ts';
import type { Decision } from '../core/policy/decision.ts';
import type { ParkedCall } from './conversations.ts';
import { decideNow } from './decide-now.ts';
import type { CallDeps } from './deps.ts';
import type { HostCall } from './gateway.ts';
import { killFactsOf } from './governed-call.ts';
import type { WaitingLeft } from './left-calls.ts';
import { readAnswers } from './read-answers.ts';
import { reviveCall } from './revive-call.ts';
import { openRound } from './round-state.ts';
import type { CallAnswer } from './steps/call-with-approval.ts';
import { deny, denyByPolicy } from './steps/deny.ts';
import { loadDefinition, type NamedTarget, resolveTarget } from './steps/resolve-target.ts';

/** A call that waited, and that this request has in hand; `isAnswered`: it goes on, and is asked again otherwise. */
export interface TakenCall {
  readonly kind: 'held';
  readonly parked: ParkedCall;
  readonly isAnswered: boolean;
}

/**
 * The next request of a modern host. Its state is taken for an attacker's: it must be ours, of this person, this client and this very
 * request, and of the round that waits, in this process or left by an earlier one. What the person may do, and what the tool is, is asked
 * anew, because it may have changed since.
 */
export async function continueCall(
  deps: CallDeps,
  call: HostCall,
  requestState: string,
  inputResponses: JsonObject,
): Promise<CallAnswer | TakenCall> {
  const { version: policyVersion } = deps.policy();
  const state = openRound(deps, call, requestState);
  const target = state === null ? null : await resolveTarget(deps, call);
  if (state === null || target === null) return deny(deps, call, { code: 'input_unexpected', policyVersion });
  const waiting = take(deps, state);
  if (waiting === null) {
    const code = state.processId === deps.processId ? 'input_unexpected' : 'call_lost';
    return deny(deps, call, { code, policyVersion });
  }
  const decision = decideNow(deps, { principal: call.context.principal, target: target.ref, args: call.args });
  if (decision.effect === 'deny') {
    await end(deps, waiting, 'the policy no longer allows it');
    return denyByPolicy(deps, call, target, decision);
  }
  const facts = killFactsOf(call, target, decision);
  const { credentialId } = call.context.principal;
  const place = deps.inFlight.enter({ facts, credentialId }, call.context.signal);
  try {
    if (deps.killSwitches.find(facts) !== null) {
      await end(deps, waiting, 'a kill switch is on');
      return await deny(deps, call, { code: 'kill_switch', ...decision, target });
    }
    const held = await hold(deps, { call, target, decision, waiting });
    if (held.kind !== 'held') return held;
    const { parked } = held;
    const answers = readAnswers(parked.asks, inputResponses);
    const isFirst = await recordContinuation(deps, call, parked, decision);
    if (place.signal.aborted || !isFirst) {
      parked.held.end();
      const code = place.stoppedBy === 'kill-switch' ? 'kill_switch' : 'input_unexpected';
      return await deny(deps, call, { code, ...decision, target });
    }
    if (answers !== null) parked.held.resume(call, place.signal, answers);
    return { kind: 'held', parked, isAnswered: answers !== null };
  } finally {
    place.leave();
  }
}

/** What waits in a round, taken by the one request that asks first. */
type Waiting =
  | { readonly kind: 'parked'; readonly parked: ParkedCall }
  | { readonly kind: 'left'; readonly left: WaitingLeft; readonly durable: DurableRound };

function take(deps: CallDeps, { callId, round, durable }: RequestState): Waiting | null {
  const parked = deps.conversations.take(callId, round);
  if (parked !== null) return { kind: 'parked', parked };
  const left = durable === null ? null : deps.leftCalls.take(callId, round);
  return left === null || durable === null ? null : { kind: 'left', left, durable };
}

async function end({ leftCalls }: CallDeps, waiting: Waiting, why: string): Promise<void> {
  if (waiting.kind === 'parked') waiting.parked.held.end();
  else await leftCalls.end(waiting.left, 'aborted', why);
}

function putBack({ conversations, leftCalls }: CallDeps, waiting: Waiting): void {
  if (waiting.kind === 'left') leftCalls.putBack(waiting.left);
  else if (!conversations.park(waiting.parked)) waiting.parked.held.end();
}

interface Continued {
  readonly call: HostCall;
  readonly target: NamedTarget;
  readonly decision: Exclude<Decision, { effect: 'deny' }>;
  readonly waiting: Waiting;
}

/** The call as this process holds it, if it may go on. */
async function hold(
  deps: CallDeps,
  { call, target, decision, waiting }: Continued,
): Promise<CallAnswer | { readonly kind: 'held'; readonly parked: ParkedCall }> {
  const definition = await loadDefinition(deps, target, call.context.principal.id);
  if (!definition.ok) {
    putBack(deps, waiting);
    return deny(deps, call, { code: 'upstream_unavailable', ...decision, target });
  }
  const code = waiting.kind === 'parked' ? 'input_unexpected' : 'call_lost';
  const then = asItWas(waiting);
  const isSame = definition.value !== null && (definition.value.digest ?? '') === (then.definitionDigest ?? '');
  // It needs an approval by now, and has none: the person is asked when it is sent anew.
  const isUnasked = decision.effect === 'approve' && !then.isApproved;
  if (definition.value === null || !isSame || isUnasked) {
    await end(deps, waiting, isSame ? 'a person must approve it by now' : 'the tool definition changed');
    return deny(deps, call, { code, ...decision, target });
  }
  if (waiting.kind === 'parked') return { kind: 'held', parked: waiting.parked };
  const { left, durable } = waiting;
  const revived = await reviveCall(deps, { call, target, decision, definition: definition.value, left, durable });
  if (revived.kind !== 'obstacle') return revived;
  await end(deps, waiting, revived.why);
  return deny(deps, call, { code, ...decision, target });
}

function asItWas(waiting: Waiting): Pick<ParkedCall, 'isApproved' | 'definitionDigest'> {
  if (waiting.kind === 'parked') return waiting.parked;
  const { approvalId, definitionDigest } = waiting.durable;
  return { isApproved: approvalId !== null, definitionDigest: definitionDigest as DefinitionDigest };
}

/**
 * The log shows which request brought the answers, and what allowed it. `false`: another request brought some before, to a process before
 * this one if need be.
 */
async function recordContinuation(
  deps: CallDeps,
  { context }: HostCall,
  { callId, upstream, asks, round, durable }: ParkedCall,
  decision: Decision,
): Promise<boolean> {
  const entry = askEntry({
    timeMs: deps.clock.nowMs(),
    callId,
    change: 'continued',
    round: null,
    upstream,
    asks: [...asks.values()].map(({ kind }) => kind),
    viaCallId: context.callId,
    credentialId: context.principal.credentialId,
    policyVersion: decision.policyVersion,
    ruleId: decision.reasons[0].ruleId,
  });
  if (durable !== null) return deps.openCalls.takeRound({ callId, round, nowMs: deps.clock.nowMs() }, [entry]);
  await deps.audit.record([entry]);
  return true;
}
