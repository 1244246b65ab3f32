import { type Result, err, ok } from './result.ts';

/** 100 years: longer than anything here may last, and far from where milliseconds lose precision. */
const DURATION_MS_MAX = 100 * 365 * 86_400_000;

const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

/**
 * Reads `250ms`, `90s`, `30m`, `1h` or `30d` as milliseconds. One whole number of at least 1 and one unit, nothing else: `1h30m`, `1.5h`,
 * ` 1h` and a number without a unit are refused, so that nobody is surprised by what was understood. The error says what is wrong.
 */
export function parseDuration(text: string): Result<number, string> {
  const match = /^([1-9][0-9]{0,14})(ms|s|m|h|d)$/.exec(text);
  if (match === null) return err('must be a whole number and a unit, such as 90s, 30m, 1h or 30d');
  const ms = Number(match[1]) * (UNIT_MS.get(match[2] ?? '') ?? Number.NaN);
  return ms <= DURATION_MS_MAX ? ok(ms) : err('must be at most 36500d');
}

/** The shortest exact text: `90s` for 90,000, `1h` for 3,600,000. */
export function formatDuration(ms: number): string {
  for (const [unit, unitMs] of [...UNIT_MS].toReversed()) {
    if (ms >= unitMs && ms % unitMs === 0) return `${ms / unitMs}${unit}`;
  }
  return `${ms}ms`;
}
