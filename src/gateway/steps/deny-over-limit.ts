import type { LimitUse } from '../../core/limits/limit-use.ts';
import type { CallDeps } from '../deps.ts';
import type { HostError, HostResult } from '../gateway.ts';
import type { GovernedCall } from '../governed-call.ts';
import { limitReached } from '../host-errors.ts';
import type { LimitReached } from '../limits.ts';
import { recordDenial } from './deny.ts';

/** A call that policy allows, and that is one too many. */
export async function denyOverLimit(
  deps: CallDeps,
  { call, target, decision }: GovernedCall,
  { use, retryAfterMs }: LimitReached,
): Promise<HostResult | HostError> {
  const { policyVersion, class: toolClass } = decision;
  await recordDenial(deps, call, { policyVersion, target, class: toolClass, ruleId: null, codes: ['limit_reached'] });
  deps.report({ callId: call.context.callId, problem: `a limit is reached: ${use.place}` });
  const retryAfterSeconds = retryAfterMs === null ? null : Math.ceil(retryAfterMs / 1000);
  return limitReached(call.kind, TEXT[use.kind], retryAfterSeconds);
}

const TEXT: Readonly<Record<LimitUse['kind'], string>> = {
  calls: 'you have made as many calls of this kind as you may for now.',
  spend: 'what you may spend on calls of this kind is spent for now.',
  'first-use': 'this cannot be counted now.',
  seen: 'what is read here cannot be remembered now.',
  concurrent: 'as many of your calls of this kind run as may run at once.',
};
