import { didYouMean } from '../../did-you-mean.ts';
import type { Problem } from '../../problem.ts';
import { createClassifier, createClassLists, LISTED_CLASSES, type ToolClassifier } from '../classify.ts';
import { listsAsRead } from '../hinted-writes.ts';
import type { PolicySource } from '../compile-policy.ts';
import { createSubjectMatcher } from '../matchers/subject.ts';
import { createNamePattern } from '../matchers/name-pattern.ts';
import { findUnknownArgument } from './find-unknown-argument.ts';
import { lintConditions } from './lint-conditions.ts';
import { lintIdentity } from './lint-identity.ts';
import { type PlacedRule, warning } from './lint-rules.ts';
import type { LintedTool } from './linted-tool.ts';

/** What the policies of one upstream leave open or get wrong about its real tools. Warnings all. */
export function lintTools(files: readonly PolicySource[], tools: readonly LintedTool[]): readonly Problem[] {
  const [first] = files;
  if (first === undefined) return [];
  const lists = createClassLists(files.map(({ file }) => file.classes));
  const rules = files.flatMap((source) => source.file.rules.map((rule, index) => ({ rule, index, source })));
  const place = first.placeOf(['classes']);
  const names = tools.map(({ name }) => name);
  return [
    ...tools.flatMap((tool) => findUncovered(tool, rules, createClassifier(lists, tool.name).possible, place)),
    ...tools.flatMap((tool) => findContradiction(tool, rules, createClassifier(lists, tool.name), place)),
    ...files.flatMap((source) => findUnknownNames(source, names)),
    ...rules.flatMap((placed) => findUnknownSubjects(placed, names)),
    ...lintConditions(files, tools),
    ...lintIdentity(files, tools),
    ...rules.flatMap((placed) => findArgumentFaults(placed, tools)),
  ];
}

function findUncovered(
  { name }: LintedTool,
  rules: readonly PlacedRule[],
  classes: readonly string[],
  place: string,
): Problem[] {
  const report = (message: string, help: string): Problem[] => [
    { severity: 'warning', place, subject: 'classes', message, got: name, help },
  ];
  if (classes.every((each) => each === 'never')) return [];
  if (classes.every((each) => each === 'unclassified'))
    return report(
      'a tool of the upstream is in no class, so it is denied',
      'say under `classes` whether it reads, writes, or is never to be used',
    );
  const isCovered = rules.some(({ rule }) =>
    classes.some((each) => createSubjectMatcher(rule.subject)('tool', name, each as 'read')),
  );
  return isCovered
    ? []
    : report('no rule is about a tool of the upstream, so nobody may use it', 'add a rule, or put it under `never`');
}

function findContradiction(
  { name, writingHint }: LintedTool,
  rules: readonly PlacedRule[],
  { possible }: ToolClassifier,
  place: string,
): Problem[] {
  if (writingHint === null || !listsAsRead(possible)) return [];
  const granting = rules.filter(
    ({ rule }) => rule.effect === 'allow' && createSubjectMatcher(rule.subject)('tool', name, 'read'),
  );
  if (granting.every(({ rule }) => rule.unattended)) return [];
  return [
    {
      severity: 'warning',
      place,
      subject: 'classes',
      message: `is under \`read\`, and says of itself that ${writingHint}: its calls wait for a person`,
      got: name,
      help: 'put it under `write`; or, if it does only read, say `unattended: true` in the rule that allows it',
    },
  ];
}

/** Names in lists of classes that the upstream does not have, and patterns that match nothing of it. */
function findUnknownNames({ file, placeOf }: PolicySource, names: readonly string[]): Problem[] {
  const listed = LISTED_CLASSES.flatMap((list) =>
    file.classes[list].map((text, index) => ({ text, path: ['classes', list, index] })),
  );
  const byArgument = [...file.classes.byArgument.keys()].map((text) => ({
    text,
    path: ['classes', 'byArgument', text],
  }));
  return [...listed, ...byArgument].flatMap(({ text, path }) => {
    if (names.some((name) => createNamePattern(text).matches(name))) return [];
    // What must never be used may come later.
    if (path[1] === 'never') return [];
    const subject = path.join('.');
    return [
      {
        severity: 'warning',
        place: placeOf(path),
        subject,
        message: 'is no tool of the upstream',
        got: text,
        help: hint(text, names),
      },
    ];
  });
}

function findUnknownSubjects(placed: PlacedRule, names: readonly string[]): Problem[] {
  const { subject } = placed.rule;
  if (subject.kind !== 'tools') return [];
  return subject.patterns.flatMap((text, index) =>
    names.some((name) => createNamePattern(text).matches(name))
      ? []
      : [warning(placed, ['tools', index], 'is no tool of the upstream', text, hint(text, names))],
  );
}

function hint(text: string, names: readonly string[]): string | null {
  const meant = didYouMean(text, names);
  return meant === null ? null : `did you mean ${meant}?`;
}

/** What a binding or a list of records says of arguments, held against the schema of every tool that the rule names. */
function findArgumentFaults(placed: PlacedRule, tools: readonly LintedTool[]): Problem[] {
  const { rule } = placed;
  const { subject } = rule;
  if (subject.kind !== 'tools') return [];
  const about = tools.filter(({ name }) => subject.patterns.some((text) => createNamePattern(text).matches(name)));
  return about.flatMap((tool) => [
    ...rule.bind.flatMap(({ path }) => findUnknownArgument(placed, 'bind', path[0] ?? '', tool)),
    ...rule.records.flatMap((path) => findUnknownArgument(placed, 'records', path[0] ?? '', tool)),
  ]);
}
