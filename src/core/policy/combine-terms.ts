import type { PolicyOptions } from './compile-policy.ts';
import type { ApprovalTerms } from './decision.ts';
import type { CompiledRule } from './target-plan.ts';

/**
 * The terms that satisfy every rule that asks for approval: approvers whom all of them accept, as many as the strictest wants, before
 * the first of them expires.
 * `null` where their groups have none in common: whoever is in both may exist, but to guess that would be to weaken one of the rules.
 */
export function combineTerms(
  asking: readonly CompiledRule[],
  { approvalExpiresMs, approversMin }: Pick<PolicyOptions, 'approvalExpiresMs' | 'approversMin'>,
): ApprovalTerms | null {
  let approverGroups: readonly string[] = [];
  let expiresInMs = Number.POSITIVE_INFINITY;
  let approversNeeded = approversMin;
  for (const { rule } of asking) {
    expiresInMs = Math.min(expiresInMs, rule.approval?.expiresMs ?? approvalExpiresMs);
    approversNeeded = Math.max(approversNeeded, rule.approval?.count ?? 1);
    const groups = rule.approval?.groups ?? [];
    if (groups.length === 0) continue;
    approverGroups = approverGroups.length === 0 ? groups : approverGroups.filter((group) => groups.includes(group));
    // Empty means "no group asked for", so an empty intersection must not get that far.
    if (approverGroups.length === 0) return null;
  }
  return { approverGroups: approverGroups.toSorted(), approversNeeded, expiresInMs };
}
