import { decide } from '../core/policy/decide.ts';
import type { CallDeps } from './deps.ts';
import { killFactsOf } from './governed-call.ts';
import type { HostCall } from './gateway.ts';
import { resolveTarget } from './steps/resolve-target.ts';

/** What is known of a call whose answer is asked for again. */
export type AnsweredCall = Pick<HostCall, 'context' | 'kind' | 'exposedName' | 'args'>;

/**
 * Whether this very call could be made now: an answer that is told again is told by what is in force then. Nothing is recorded; the request
 * that asks for the answer is.
 */
export async function stillAllows(deps: CallDeps, call: AnsweredCall): Promise<boolean> {
  const target = await resolveTarget(deps, call);
  if (target === null) return false;
  const { principal } = call.context;
  const decision = decide(deps.policy(), { principal, target: target.ref, args: call.args, nowMs: deps.clock.nowMs() });
  return decision.effect !== 'deny' && deps.killSwitches.find(killFactsOf(call, target, decision)) === null;
}
