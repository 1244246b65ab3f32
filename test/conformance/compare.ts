import type { CheckStatus, Revision, SuiteRun } from './run-suite.ts';
import type { KnownDifference } from './known-differences.ts';

/** A check that is green at the fixture itself, and not through the gateway. */
export interface Difference {
  readonly upstream: string;
  readonly revision: Revision;
  readonly scenario: string;
  readonly check: string;
  /** `absent` where the scenario ended before it came to the check. */
  readonly status: CheckStatus | 'absent';
  readonly message: string;
  readonly known: KnownDifference | null;
}

/** One run through the gateway, held against the direct one. */
export interface Comparison {
  readonly upstream: string;
  readonly revision: Revision;
  readonly direct: SuiteRun;
  readonly through: SuiteRun;
  readonly differences: readonly Difference[];
}

const GREEN: readonly CheckStatus[] = ['SUCCESS', 'INFO'];

export function compareRuns(
  { upstream, revision, direct, through }: Omit<Comparison, 'differences'>,
  known: readonly KnownDifference[],
): Comparison {
  const differences: Difference[] = [];
  for (const [key, { scenario, id, status: directly }] of direct.checks) {
    const found = through.checks.get(key);
    // What is merely reported says that the check does not apply: nothing was asked of it.
    if (directly !== 'SUCCESS' || (found !== undefined && GREEN.includes(found.status))) continue;
    const place = { upstream, revision, scenario, check: id };
    differences.push({
      ...place,
      status: found?.status ?? 'absent',
      message: found?.message ?? '',
      known: known.find((candidate) => isAbout(candidate, place)) ?? null,
    });
  }
  return { upstream, revision, direct, through, differences };
}

/** Entries of the list that some upstream no longer needs: it would hide the day on which they fail again. */
export function findStale(
  known: readonly KnownDifference[],
  comparisons: readonly Comparison[],
): readonly (readonly [KnownDifference, upstream: string])[] {
  return known.flatMap((entry) =>
    comparisons
      .filter(({ upstream, revision }) => entry.revision === revision && entry.upstreams.includes(upstream))
      .filter(({ differences }) => !differences.some((difference) => difference.known === entry))
      .map(({ upstream }) => [entry, upstream] as const),
  );
}

function isAbout(
  { revision, scenario, checks, upstreams }: KnownDifference,
  place: Pick<Difference, 'upstream' | 'revision' | 'scenario' | 'check'>,
): boolean {
  return (
    revision === place.revision &&
    scenario === place.scenario &&
    upstreams.includes(place.upstream) &&
    (checks === null || checks.includes(place.check))
  );
}
