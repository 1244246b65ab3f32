import { argsDigest } from '../core/approval/args-digest.ts';
import type { AskEntry } from '../core/audit/entry.ts';
import { methodOf } from '../core/catalog/target.ts';
import type { Ask } from '../core/conversation/ask.ts';
import { hasAny } from '../core/conversation/capabilities.ts';
import { checkAskAnswer } from '../core/conversation/check-ask-answer.ts';
import { canonicalJson } from '../core/json/canonical-json.ts';
import { createJsonObject, isJsonObject, type JsonObject } from '../core/json/value.ts';
import type { WindowUse } from '../core/limits/limit-use.ts';
import {
  checkRequestState,
  encodeRequestState,
  parseRequestState,
  type RequestState,
  type StateBearer,
} from '../core/mcp/request-state.ts';
import { isModernRevision } from '../core/mcp/revisions.ts';
import { decide } from '../core/policy/decide.ts';
import type { Decision } from '../core/policy/decision.ts';
import type { ParkedCall } from './conversations.ts';
import type { CallDeps } from './deps.ts';
import type { AskAnswer, HostCall, HostInputRequest } from './gateway.ts';
import { killFactsOf } from './governed-call.ts';
import { handleCall } from './handle-call.ts';
import { createHeldCall, type HeldCall } from './held-call.ts';
import { CONVERSATION_MS_MAX, ROUNDS_MAX } from './steps/ask-host.ts';
import type { CallAnswer } from './steps/call-with-approval.ts';
import { deny, denyByPolicy } from './steps/deny.ts';
import { resolveTarget } from './steps/resolve-target.ts';

type HostAnswer = CallAnswer | HostInputRequest;

/**
 * A call with whatever it has to ask its host on the way. Legacy hosts are asked on the stream of the call, so theirs is one request.
 * Modern hosts are asked by way of an answer and come back with another request: each of those is checked, decided on and recorded like
 * the first one, and then the call goes on from where it waits.
 */
export function converse(deps: CallDeps, call: HostCall): Promise<HostAnswer> {
  const { continuation } = call;
  if (continuation !== null && continuation.requestState !== null)
    return continueCall(deps, call, continuation.requestState, continuation.inputResponses);
  const { revision, capabilities } = call.context;
  return isModernRevision(revision) && hasAny(capabilities) ? holdCall(deps, call) : handleCall(deps, call);
}

async function holdCall(deps: CallDeps, call: HostCall): Promise<HostAnswer> {
  const { continuation } = call;
  const held = createHeldCall(call, (heldCall) => handleCall(deps, heldCall));
  const turn = await held.next();
  // Whoever knows the call has answered its first questions beforehand; the person's host is asked all the same otherwise.
  const early =
    turn.kind === 'asked' && continuation !== null ? readAnswers(turn.asks, continuation.inputResponses) : null;
  if (early !== null) held.resume(call, call.context.signal, early);
  return answerTurn(deps, call, { callId: call.context.callId, held }, 1);
}

/** Tells the host what comes next: the end of the call, or what it is asked. */
async function answerTurn(
  deps: CallDeps,
  request: HostCall,
  { callId, held }: { readonly callId: string; readonly held: HeldCall },
  round: number,
): Promise<HostAnswer> {
  const turn = await held.next();
  return turn.kind === 'done' ? turn.answer : askByAnswer(deps, request, { callId, held, asks: turn.asks }, round);
}

function askByAnswer(
  deps: CallDeps,
  request: HostCall,
  { callId, held, asks }: Pick<ParkedCall, 'callId' | 'held' | 'asks'>,
  round: number,
): Promise<HostAnswer> | HostInputRequest {
  if (round > ROUNDS_MAX || !deps.conversations.park(callId, held, asks, round)) {
    held.end();
    return deny(deps, request, { code: 'input_unexpected', policyVersion: deps.policy().version });
  }
  const inputRequests = createJsonObject();
  for (const [key, { method, params }] of asks) inputRequests[key] = { method, params };
  const expiresMs = deps.clock.nowMs() + CONVERSATION_MS_MAX;
  const state: RequestState = { ...bearerOf(deps, request), callId, round, expiresMs };
  const requestState = deps.stateSealer.seal(encodeRequestState(state));
  return { kind: 'input-required', inputRequests, requestState };
}

