import { type BudgetLine, sentences } from './budget.ts';
import { CASES, TARGET_NAMES, type TargetName } from './cases.ts';
import { casesOf, findRow, type Row } from './rows.ts';

/** A target that has no rows, and why, for people. */
export interface Missing {
  readonly target: TargetName;
  readonly why: string;
}

export interface Report {
  /** About the machine, one fact a line. */
  readonly facts: readonly string[];
  readonly rows: readonly Row[];
  readonly missing: readonly Missing[];
  readonly budget: readonly BudgetLine[];
}

/** The whole report for people. */
export function renderReport({ facts, rows, missing, budget }: Report): string {
  const parts = [
    ...facts,
    ...missing.map(({ target, why }) => `${target} is not measured: ${why}`),
    ...casesOf(rows).flatMap((name) => ['', `${name}: ${CASES[name].title}`, ...table(rows, missing, name)]),
    ...(budget.length === 0 ? [] : ['', 'Budget, within this run', ...budget.map(budgetText)]),
  ];
  const quotable = sentences(rows);
  if (quotable.length > 0) parts.push('', ...quotable);
  return `${parts.join('\n')}\n`;
}

/** One row of `--json`. */
export function jsonLine(row: Row): string {
  return JSON.stringify(row);
}

const COLUMNS = [
  'target',
  'calls/s',
  'CPU µs',
  '× nginx',
  'p50 ms',
  'p99 ms',
  'RSS MB',
  'errors',
  'bad bodies',
] as const;

function table(rows: readonly Row[], missing: readonly Missing[], caseName: Row['case']): string[] {
  const nginxMicros = findRow(rows, caseName, 'nginx')?.cpuMicros ?? null;
  const cells = TARGET_NAMES.flatMap((target) => {
    const row = findRow(rows, caseName, target);
    return row === undefined ? [] : [cellsOf(row, nginxMicros)];
  });
  const widths = COLUMNS.map((title, n) => Math.max(title.length, ...cells.map((line) => line[n]?.length ?? 0)));
  const line = (texts: readonly string[]) =>
    `  ${texts.map((text, n) => (n === 0 ? text.padEnd(widths[n] ?? 0) : text.padStart(widths[n] ?? 0))).join('  ')}`;
  return [line(COLUMNS), ...cells.map(line), ...missing.map(({ target }) => `  ${target}  not measured`)];
}

function cellsOf(row: Row, nginxMicros: number | null): string[] {
  const hasRatio = row.cpuMicros !== null && nginxMicros !== null && nginxMicros > 0;
  return [
    row.target,
    shown(row.callsPerSecond, 0),
    shown(row.cpuMicros, 1),
    shown(hasRatio && row.cpuMicros !== null && nginxMicros !== null ? row.cpuMicros / nginxMicros : null, 1),
    shown(row.p50Ms, 2),
    shown(row.p99Ms, 2),
    shown(row.rssMb, 0),
    String(row.errors),
    String(row.badBodies),
  ];
}

function shown(value: number | null, decimals: number): string {
  return value === null ? '-' : value.toFixed(decimals);
}

function budgetText({ text, value, limit, isMet }: BudgetLine): string {
  const verdict = value === null ? 'not measured' : isMet ? 'met' : 'MISSED';
  return `  ${verdict.padEnd(12)}  ${text}: ${value === null ? '-' : Number(value.toFixed(2))} (${limit})`;
}
