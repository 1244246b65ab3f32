import { bindFacts, factsOf } from './bind-facts.ts';
import type { CompiledPolicy } from './compile-policy.ts';
import { decide } from './decide.ts';
import type { Decision, DecisionRequest } from './decision.ts';
import { createRuleMatcher, type RuleMatch } from './match-rules.ts';
import { findUpstreamPolicy } from './own-policy.ts';
import type { PolicyRule } from './policy-file.ts';
import type { CompiledRule } from './target-plan.ts';

/** A decision, and how every rule of its upstream stands to it. */
export interface Explanation {
  readonly decision: Decision;
  /** In the order of their ids; rules for other environments come last. */
  readonly rules: readonly ExplainedRule[];
}

export interface ExplainedRule {
  readonly id: string;
  readonly effect: PolicyRule['effect'];
  /** `policies/crm.yaml:12:5` */
  readonly place: string;
  readonly standing: Standing;
  /** `when` as it is written; `null` where there is none, or where it was not asked. */
  readonly when: string | null;
  /** Scopes that the credential lacks for the rule. */
  readonly missingScopes: readonly string[];
}

/** `possible`: it depends on arguments that are not given. */
export const STANDINGS = [
  'matches',
  'possible',
  'lacks-scopes',
  'condition-fails',
  'condition-unevaluable',
  'other-target',
  'other-people',
  'other-time',
  'other-environment',
] as const;
export type Standing = (typeof STANDINGS)[number];

/** The decision that `decide` gives, rule by rule. For people: the gateway itself never asks this. */
export function explain(policy: CompiledPolicy, request: DecisionRequest): Explanation {
  const decision = decide(policy, request);
  const { target } = request;
  const upstream = findUpstreamPolicy(policy, target.upstream);
  if (upstream === undefined) return { decision, rules: [] };
  const plan = upstream.planFor(target);
  // What counts as a write by its own definition alone is decided by the rules for reads.
  const isListed = plan === null || plan.classifier.possible.includes(decision.class);
  const toolClass = isListed ? decision.class : 'read';
  const facts = factsOf(policy, request, toolClass);
  const bound = plan === null ? null : bindFacts(plan, plan.rulesFor(toolClass), facts);
  const match = createRuleMatcher(bound?.ok ? bound.value : facts);
  const about = plan?.rulesFor(toolClass);
  const candidates = new Set(about === undefined ? [] : [...about.denies, ...about.grants]);
  const rules = upstream.rules.map((rule) => explainRule(rule, candidates.has(rule) ? match(rule) : null));
  const elsewhere = upstream.rulesElsewhere.map((rule) => explained(rule, 'other-environment'));
  return { decision, rules: [...rules, ...elsewhere] };
}

/** `null`: it is about something else. */
function explainRule(rule: CompiledRule, match: RuleMatch | null): ExplainedRule {
  if (match === null) return explained(rule, 'other-target');
  switch (match.kind) {
    case 'other-people':
    case 'other-time':
      return explained(rule, match.kind);
    case 'fails':
      return { ...explained(rule, 'condition-fails'), when: rule.rule.when };
    case 'unevaluable':
      return { ...explained(rule, 'condition-unevaluable'), when: rule.rule.when };
    case 'matched':
    case 'possible': {
      const { missingScopes } = match;
      const standing = match.kind === 'matched' ? 'matches' : 'possible';
      const isLacking = missingScopes.length > 0;
      return { ...explained(rule, isLacking ? 'lacks-scopes' : standing), when: rule.rule.when, missingScopes };
    }
  }
}

function explained({ rule, place }: CompiledRule, standing: Standing): ExplainedRule {
  return { id: rule.id, effect: rule.effect, place, standing, when: null, missingScopes: [] };
}
