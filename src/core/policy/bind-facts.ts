import type { ToolClass } from '../catalog/tool.ts';
import { err, ok, type Result } from '../result.ts';
import { bindArguments } from './bind-arguments.ts';
import type { ConditionFacts } from './cel/condition.ts';
import type { CompiledPolicy } from './compile-policy.ts';
import type { DecisionRequest, Reason } from './decision.ts';
import { isAboutCaller } from './match-rules.ts';
import type { CandidateRules, TargetPlan } from './target-plan.ts';

export function factsOf(policy: CompiledPolicy, request: DecisionRequest, toolClass: ToolClass): ConditionFacts {
  const { principal, target, args, nowMs } = request;
  const { environment } = policy.options;
  return { principal, upstream: target.upstream, tool: target.name, class: toolClass, environment, nowMs, args };
}

/**
 * The facts with what the rules fill in, which everything after this looks at. All rules bind that are about this caller and tool,
 * whatever their conditions and scopes: a rule that is met by chance or by a smaller credential must not be a way round another one's
 * binding, and a rule that denies must see what will be sent.
 */
export function bindFacts(
  plan: TargetPlan,
  { grants, bindsSome }: CandidateRules,
  facts: ConditionFacts,
): Result<ConditionFacts, Reason> {
  if (!bindsSome || facts.args === null) return ok(facts);
  let { args } = facts;
  for (const each of grants) {
    const { rule, place } = each;
    if (rule.bind.length === 0 || !isAboutCaller(each, facts)) continue;
    const bound = bindArguments(args, facts.principal, rule.bind);
    if (!bound.ok) return err({ code: 'argument_bound', ruleId: rule.id, place, text: bound.error });
    args = bound.value;
    if (plan.classifier.classOf(args) !== facts.class) {
      const text = 'A rule binds the argument that tells what the tool does. The policy has to be mended.';
      return err({ code: 'argument_bound', ruleId: rule.id, place, text });
    }
  }
  return ok({ ...facts, args });
}
