import type { ApprovalTerms } from './decision.ts';
import type { CompiledRule } from './target-plan.ts';

/**
 * The terms that satisfy every rule that asks for approval: an approver whom all of them accept, before the first of them expires.
 * `null` where their groups have none in common: whoever is in both may exist, but to guess that would be to weaken one of the rules.
 */
export function combineTerms(asking: readonly CompiledRule[], defaultExpiresMs: number): ApprovalTerms | null {
  let approverGroups: readonly string[] = [];
  let expiresInMs = Number.POSITIVE_INFINITY;
  for (const { rule } of asking) {
    expiresInMs = Math.min(expiresInMs, rule.approval?.expiresMs ?? defaultExpiresMs);
    const groups = rule.approval?.groups ?? [];
    if (groups.length === 0) continue;
    approverGroups = approverGroups.length === 0 ? groups : approverGroups.filter((group) => groups.includes(group));
    // Empty means "no group asked for", so an empty intersection must not get that far.
    if (approverGroups.length === 0) return null;
  }
  return { approverGroups: approverGroups.toSorted(), expiresInMs };
}
