import { plainReadingsOf } from '../catalog/resource-uri.ts';
import type { WindowUse } from '../limits/limit-use.ts';
import type { ConditionFacts } from './cel/condition.ts';
import type { PolicySource } from './compile-policy.ts';
import { createSubjectMatcher, type SubjectKind, type SubjectMatcher } from './matchers/subject.ts';
import type { LabelledTargets, PolicyLabels, SeenLabel } from './policy-labels.ts';
import type { PlacedWatch } from './policy-watch.ts';

/** All that a policy set says about the flow of data; `null` where it watches none. */
export interface CompiledDataFlow {
  /** How far its watch rules look back, each time once. */
  readonly looksBack: readonly LookBack[];
  /** By the name of the upstream. */
  readonly labels: ReadonlyMap<string, CompiledLabels>;
}

interface LookBack {
  readonly windowMs: number;
  /** Where the first rule stands that does. */
  readonly place: string;
}

type CompiledLabels = Readonly<Record<keyof PolicyLabels, readonly SubjectMatcher[]>>;

/** A send that a person must agree to if both were seen in the same session. */
export interface WatchedSend {
  readonly place: string;
  readonly seen: readonly [WindowUse, WindowUse];
}

export function compileDataFlow(sources: readonly PolicySource[]): CompiledDataFlow | null {
  const rules = sources.flatMap(({ file, placeOf }) =>
    file.watch.flatMap((each, index) => {
      return each.on === 'data-flow' ? [{ windowMs: each.windowMs, place: placeOf(['watch', index]) }] : [];
    }),
  );
  if (rules.length === 0) return null;
  const labels = new Map<string, CompiledLabels>();
  for (const [upstream, files] of Map.groupBy(sources, ({ file }) => file.upstream)) {
    const matchersFor = (label: keyof PolicyLabels): SubjectMatcher[] =>
      files.flatMap(({ file }) => matchersOf(file.labels[label]));
    labels.set(upstream, {
      private: matchersFor('private'),
      untrusted: matchersFor('untrusted'),
      external: matchersFor('external'),
    });
  }
  const looksBack = [...Map.groupBy(rules, ({ windowMs }) => windowMs).values()].flatMap(([first]) => first ?? []);
  return { looksBack, labels };
}

function matchersOf({ tools, resources, prompts }: LabelledTargets): SubjectMatcher[] {
  return [
    createSubjectMatcher({ kind: 'tools', patterns: tools }),
    createSubjectMatcher({ kind: 'resources', patterns: resources, completion: false }),
    createSubjectMatcher({ kind: 'prompts', patterns: prompts, completion: false }),
  ];
}

/** What somebody will have seen once the call has run. Remembered like limits are: stored before it runs, and over restarts. */
export function seenUses(
  flow: CompiledDataFlow,
  kind: SubjectKind,
  facts: ConditionFacts,
  isMarkedUntrusted: boolean,
): readonly WindowUse[] {
  const labels = flow.labels.get(facts.upstream);
  const names = kind === 'resource' ? [facts.tool, ...plainReadingsOf(facts.tool)] : [facts.tool];
  const isLabelled = (label: SeenLabel): boolean =>
    labels?.[label].some((isAbout) => names.some((name) => isAbout(kind, name, facts.class))) ?? false;
  const seen: SeenLabel[] = [];
  if (isLabelled('private')) seen.push('private');
  if (isMarkedUntrusted || isLabelled('untrusted')) seen.push('untrusted');
  return seen.flatMap((label) => flow.looksBack.map((back) => seenUse(label, facts, back)));
}

/** `null`: nothing is sent outside, or no rule of its upstream watches that. */
export function watchedSend(
  flow: CompiledDataFlow,
  watch: readonly PlacedWatch[],
  kind: SubjectKind,
  facts: ConditionFacts,
): WatchedSend | null {
  const isExternal =
    flow.labels.get(facts.upstream)?.external.some((isAbout) => isAbout(kind, facts.tool, facts.class)) ?? false;
  if (!isExternal) return null;
  // The one that looks back furthest finds all that the others would.
  const [rule] = watch.filter((each) => each.on === 'data-flow').toSorted((a, b) => b.windowMs - a.windowMs);
  return rule === undefined
    ? null
    : { place: rule.place, seen: [seenUse('private', facts, rule), seenUse('untrusted', facts, rule)] };
}

export function isSeenUse({ kind, key }: WindowUse, label: SeenLabel): boolean {
  return kind === 'seen' && key.startsWith(`seen ${label} `);
}

/** A session is a person and the client through which they call: what one agent reads, another cannot send. */
function seenUse(
  label: SeenLabel,
  { principal }: Pick<ConditionFacts, 'principal'>,
  { windowMs, place }: LookBack,
): WindowUse {
  const key = `seen ${label} ${windowMs} ${JSON.stringify([principal.id, principal.client])}`;
  return { kind: 'seen', key, place, amount: 1, max: Number.MAX_SAFE_INTEGER, windowMs };
}
