import { isJsonObject } from '../../json/value.ts';
import type { Problem } from '../../problem.ts';
import { argumentTypes, checkArgumentTypes } from '../cel/check-argument-types.ts';
import { parseCondition } from '../cel/condition.ts';
import { createClassifier, createClassLists } from '../classify.ts';
import type { PolicySource } from '../compile-policy.ts';
import { createSubjectMatcher } from '../matchers/subject.ts';
import { findUnknownArgument, propertiesOf } from './find-unknown-argument.ts';
import { type PlacedRule, warning } from './lint-rules.ts';
import type { LintedTool } from './linted-tool.ts';

/** Conditions of one upstream's policies that do not go with the input schemas of the tools that they are about. Warnings all. */
export function lintConditions(files: readonly PolicySource[], tools: readonly LintedTool[]): readonly Problem[] {
  const lists = createClassLists(files.map(({ file }) => file.classes));
  const classed = tools.map((tool) => ({ tool, classes: createClassifier(lists, tool.name).possible }));
  const rules = files.flatMap((source) => source.file.rules.map((rule, index) => ({ rule, index, source })));
  return rules.flatMap((placed) => {
    const looked = argumentsOf(placed.rule.when);
    if (looked === null) return [];
    const isAbout = createSubjectMatcher(placed.rule.subject);
    const about = classed.filter(({ tool, classes }) => classes.some((each) => isAbout('tool', tool.name, each)));
    const findFault = createTypeCheck(looked);
    return about.flatMap(({ tool }) => findFaults({ ...placed, ...looked, findFault }, tool));
  });
}

/** What a condition looks at, as far as arguments go. */
interface Looked {
  readonly when: string;
  /** Arguments at the top level. */
  readonly names: readonly string[];
  /** It looks at all of them together, of which no schema tells the type. */
  readonly isWhole: boolean;
}

function argumentsOf(when: string | null): Looked | null {
  if (when === null) return null;
  const condition = parseCondition(when);
  if (!condition.ok || !condition.value.usesArgs) return null;
  const { argumentPaths } = condition.value;
  const names = argumentPaths.flatMap(([name]) => (typeof name === 'string' ? [name] : []));
  return { when, names: [...new Set(names)], isWhole: argumentPaths.some((path) => path.length === 0) };
}

type TypeCheck = (tool: LintedTool) => string | null;

/** Tools whose arguments have the same types get the same answer, so most tools of a large upstream cost no check of their own. */
function createTypeCheck({ when, names, isWhole }: Looked): TypeCheck {
  const known = new Map<string, string | null>();
  return ({ inputSchema }) => {
    const types = isWhole ? null : argumentTypes(inputSchema, names);
    if (types === null) return null;
    const key = names.map((name) => types[name]).join();
    const fault = known.get(key);
    if (fault !== undefined) return fault;
    const found = checkArgumentTypes(when, types);
    known.set(key, found);
    return found;
  };
}

function findFaults(
  { when, names, findFault, ...placed }: PlacedRule & Looked & { readonly findFault: TypeCheck },
  tool: LintedTool,
): readonly Problem[] {
  // A rule about a class speaks of the arguments that some tools have, and asks first whether this one has them.
  const isGuarded = (name: string): boolean =>
    placed.rule.subject.kind === 'tools-of-class' && when.includes(`has(args.${name}`);
  const unknown = names
    .filter((name) => !isGuarded(name))
    .flatMap((name) => findUnknownArgument(placed, 'when', name, tool));
  if (unknown.length > 0) return unknown;
  const fault = findFault(tool);
  const help = 'such a condition can never be evaluated, which counts as the harsh side of the rule';
  const message = `does not fit the input schema of ${tool.name}: ${fault}`;
  const types = fault === null ? [] : [warning(placed, 'when', message, when, help)];
  return [...types, ...names.flatMap((name) => findDefault(placed, name, tool))];
}

/** What the upstream fills in by itself, a rule does not see. */
function findDefault(placed: PlacedRule, argument: string, { name, inputSchema }: LintedTool): readonly Problem[] {
  const declared = propertiesOf(inputSchema)?.[argument];
  const filledIn = isJsonObject(declared) ? declared['default'] : undefined;
  if (filledIn === undefined) return [];
  const message = `looks at args.${argument}, which ${name} fills in with ${JSON.stringify(filledIn)} where a call leaves it out`;
  const help = `a call without it is not seen to have it; say what holds then, with has(args.${argument})`;
  return [warning(placed, 'when', message, null, help)];
}
