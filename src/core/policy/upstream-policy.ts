import { isResourceUri, plainReadingsOf } from '../catalog/resource-uri.ts';
import { isToolName } from '../catalog/tool-name.ts';
import { isAppUri } from '../content/passed-app.ts';
import { templateShape } from '../catalog/uri-template.ts';
import { assertNever } from '../result.ts';
import { type ClassLists, LISTED_CLASSES } from './classify.ts';
import type { DecisionTarget } from './decision.ts';
import type { SubjectKind } from './matchers/subject.ts';
import { type CompiledRule, createReadPlan, createToolPlan, type TargetPlan } from './target-plan.ts';

/** All that the policy says about one upstream. */
export interface UpstreamPolicy {
  readonly name: string;
  /** Where the first of its files names it. */
  readonly place: string;
  /** Those for this environment, in the order of their ids. */
  readonly rules: readonly CompiledRule[];
  /** Those for other environments, which never speak here. */
  readonly rulesElsewhere: readonly CompiledRule[];
  /** Its lists of classes, all files put together. */
  readonly lists: ClassLists;
  /** Every name and pattern of tools in its lists of classes. */
  readonly classified: readonly string[];
  /** The plan for a tool, resource, template or prompt; `null` for a name that no policy can speak about. */
  readonly planFor: (target: Pick<DecisionTarget, 'kind' | 'name'>) => TargetPlan | null;
}

/**
 * Names come from callers, so a name that is not yet planned never pushes out another: when the limit is reached, plans are made
 * anew for each call, which takes microseconds. Names that the files spell out are planned beforehand and do not count.
 */
const KEPT_PLANS_MAX = 2048;

export function createUpstreamPolicy(
  named: Pick<UpstreamPolicy, 'name' | 'place'> & { readonly offersApps: boolean },
  lists: ClassLists,
  allRules: readonly CompiledRule[],
): UpstreamPolicy {
  const rules = allRules.filter(({ inEnvironment }) => inEnvironment);
  const inOrder = rules.toSorted((a, b) => (a.rule.id < b.rule.id ? -1 : 1));
  const planned = new Map(spelledOut(lists, rules).map((tool) => [tool, createToolPlan(lists, inOrder, tool)]));
  const planTool = keepPlans(planned, (tool) => (isToolName(tool) ? createToolPlan(lists, inOrder, tool) : null));
  const planRead = (
    kind: SubjectKind,
    hasRules: boolean,
    isName: (name: string) => boolean,
    readingsOf?: (name: string) => readonly string[],
  ) =>
    keepPlans(new Map(), (name) =>
      hasRules && isName(name) ? createReadPlan(inOrder, kind, name, readingsOf?.(name)) : null,
    );
  const speaksOf = (kind: 'resources' | 'prompts'): boolean => rules.some(({ rule }) => rule.subject.kind === kind);
  const planResource = planRead('resource', speaksOf('resources'), isResourceUri, plainReadingsOf);
  const planTemplate = planRead('resource', speaksOf('resources'), () => true);
  // A host shows what it reads there as a page, so a pattern alone, such as `**`, does not reach it.
  const isReadable = (uri: string): boolean => named.offersApps || !isAppUri(uri);
  const planPrompt = planRead('prompt', speaksOf('prompts'), isToolName);
  return {
    name: named.name,
    place: named.place,
    rules: inOrder,
    lists,
    classified: classifiedIn(lists),
    rulesElsewhere: allRules.filter(({ inEnvironment }) => !inEnvironment),
    planFor({ kind, name }) {
      switch (kind) {
        case 'tool':
          return planTool(name);
        case 'resource':
          return isReadable(name) ? planResource(name) : null;
        case 'prompt':
        case 'prompt-argument':
          return planPrompt(name);
        case 'template':
        case 'template-argument': {
          const shape = templateShape(name);
          return shape === null || !isReadable(shape) ? null : planTemplate(shape);
        }
        default:
          return assertNever(kind);
      }
    },
  };
}

type Planner = (name: string) => TargetPlan | null;

function keepPlans(planned: ReadonlyMap<string, TargetPlan>, create: Planner): Planner {
  const kept = new Map<string, TargetPlan>();
  return (name) => {
    const known = planned.get(name) ?? kept.get(name);
    if (known !== undefined) return known;
    const plan = create(name);
    if (plan !== null && kept.size < KEPT_PLANS_MAX) kept.set(name, plan);
    return plan;
  };
}

function classifiedIn(lists: ClassLists): string[] {
  const listed = LISTED_CLASSES.flatMap((name) => lists.patterns[name].map(({ text }) => text));
  return [...listed, ...lists.byArgument.keys()];
}

function spelledOut(lists: ClassLists, rules: readonly CompiledRule[]): string[] {
  const inLists = LISTED_CLASSES.flatMap((listed) => lists.patterns[listed].map((pattern) => pattern.exactName));
  const inRules = rules.flatMap(({ rule }) => (rule.subject.kind === 'tools' ? rule.subject.patterns : []));
  const candidates = [...inLists, ...lists.byArgument.keys(), ...inRules];
  return candidates.filter((tool): tool is string => tool !== null && isToolName(tool));
}
