import { isToolName } from '../catalog/tool-name.ts';
import { type ClassLists, LISTED_CLASSES } from './classify.ts';
import { type CompiledRule, createToolPlan, type ToolPlan } from './tool-plan.ts';

/** All that the policy says about one upstream. */
export interface UpstreamPolicy {
  readonly name: string;
  /** Where the first of its files names it. */
  readonly place: string;
  /** The plan for a tool; `null` for a name that no policy can speak about. */
  readonly planFor: (tool: string) => ToolPlan | null;
}

/**
 * Names come from callers, so a name that is not yet planned never pushes out another: when the limit is reached, plans are made
 * anew for each call, which takes microseconds. Names that the files spell out are planned beforehand and do not count.
 */
const KEPT_PLANS_MAX = 2048;

export function createUpstreamPolicy(
  named: Pick<UpstreamPolicy, 'name' | 'place'>,
  lists: ClassLists,
  rules: readonly CompiledRule[],
): UpstreamPolicy {
  const inOrder = rules.toSorted((a, b) => (a.rule.id < b.rule.id ? -1 : 1));
  const planned = new Map(spelledOut(lists, rules).map((tool) => [tool, createToolPlan(lists, inOrder, tool)]));
  const kept = new Map<string, ToolPlan>();
  return {
    ...named,
    planFor(tool) {
      const known = planned.get(tool) ?? kept.get(tool);
      if (known !== undefined) return known;
      if (!isToolName(tool)) return null;
      const plan = createToolPlan(lists, inOrder, tool);
      if (kept.size < KEPT_PLANS_MAX) kept.set(tool, plan);
      return plan;
    },
  };
}

function spelledOut(lists: ClassLists, rules: readonly CompiledRule[]): string[] {
  const inLists = LISTED_CLASSES.flatMap((listed) => lists.patterns[listed].map((pattern) => pattern.exactName));
  const inRules = rules.flatMap(({ rule }) => (rule.tools.kind === 'names' ? rule.tools.patterns : []));
  const candidates = [...inLists, ...lists.byArgument.keys(), ...inRules];
  return candidates.filter((tool): tool is string => tool !== null && isToolName(tool));
}
