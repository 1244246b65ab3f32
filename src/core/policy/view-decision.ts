import type { ExplainedDecision } from '../admin-api/explanation-view.ts';
import type { LimitUse } from '../limits/limit-use.ts';
import type { Decision } from './decision.ts';

/** A decision as it is shown: one shape for all effects. */
export function viewDecision(decision: Decision): ExplainedDecision {
  const { class: toolClass, policyVersion, reasons } = decision;
  const shared = { class: toolClass, policyVersion, reasons };
  if (decision.effect === 'deny') {
    const { effect, hidden, missingScopes } = decision;
    return { effect, ...shared, hidden, missingScopes, args: null, terms: null, limits: [] };
  }
  const { effect, args } = decision;
  const limits = decision.limits.map(viewLimit);
  const terms = decision.effect === 'approve' ? decision.terms : null;
  return { effect, ...shared, hidden: false, missingScopes: [], args, terms, limits };
}

function viewLimit(use: LimitUse): ExplainedDecision['limits'][number] {
  const { kind, place, max } = use;
  if (use.kind === 'concurrent') return { kind, place, max, amount: 1, windowMs: null };
  return { kind, place, max, amount: use.amount, windowMs: use.windowMs };
}
