import type { Approval } from '../../core/approval/approval.ts';
import type { CallDeps } from '../deps.ts';
import type { HostError, HostResult } from '../gateway.ts';
import type { GovernedCall } from '../governed-call.ts';
import { outcomeLost } from '../host-errors.ts';
import type { WaitingLeft } from '../left-calls.ts';
import { dispatchAllowed } from './dispatch.ts';
import { runClaimed } from './spend-approval.ts';

/**
 * Goes on asking for the task that an upstream made of a call in an earlier process. `governed` is of a request of whoever may have the
 * result: nothing of it is sent but questions about the task, and what comes of it is the outcome of the earlier call. `approval`: the one
 * that the call spent.
 */
export async function resumeTask(
  deps: CallDeps,
  governed: GovernedCall,
  left: WaitingLeft,
  approval: Approval | null,
): Promise<HostResult | HostError> {
  const { task, callId, facts: killFacts, place } = left;
  const { call, target, argsDigest } = governed;
  const { upstream, name } = target.ref;
  if (task?.upstream !== upstream || task.target !== name || task.sentDigest !== argsDigest) {
    await deps.leftCalls.end(left, 'unknown', 'it was another call');
    return outcomeLost();
  }
  const { signal } = call.context;
  // A call that was approved goes on without its host.
  if (approval === null) endWith(signal, left);
  const context = { ...call.context, callId };
  const resumed = { kind: 'task', bookmark: task.bookmark } as const;
  const own: GovernedCall = { ...governed, call: { ...call, context }, killFacts, place, resumed };
  try {
    return await (approval === null ? dispatchAllowed(deps, own) : runClaimed(deps, own, approval));
  } finally {
    place.leave();
  }
}

/** Ends the call when the host of the request that goes on with it is gone. */
export function endWith(signal: AbortSignal, { host }: WaitingLeft): void {
  if (signal.aborted) host.abort();
  else signal.addEventListener('abort', () => host.abort(), { once: true });
}
