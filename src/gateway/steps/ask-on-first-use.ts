import type { WindowUse } from '../../core/limits/limit-use.ts';
import type { CompiledPolicy } from '../../core/policy/compile-policy.ts';
import { defaultTerms } from '../../core/policy/combine-terms.ts';
import type { Decision } from '../../core/policy/decision.ts';
import type { CallDeps } from '../deps.ts';

type NotDenied = Exclude<Decision, { effect: 'deny' }>;

/** A call that policy allows waits for a person all the same, where it is the caller's first of the tool and a watch rule says so. */
export function askOnFirstUse(deps: CallDeps, policy: CompiledPolicy, decision: NotDenied): NotDenied {
  const first = decision.limits.find((use): use is WindowUse => use.kind === 'first-use');
  if (decision.effect !== 'allow' || first === undefined || deps.limits.isUsed(first)) return decision;
  const text = 'This person has not used the tool before.';
  return {
    ...decision,
    effect: 'approve',
    reasons: [{ code: 'first_use', ruleId: null, place: first.place, text }],
    terms: defaultTerms(policy.options),
  };
}
