import type { WindowUse } from '../core/limits/limit-use.ts';
import { decide } from '../core/policy/decide.ts';
import type { Decision, DecisionRequest } from '../core/policy/decision.ts';
import type { CallDeps } from './deps.ts';

/** What the policy in force says at this moment of a call, with what this person has read by now. */
export function decideNow(
  { policy, limits, clock }: Pick<CallDeps, 'policy' | 'limits' | 'clock'>,
  asked: Pick<DecisionRequest, 'principal' | 'target' | 'args'>,
): Decision {
  const isUsed = (use: WindowUse): boolean => limits.isUsed(use);
  return decide(policy(), { ...asked, nowMs: clock.nowMs(), isUsed });
}
