import type { DataClass } from '../detectors/detector.ts';

/** What must be done to a result before anybody sees it. The gateway does all of it, or withholds the result. */
export interface ResultDuties {
  /** Of records, these fields and no others; `null`: all. Empty: none. */
  readonly keep: readonly FieldPath[] | null;
  /** Fields that are taken out, wherever they stand. */
  readonly drop: readonly FieldPath[];
  /** Classes of data that are replaced by markers, beside the credentials that always are. In the order of their names. */
  readonly redact: readonly DataClass[];
  /** The length of the result as JSON, in bytes; `null`: as long as any. */
  readonly bytesMax: number | null;
  /** It is told to be data and no instructions. */
  readonly untrusted: boolean;
}

/** Names of members, one inside the other: `owner.email` is `['owner', 'email']`. Arrays in between have no name. */
export type FieldPath = readonly string[];

/** Duties that satisfy every one of the rules that are about a call, whatever their order: of each kind, the strictest. */
export function combineDuties(duties: readonly [ResultDuties, ...ResultDuties[]]): ResultDuties {
  return duties.reduce((all, one) => ({
    keep: all.keep === null || one.keep === null ? (all.keep ?? one.keep) : commonPaths(all.keep, one.keep),
    drop: uniquePaths([...all.drop, ...one.drop]),
    redact: [...new Set([...all.redact, ...one.redact])].toSorted(),
    bytesMax:
      all.bytesMax === null || one.bytesMax === null
        ? (all.bytesMax ?? one.bytesMax)
        : Math.min(all.bytesMax, one.bytesMax),
    untrusted: all.untrusted || one.untrusted,
  }));
}

/** What both keep: of `owner` and `owner.email`, the latter. */
function commonPaths(some: readonly FieldPath[], others: readonly FieldPath[]): readonly FieldPath[] {
  const inBoth = (paths: readonly FieldPath[], within: readonly FieldPath[]): readonly FieldPath[] =>
    paths.filter((path) => within.some((beginning) => beginning.every((name, index) => path[index] === name)));
  return uniquePaths([...inBoth(some, others), ...inBoth(others, some)]);
}

function uniquePaths(paths: readonly FieldPath[]): readonly FieldPath[] {
  const byText = new Map(paths.map((path) => [JSON.stringify(path), path]));
  return [...byText].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
}
