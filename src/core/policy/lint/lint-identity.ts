import { findIdentityArguments, type IdentityArgument } from '../../schema/identity-arguments.ts';
import type { Problem } from '../../problem.ts';
import { parseCondition } from '../cel/condition.ts';
import { type ClassLists, createClassifier, createClassLists } from '../classify.ts';
import type { PolicySource } from '../compile-policy.ts';
import { createSubjectMatcher } from '../matchers/subject.ts';
import { coversWho } from './covers.ts';
import { type PlacedRule, warning } from './lint-rules.ts';
import type { LintedTool } from './linted-tool.ts';

/**
 * Rules that let an agent name somebody else: an argument of a tool says for whom it acts, and nothing binds it to who is calling. A rule
 * that asks about the argument in its condition has thought of it. Warnings all.
 */
export function lintIdentity(files: readonly PolicySource[], tools: readonly LintedTool[]): readonly Problem[] {
  const lists = createClassLists(files.map(({ file }) => file.classes));
  const rules = files.flatMap((source) => source.file.rules.map((rule, index) => ({ rule, index, source })));
  const suspects = tools
    .map((tool) => ({ name: tool.name, found: findIdentityArguments(tool.inputSchema) }))
    .filter(({ found }) => found.length > 0);
  return rules.flatMap((placed) => {
    if (placed.rule.effect === 'deny') return [];
    const open = suspects
      .filter(({ name }) => isAbout(placed, name, lists))
      .flatMap(({ name, found }) =>
        found.flatMap((argument) => {
          return isSettled(placed, { tool: name, argument }, rules, lists) ? [] : [{ tool: name, argument }];
        }),
      );
    return [...Map.groupBy(open, ({ argument }) => argument.path.join('.'))].map(([path, unbound]) =>
      report(placed, path, unbound),
    );
  });
}

interface Unbound {
  readonly tool: string;
  readonly argument: IdentityArgument;
}

function isAbout({ rule }: PlacedRule, tool: string, lists: ClassLists): boolean {
  const matches = createSubjectMatcher(rule.subject);
  return createClassifier(lists, tool).possible.some((each) => each !== 'never' && matches('tool', tool, each));
}

function isSettled(
  placed: PlacedRule,
  { tool, argument }: Unbound,
  rules: readonly PlacedRule[],
  lists: ClassLists,
): boolean {
  // What tells the class of a call cannot be bound.
  if (createClassifier(lists, tool).argument === argument.path[0]) return true;
  return looksAt(placed, argument) || rules.some((other) => bindsFor(other, placed, argument, tool, lists));
}

/** A rule that binds does so for everybody whom it is about, whatever its condition and scopes. */
function bindsFor(
  other: PlacedRule,
  placed: PlacedRule,
  argument: IdentityArgument,
  tool: string,
  lists: ClassLists,
): boolean {
  const { bind, who, fromMs, untilMs, environments } = other.rule;
  const isBound = bind.some(({ path }) => path.join('.') === argument.path.join('.'));
  if (!isBound || other.rule === placed.rule) return isBound;
  const isAlways = fromMs === null && untilMs === null && environments === null;
  return isAlways && coversWho({ ...who, scopes: [] }, placed.rule.who) && isAbout(other, tool, lists);
}

function looksAt({ rule: { when } }: PlacedRule, { path }: IdentityArgument): boolean {
  const condition = when === null ? null : parseCondition(when);
  if (condition === null || !condition.ok) return false;
  return condition.value.argumentPaths.some((looked) => looked.every((name, index) => name === path[index]));
}

const NAMED_MAX = 3;

function report(placed: PlacedRule, path: string, unbound: readonly Unbound[]): Problem {
  const tools = unbound.map(({ tool }) => tool);
  const more = tools.length > NAMED_MAX ? ` and ${tools.length - NAMED_MAX} more` : '';
  const named = `${tools.slice(0, NAMED_MAX).join(', ')}${more}`;
  const source = unbound[0]?.argument.source ?? 'id';
  const message = `lets agents say for whom they call ${named}, in an argument that nothing binds`;
  const help = `bind it to who is calling, \`bind: { ${path}: principal.${source} }\`, or ask about it in \`when\``;
  return warning(placed, 'tools', message, path, help);
}
