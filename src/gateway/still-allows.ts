import { decide } from '../core/policy/decide.ts';
import type { CallDeps } from './deps.ts';
import { killFactsOf } from './governed-call.ts';
import { type NamingCall, resolveTarget } from './steps/resolve-target.ts';

/**
 * Whether what a call named could be called now, whatever its arguments: an answer that is told again is told by what is in force then.
 * Nothing is recorded; the request that asks for the answer is.
 */
export async function stillAllows(deps: CallDeps, call: NamingCall): Promise<boolean> {
  const target = await resolveTarget(deps, call);
  if (target === null) return false;
  const { principal } = call.context;
  const decision = decide(deps.policy(), { principal, target: target.ref, args: null, nowMs: deps.clock.nowMs() });
  return decision.effect !== 'deny' && deps.killSwitches.find(killFactsOf(call, target, decision)) === null;
}
