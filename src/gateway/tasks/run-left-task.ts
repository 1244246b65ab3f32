import type { Approval } from '../../core/approval/approval.ts';
import { decide } from '../../core/policy/decide.ts';
import type { CallDeps } from '../deps.ts';
import type { HostCall, HostError, HostResult } from '../gateway.ts';
import { definedPart, type GovernedCall } from '../governed-call.ts';
import { outcomeLost } from '../host-errors.ts';
import type { WaitingLeft } from '../left-calls.ts';
import { resumeTask } from '../steps/resume-task.ts';
import { loadDefinition, resolveTarget } from '../steps/resolve-target.ts';

/** Goes on with a call behind a task that an earlier process left, for its owner, who is decided about anew. */
export async function runLeftTask(
  deps: CallDeps,
  call: HostCall,
  left: WaitingLeft,
  approval: Approval | null,
): Promise<HostResult | HostError> {
  const { principal } = call.context;
  const target = await resolveTarget(deps, call);
  const request = { principal, args: call.args, nowMs: deps.clock.nowMs() };
  const decision = target === null ? null : decide(deps.policy(), { ...request, target: target.ref });
  if (target === null || decision === null || decision.effect === 'deny') {
    await deps.leftCalls.end(left, 'unknown', 'it is no longer allowed');
    return outcomeLost();
  }
  // What has begun is not begun again: the definition is asked for what it promises of the result, and for later questions.
  const loaded = await loadDefinition(deps, target, principal.id);
  const definition = loaded.ok ? loaded.value : null;
  const args = decision.args ?? call.args;
  const governed: GovernedCall = {
    ...definedPart(deps.digestKey, args, definition),
    // It has begun, whichever way that was.
    asTask: false,
    call: { ...call, args },
    target,
    decision,
    killFacts: left.facts,
    place: left.place,
  };
  return resumeTask(deps, governed, left, approval);
}
