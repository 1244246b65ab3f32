import { createJsonObject, type JsonObject } from '../core/json/value.ts';
import { hasAny } from '../core/conversation/capabilities.ts';
import { isModernRevision } from '../core/mcp/revisions.ts';
import type { ParkedCall } from './conversations.ts';
import { continueCall } from './continue-call.ts';
import type { CallDeps } from './deps.ts';
import type { HostCall, HostInputRequest } from './gateway.ts';
import { handleCall } from './handle-call.ts';
import { createHeldCall, type HeldCall } from './held-call.ts';
import { readAnswers } from './read-answers.ts';
import { sealRound } from './round-state.ts';
import { ROUNDS_MAX } from './steps/ask-host.ts';
import type { CallAnswer } from './steps/call-with-approval.ts';
import { deny } from './steps/deny.ts';

export type HostAnswer = CallAnswer | HostInputRequest;

/**
 * A call with whatever it has to ask its host on the way. Legacy hosts are asked on the stream of the call, so theirs is one request.
 * Modern hosts are asked by way of an answer and come back with another request: each of those is checked, decided on and recorded like
 * the first one, and then the call goes on from where it waits.
 */
export function converse(deps: CallDeps, call: HostCall): Promise<HostAnswer> {
  const { continuation } = call;
  if (continuation !== null && continuation.requestState !== null)
    return goOn(deps, call, continuation.requestState, continuation.inputResponses);
  return converseWith(deps, call, handleCall);
}

/** The same for a call that `run` carries out. */
export function converseWith(deps: CallDeps, call: HostCall, run: RunCall): Promise<HostAnswer> {
  const { revision, capabilities } = call.context;
  return isModernRevision(revision) && hasAny(capabilities) ? holdCall(deps, call, run) : run(deps, call);
}

export type RunCall = (deps: CallDeps, call: HostCall) => Promise<CallAnswer>;

async function goOn(
  deps: CallDeps,
  call: HostCall,
  requestState: string,
  inputResponses: JsonObject,
): Promise<HostAnswer> {
  const taken = await continueCall(deps, call, requestState, inputResponses);
  if (taken.kind !== 'held') return taken;
  const { parked, isAnswered } = taken;
  return isAnswered
    ? answerTurn(deps, call, parked, parked.round + 1)
    : askByAnswer(deps, call, parked, parked.round + 1);
}

async function holdCall(deps: CallDeps, call: HostCall, run: RunCall): Promise<HostAnswer> {
  const { continuation } = call;
  const held = createHeldCall(call, (heldCall) => run(deps, heldCall));
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
  return turn.kind === 'done' ? turn.answer : askByAnswer(deps, request, { ...turn, callId, held }, round);
}

async function askByAnswer(
  deps: CallDeps,
  request: HostCall,
  { callId, held, asks, durable }: Pick<ParkedCall, 'callId' | 'held' | 'asks' | 'durable'>,
  round: number,
): Promise<HostAnswer> {
  try {
    const isParked = round <= ROUNDS_MAX && deps.conversations.park({ callId, held, asks, round, durable: null });
    if (!isParked) {
      held.end();
      return await deny(deps, request, { code: 'input_unexpected', policyVersion: deps.policy().version });
    }
    const sealed = await sealRound(deps, request, { callId, round, durable });
    // Only now: what the store knows nothing of, no other process can go on with.
    if (sealed.isDurable) deps.conversations.park({ callId, held, asks, round, durable });
    const inputRequests = createJsonObject();
    for (const [key, { method, params }] of asks) inputRequests[key] = { method, params };
    return { kind: 'input-required', inputRequests, requestState: sealed.requestState };
  } catch (error) {
    held.end();
    throw error;
  }
}
