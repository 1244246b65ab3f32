import type { Comparison, Difference } from './compare.ts';
import type { ConformanceReport } from './compare-all.ts';
import { readScored } from './run-suite.ts';

const COLUMNS = ['revision', 'upstream', 'direct', 'through', 'worse', 'scored', 'known', 'unknown'] as const;

/** A row for each run, then every difference that nobody expected, and those that are explained. */
export function renderReport({ comparisons, unknown, stale }: ConformanceReport): string {
  return [
    ...table(comparisons.map(row)),
    '',
    ...section('Known, and why', knownLines(comparisons.flatMap(({ differences }) => differences))),
    ...section('Green at the fixture and not through the gateway', unknown.map(line)),
    ...section(
      'Listed as known, and green: take them off test/conformance/known-differences.ts',
      stale.map(([{ revision, scenario }, upstream]) => `${revision} ${upstream} ${scenario}`),
    ),
    unknown.length + stale.length === 0
      ? 'What is green at the fixture is green through the gateway, but for what is known.\n'
      : `${unknown.length} differences, ${stale.length} entries that are needed no longer.\n`,
  ].join('\n');
}

function row({ revision, upstream, direct, through, differences }: Comparison): readonly string[] {
  const scored = readScored(revision);
  const known = differences.filter((difference) => difference.known !== null).length;
  const worseScored = differences.filter(({ scenario }) => scored.has(scenario)).length;
  const counts = [direct.passed, through.passed, differences.length, worseScored, known, differences.length - known];
  return [revision, upstream, ...counts.map(String)];
}

function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = COLUMNS.map((name, index) => Math.max(name.length, ...rows.map((cells) => cells[index]?.length ?? 0)));
  const render = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => (index < 2 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0)))
      .join('  ');
  return [render(COLUMNS), ...rows.map(render)];
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map((text) => `  ${text}`), ''];
}

function line({ revision, upstream, scenario, check, status, message }: Difference): string {
  return `${revision} ${upstream} ${scenario}:${check} ${status} ${message}`.trim();
}

function knownLines(differences: readonly Difference[]): readonly string[] {
  const entries = Map.groupBy(
    differences.filter(({ known }) => known !== null),
    ({ known }) => known,
  );
  return [...entries].map(([known, group]) => {
    const upstreams = [...new Set(group.map(({ upstream }) => upstream))].join(', ');
    return `${known?.revision} ${known?.scenario} (${upstreams}): ${known?.reason}`;
  });
}
