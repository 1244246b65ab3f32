import { type CaseName, CASE_NAMES, type TargetName } from './cases.ts';
import type { LoadResult } from './load/job.ts';
import { median } from './statistics.ts';

/** One case and target, over all rounds: medians, the most memory, and sums of what went wrong. The fields of a line of `--json`, in its order. */
export interface Row {
  readonly case: CaseName;
  readonly target: TargetName;
  readonly callsPerSecond: number | null;
  /** Per call, of the target with its children. `null`, like `rssMb`, where there is no `/proc`. */
  readonly cpuMicros: number | null;
  /** In the case `sse`: to the first event. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly rssMb: number | null;
  readonly errors: number;
  readonly badBodies: number;
}

export function rowOf(caseName: CaseName, target: TargetName, results: readonly LoadResult[]): Row {
  const middle = (of: (result: LoadResult) => number | null, decimals: number) =>
    rounded(median(results.map(of)), decimals);
  const sum = (of: (result: LoadResult) => number) => results.reduce((total, result) => total + of(result), 0);
  return {
    case: caseName,
    target,
    callsPerSecond: middle((result) => result.callsPerSecond, 0),
    cpuMicros: middle((result) => result.cpuMicros, 1),
    p50Ms: middle((result) => result.p50Ms, 3),
    p99Ms: middle((result) => result.p99Ms, 3),
    rssMb: rounded(highest(results.map((result) => result.rssMb)), 1),
    errors: sum((result) => result.errors),
    badBodies: sum((result) => result.badBodies),
  };
}

export function findRow(rows: readonly Row[], caseName: CaseName, target: TargetName): Row | undefined {
  return rows.find((row) => row.case === caseName && row.target === target);
}

/** In the order of the cases. */
export function casesOf(rows: readonly Row[]): CaseName[] {
  return CASE_NAMES.filter((name) => rows.some((row) => row.case === name));
}

function highest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}

function rounded(value: number | null, decimals: number): number | null {
  return value === null ? null : Number(value.toFixed(decimals));
}
