import type { CaseName, TargetName } from './cases.ts';
import { findRow, type Row } from './rows.ts';

/** One promise about speed, and what became of it. */
export interface BudgetLine {
  readonly text: string;
  /** `null`: it could not be measured, which counts as missed. */
  readonly value: number | null;
  readonly limit: string;
  readonly isMet: boolean;
}

/** What was asked for. A promise about anything else is left out. */
export interface Asked {
  readonly cases: readonly CaseName[];
  readonly targets: readonly TargetName[];
}

export function checkBudget(rows: readonly Row[], asked: Asked): BudgetLine[] {
  return PROMISES.filter((promise) => isAsked(promise, asked)).map(({ text, value: measure, unit, ...bound }) => {
    const value = measure(rows);
    const isMet = value !== null && ('max' in bound ? value <= bound.max : value >= bound.min);
    const limit = 'max' in bound ? `at most ${bound.max}${unit}` : `at least ${bound.min}${unit}`;
    return { text, value, limit, isMet };
  });
}

/** For the README: empty where something that they need was not measured. */
export function sentences(rows: readonly Row[]): string[] {
  const cpuMicros = findRow(rows, 'max32', 'countersign')?.cpuMicros ?? null;
  const cpuToNginx = ratio(rows, 'max32', 'cpuMicros', 'nginx');
  const callsToMcpProxy = ratio(rows, 'max32', 'callsPerSecond', 'mcp-proxy');
  const addedP50Ms = added(rows, 'open500', 'p50Ms');
  const addedP99Ms = added(rows, 'open500', 'p99Ms');
  const rssMb = highestRssMb(rows);
  const written: string[] = [];
  if (cpuMicros !== null && cpuToNginx !== null && callsToMcpProxy !== null) {
    written.push(
      `A governed call, with its identity, policy and two durable audit entries, costs ${cpuMicros.toFixed(0)} µs of CPU: ` +
        `${cpuToNginx.toFixed(1)} times what nginx needs to pass it on unread, at ${callsToMcpProxy.toFixed(1)} times the calls a second of mcp-proxy.`,
    );
  }
  if (addedP50Ms !== null && addedP99Ms !== null && rssMb !== null) {
    written.push(
      `At 500 calls a second it adds ${addedP50Ms.toFixed(2)} ms at the median and ${addedP99Ms.toFixed(2)} ms at the 99th percentile ` +
        `over calling the upstream directly, and it held at most ${rssMb.toFixed(0)} MB of memory.`,
    );
  }
  return written;
}

type Promised = {
  readonly text: string;
  readonly cases: readonly CaseName[];
  readonly targets: readonly TargetName[];
  readonly value: (rows: readonly Row[]) => number | null;
  readonly unit: string;
} & ({ readonly max: number } | { readonly min: number });

/** All are ratios or differences within one run, because figures of two machines, or of two days, say nothing about each other. */
const PROMISES: readonly Promised[] = [
  {
    text: 'CPU per call, compared with nginx',
    cases: ['max32'],
    targets: ['countersign', 'nginx'],
    value: (rows) => ratio(rows, 'max32', 'cpuMicros', 'nginx'),
    unit: ' times',
    max: 9,
  },
  {
    text: 'calls a second, compared with mcp-proxy',
    cases: ['max32'],
    targets: ['countersign', 'mcp-proxy'],
    value: (rows) => ratio(rows, 'max32', 'callsPerSecond', 'mcp-proxy'),
    unit: ' times',
    min: 3,
  },
  {
    text: 'median added over direct at 500/s',
    cases: ['open500'],
    targets: ['countersign', 'direct'],
    value: (rows) => added(rows, 'open500', 'p50Ms'),
    unit: ' ms',
    max: 1.2,
  },
  {
    text: '99th percentile added over direct at 500/s',
    cases: ['open500'],
    targets: ['countersign', 'direct'],
    value: (rows) => added(rows, 'open500', 'p99Ms'),
    unit: ' ms',
    max: 6,
  },
  {
    text: 'CPU per call with 1 MB results, compared with nginx',
    cases: ['result1mb'],
    targets: ['countersign', 'nginx'],
    value: (rows) => ratio(rows, 'result1mb', 'cpuMicros', 'nginx'),
    unit: ' times',
    max: 6,
  },
  {
    text: 'memory, in the case that takes most',
    cases: [],
    targets: ['countersign'],
    value: highestRssMb,
    unit: ' MB',
    max: 200,
  },
  {
    text: 'errors and bad bodies of the gateway',
    cases: [],
    targets: ['countersign'],
    value: faults,
    unit: '',
    max: 0,
  },
];

function isAsked(promise: Promised, asked: Asked): boolean {
  return (
    promise.cases.every((name) => asked.cases.includes(name)) &&
    promise.targets.every((name) => asked.targets.includes(name))
  );
}

function ratio(
  rows: readonly Row[],
  caseName: CaseName,
  field: 'cpuMicros' | 'callsPerSecond',
  peer: TargetName,
): number | null {
  const own = findRow(rows, caseName, 'countersign')?.[field] ?? null;
  const other = findRow(rows, caseName, peer)?.[field] ?? null;
  return own === null || other === null || other === 0 ? null : own / other;
}

function added(rows: readonly Row[], caseName: CaseName, field: 'p50Ms' | 'p99Ms'): number | null {
  const own = findRow(rows, caseName, 'countersign')?.[field] ?? null;
  const direct = findRow(rows, caseName, 'direct')?.[field] ?? null;
  return own === null || direct === null ? null : own - direct;
}

function highestRssMb(rows: readonly Row[]): number | null {
  const all = rows.filter((row) => row.target === 'countersign').map((row) => row.rssMb);
  const known = all.filter((rssMb) => rssMb !== null);
  return known.length === 0 || known.length < all.length ? null : Math.max(...known);
}

function faults(rows: readonly Row[]): number | null {
  const own = rows.filter((row) => row.target === 'countersign');
  return own.length === 0 ? null : own.reduce((sum, row) => sum + row.errors + row.badBodies, 0);
}
