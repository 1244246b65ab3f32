import { didYouMean } from '../../did-you-mean.ts';
import type { Problem } from '../../problem.ts';
import { createClassifier, createClassLists, LISTED_CLASSES, type ClassLists } from '../classify.ts';
import type { PolicyOptions, PolicySource } from '../compile-policy.ts';
import { createNamePattern } from '../matchers/name-pattern.ts';
import type { PolicyRule } from '../policy-file.ts';
import { covers } from './covers.ts';

export interface LintOptions {
  readonly options: Pick<PolicyOptions, 'unclassified'>;
  /** The environments of the configuration; `null` where they are not known. */
  readonly environments: readonly string[] | null;
  readonly nowMs: number;
}

/** Rules that never decide anything, or not what their author seems to think. Warnings all. */
export function lintRules(sources: readonly PolicySource[], options: LintOptions): readonly Problem[] {
  return [...Map.groupBy(sources, ({ file }) => file.upstream).values()].flatMap((files) => {
    const lists = createClassLists(files.map(({ file }) => file.classes));
    const rules = files.flatMap((source) => source.file.rules.map((rule, index) => ({ rule, index, source })));
    return rules.flatMap((placed) => [
      ...findTimes(placed, options),
      ...findUnreachable(placed, lists, options),
      ...findShadowed(placed, rules, lists),
    ]);
  });
}

export interface PlacedRule {
  readonly rule: PolicyRule;
  readonly index: number;
  readonly source: PolicySource;
}

function findTimes(placed: PlacedRule, { environments, nowMs }: LintOptions): Problem[] {
  const { rule } = placed;
  const isOver = rule.untilMs !== null && rule.untilMs <= nowMs;
  const over = isOver
    ? [warning(placed, 'until', 'is over, so the rule never speaks again', null, 'remove the rule')]
    : [];
  const unknown = (rule.environments ?? []).filter((name) => environments !== null && !environments.includes(name));
  const elsewhere = unknown.map((name) => {
    const meant = didYouMean(name, environments ?? []);
    const known = `known here: ${(environments ?? []).join(', ')}`;
    return warning(
      placed,
      'env',
      'names an environment that the configuration does not have',
      name,
      meant === null ? known : `did you mean ${meant}?`,
    );
  });
  return [...over, ...elsewhere];
}

/** Names that no call can reach the rule by. */
function findUnreachable(placed: PlacedRule, lists: ClassLists, { options }: LintOptions): Problem[] {
  const { subject, effect } = placed.rule;
  if (subject.kind === 'tools-of-class') {
    const isEmpty = lists.patterns[subject.class].length === 0 && !hasByArgument(lists, subject.class);
    const help = `add tools to \`classes.${subject.class}\`, or remove the rule`;
    return isEmpty
      ? [warning(placed, 'tools', `is about the class ${subject.class}, in which there is no tool`, null, help)]
      : [];
  }
  if (subject.kind !== 'tools' || effect === 'deny') return [];
  return subject.patterns.flatMap((text, index) => {
    const classes = classesOf(text, lists);
    if (classes.every((each) => each === 'never')) {
      return [
        warning(
          placed,
          ['tools', index],
          'names what is `never`, which no rule can allow',
          text,
          'take it out of the rule, or out of `classes.never`',
        ),
      ];
    }
    if (options.unclassified === 'approve' || !classes.every((each) => each === 'unclassified')) return [];
    const known = LISTED_CLASSES.flatMap((list) => lists.patterns[list].map((pattern) => pattern.text));
    const meant = didYouMean(text, [...known, ...lists.byArgument.keys()]);
    const help =
      meant === null
        ? 'add it to `classes`; in no list means denied'
        : `did you mean ${meant}? In no list means denied`;
    return [warning(placed, ['tools', index], 'is in no class, so the rule allows nothing', text, help)];
  });
}

function hasByArgument({ byArgument }: ClassLists, toolClass: 'read' | 'write'): boolean {
  return byArgument.values().some((classes) => classes[toolClass].length > 0);
}

/** Of a pattern: what the names that are written in the lists get, as far as it matches them, or they it. */
function classesOf(text: string, lists: ClassLists): readonly string[] {
  if (!text.includes('*')) return createClassifier(lists, text).possible;
  const pattern = createNamePattern(text);
  const found = LISTED_CLASSES.filter((list) =>
    lists.patterns[list].some(
      (each) => pattern.matches(stand(each.text)) || each.matches(stand(text)) || each.text === text,
    ),
  );
  const byArgument = lists.byArgument.keys().some((name) => pattern.matches(name)) ? ['by argument'] : [];
  const all = [...found, ...byArgument];
  // What one pattern shares with another is not told apart further: where a list has more than `never` for it, something is reachable.
  return all.length === 0 ? ['unclassified'] : all;
}

/** Some name that a pattern matches. */
const stand = (text: string): string => text.replaceAll('*', 'x');

function findShadowed(placed: PlacedRule, rules: readonly PlacedRule[], lists: ClassLists): Problem[] {
  const { rule } = placed;
  if (rule.effect === 'deny') return [];
  const wider = rules.find(
    (other) => other.rule !== rule && FORCE[other.rule.effect] > FORCE[rule.effect] && covers(other.rule, rule, lists),
  );
  if (wider === undefined) return [];
  const where = `${wider.rule.id} (${wider.source.placeOf(['rules', wider.index])})`;
  const why =
    wider.rule.effect === 'deny'
      ? `denies all that it could ${rule.effect}`
      : 'asks for approval of all that it allows';
  return [
    warning(
      placed,
      'id',
      `never decides: rule ${where} ${why}`,
      rule.id,
      'the order of rules has no meaning; narrow one of the two, or remove this one',
    ),
  ];
}

const FORCE = { allow: 0, approve: 1, deny: 2 } as const;

export function warning(
  { index, source }: PlacedRule,
  key: string | readonly (string | number)[],
  message: string,
  got: string | null,
  help: string | null,
): Problem {
  const path = ['rules', index, ...(typeof key === 'string' ? [key] : key)];
  const subject = path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .slice(1);
  return { severity: 'warning', place: source.placeOf(path), subject, message, got, help };
}