/**
 * The next request of a modern host. Its state is taken for an attacker's: it must be ours, of this person, this client and this very
 * request, and of the round that waits. What the person may do is decided anew, because it may have changed since.
 */
async function continueCall(
  deps: CallDeps,
  call: HostCall,
  requestState: string,
  inputResponses: JsonObject,
): Promise<HostAnswer> {
  const policy = deps.policy();
  const unexpected = () => deny(deps, call, { code: 'input_unexpected', policyVersion: policy.version });
  const state = openState(deps, call, requestState);
  const target = state === null ? null : await resolveTarget(deps, call);
  if (state === null || target === null) return unexpected();
  const parked = deps.conversations.take(state.callId, state.round);
  if (parked === null) return unexpected();

  const { held, asks, isApproved } = parked;
  const { principal } = call.context;
  const isUsed = (use: WindowUse): boolean => deps.limits.isUsed(use);
  const request = { principal, target: target.ref, args: call.args, nowMs: deps.clock.nowMs(), isUsed };
  const decision = decide(policy, request);
  if (decision.effect === 'deny') {
    held.end();
    return denyByPolicy(deps, call, target, decision);
  }
  const facts = killFactsOf(call, target, decision);
  const place = deps.inFlight.enter({ facts, credentialId: principal.credentialId }, call.context.signal);
  try {
    if (deps.killSwitches.find(facts) !== null) {
      held.end();
      return await deny(deps, call, { code: 'kill_switch', ...decision, target });
    }
    // It needs an approval by now, and has none: the person is asked when it is sent anew.
    if (decision.effect === 'approve' && !isApproved) {
      held.end();
      return await unexpected();
    }
    const answers = readAnswers(asks, inputResponses);
    if (answers === null) return await askByAnswer(deps, call, parked, parked.round + 1);
    await recordContinuation(deps, call, parked, decision);
    held.resume(call, place.signal, answers);
    return await answerTurn(deps, call, parked, parked.round + 1);
  } catch (error) {
    held.end();
    throw error;
  } finally {
    place.leave();
  }
}

/** The log shows which request brought the answers, and what allowed it. */
async function recordContinuation(
  deps: CallDeps,
  { context }: HostCall,
  { callId, upstream, asks }: ParkedCall,
  decision: Decision,
): Promise<void> {
  const entry: AskEntry = {
    kind: 'ask',
    timeMs: deps.clock.nowMs(),
    callId,
    change: 'continued',
    round: null,
    upstream,
    asks: [...asks.values()].map(({ kind }) => kind),
    digest: null,
    viaCallId: context.callId,
    credentialId: context.principal.credentialId,
    policyVersion: decision.policyVersion,
    ruleId: decision.reasons[0].ruleId,
    detail: null,
  };
  await deps.audit.record([entry]);
}

function openState(deps: CallDeps, call: HostCall, sealed: string): RequestState | null {
  const text = deps.stateSealer.open(sealed);
  const state = text === null ? null : parseRequestState(text);
  if (state === null || !state.ok) return null;
  return checkRequestState(state.value, bearerOf(deps, call), deps.clock.nowMs()) === null ? state.value : null;
}

function bearerOf(deps: CallDeps, { context, kind, exposedName, args }: HostCall): StateBearer {
  const { principal, endpoint } = context;
  return {
    principal: principal.id,
    client: principal.client,
    method: methodOf(kind),
    name: exposedName,
    endpoint: endpoint.kind === 'all' ? '' : endpoint.upstream,
    argsDigest: argsDigest(deps.digestKey, canonicalJson(args)),
  };
}

/** An answer to every question; `null` where one is missing or none, and the host must be asked again. What was not asked is dropped. */
function readAnswers(asks: ReadonlyMap<string, Ask>, responses: JsonObject): ReadonlyMap<string, AskAnswer> | null {
  const answers = new Map<string, AskAnswer>();
  for (const [key, ask] of asks) {
    const result = responses[key];
    if (!isJsonObject(result) || checkAskAnswer(ask, result) === null) return null;
    answers.set(key, { kind: 'answered', result });
  }
  return answers;
}
