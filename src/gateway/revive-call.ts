import type { Approval } from '../core/approval/approval.ts';
import type { Ask } from '../core/conversation/ask.ts';
import type { DurableRound } from '../core/mcp/request-state.ts';
import type { Decision } from '../core/policy/decision.ts';
import type { ParkedCall } from './conversations.ts';
import type { CallDeps } from './deps.ts';
import type { HostCall } from './gateway.ts';
import { definedPart, type GovernedCall, type ResumedRound } from './governed-call.ts';
import { createHeldCall } from './held-call.ts';
import type { WaitingLeft } from './left-calls.ts';
import { bindingOf, changedSince } from './steps/attach-approval.ts';
import type { CallAnswer } from './steps/call-with-approval.ts';
import { denyOverLimit } from './steps/deny-over-limit.ts';
import { endWith } from './steps/resume-task.ts';
import { dispatchAllowed } from './steps/dispatch.ts';
import type { LoadedDefinition, NamedTarget } from './steps/resolve-target.ts';
import { runClaimed } from './steps/spend-approval.ts';

export interface LeftRequest {
  /** The request that brings answers. */
  readonly call: HostCall;
  readonly target: NamedTarget;
  /** On this request. */
  readonly decision: Exclude<Decision, { effect: 'deny' }>;
  readonly definition: LoadedDefinition;
  readonly left: WaitingLeft;
  readonly durable: DurableRound;
}

export type Revived =
  | { readonly kind: 'held'; readonly parked: ParkedCall }
  | CallAnswer
  | { readonly kind: 'obstacle'; readonly why: string };

/**
 * Holds a call of an earlier process anew, at the place where it waits for its host. What it is about must be what it was about, and where a
 * person approved it, that must still stand; what it spent is not spent again.
 */
export async function reviveCall(deps: CallDeps, request: LeftRequest): Promise<Revived> {
  const { call, target, decision, left, durable } = request;
  const args = decision.args ?? call.args;
  const defined = definedPart(deps.digestKey, args, request.definition);
  const { upstream, name } = target.ref;
  if (durable.upstream !== upstream || durable.target !== name) return obstacle('the name stands for something else');
  if (durable.approvalId !== left.approvalId) return obstacle('it spent another approval');
  if (defined.argsDigest !== durable.sentDigest) return obstacle('the arguments are others');

  const governed: GovernedCall = {
    ...defined,
    call: { ...call, args },
    target,
    decision,
    killFacts: left.facts,
    place: left.place,
    resumed: resumedRound(request),
  };
  if (left.approvalId === null) return holdAnew(deps, governed, request, null);
  const approval = await deps.approvals.find(left.approvalId);
  const change = approval === null ? 'its approval is not there' : await changedFor(deps, governed, approval);
  return change === null ? holdAnew(deps, governed, request, approval) : obstacle(change);
}

const obstacle = (why: string): Revived => ({ kind: 'obstacle', why });

function resumedRound({ left, durable }: LeftRequest): ResumedRound {
  return {
    kind: 'round',
    // Sealed by us, so they are what they were.
    asks: new Map(Object.entries(durable.asks) as unknown as [string, Ask][]),
    round: left.round ?? 0,
    startedMs: durable.startedMs,
    bookmark: durable.bookmark,
  };
}

/** What no longer is as the approver saw it, in words for the log; `null`: nothing. */
async function changedFor(deps: CallDeps, governed: GovernedCall, approval: Approval): Promise<string | null> {
  if (approval.status !== 'executing') return `its approval is ${approval.status}`;
  const changed = changedSince(approval, bindingOf(deps, governed), governed.decision);
  if (changed !== null) return changed;
  return (await deps.approvers.mayStillApprove(approval)) ? null : 'the approver may no longer approve this';
}

async function holdAnew(
  deps: CallDeps,
  governed: GovernedCall,
  { left }: LeftRequest,
  approval: Approval | null,
): Promise<Revived> {
  const { call, decision } = governed;
  // What it uses of windows, it used when it began.
  const taken = deps.limits.take(decision.limits.filter(({ kind }) => kind === 'concurrent'));
  if (!taken.ok) {
    deps.leftCalls.putBack(left);
    return denyOverLimit(deps, governed, taken.error);
  }
  const { callId } = left;
  const first = { ...call, context: { ...call.context, callId } };
  const held = createHeldCall(first, async (heldCall) => {
    // A call that was approved goes on without its host.
    if (approval === null) endWith(heldCall.context.signal, left);
    const own = { ...governed, call: heldCall };
    try {
      return await (approval === null ? dispatchAllowed(deps, own) : runClaimed(deps, own, approval));
    } finally {
      left.place.leave();
      taken.value.end();
    }
  });
  const turn = await held.next();
  if (turn.kind === 'done') return turn.answer;
  const { upstream } = governed.target.ref;
  const { definitionDigest } = governed;
  const waiting = { callId, principal: call.context.principal.id, upstream, isApproved: approval !== null };
  const { asks } = turn;
  return {
    kind: 'held',
    parked: { ...waiting, definitionDigest, held, asks, durable: turn.durable, round: left.round ?? 0 },
  };
}
