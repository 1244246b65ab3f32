import { describe, expect, it } from 'vitest';
import { checkBudget, sentences } from '../../bench/budget.ts';
import { CASE_NAMES, type CaseName, TARGET_NAMES, type TargetName } from '../../bench/cases.ts';
import type { LoadResult } from '../../bench/load/job.ts';
import { jsonLine, renderReport } from '../../bench/report.ts';
import { type Row, rowOf } from '../../bench/rows.ts';

const ROUND: LoadResult = {
  callsPerSecond: 8000.4,
  p50Ms: 0.51234,
  p99Ms: 2,
  cpuMicros: 77.777,
  rssMb: 120,
  errors: 0,
  bodiesChecked: 10,
  badBodies: 0,
  firstProblem: null,
};

describe('rowOf', () => {
  it('takes medians, the most memory, and the sum of what went wrong', () => {
    const rounds = [
      ROUND,
      { ...ROUND, callsPerSecond: 1, cpuMicros: 500, rssMb: 130, errors: 2 },
      { ...ROUND, callsPerSecond: 9000, rssMb: 110, errors: 1, badBodies: 4 },
    ];
    expect(rowOf('max32', 'countersign', rounds)).toEqual({
      case: 'max32',
      target: 'countersign',
      callsPerSecond: 8000,
      cpuMicros: 77.8,
      p50Ms: 0.512,
      p99Ms: 2,
      rssMb: 130,
      errors: 3,
      badBodies: 4,
    });
  });

  it('keeps what could not be measured apart from zero', () => {
    const unknown = { ...ROUND, cpuMicros: null, rssMb: null, p50Ms: null, p99Ms: null };
    expect(rowOf('sse', 'nginx', [unknown])).toMatchObject({ cpuMicros: null, rssMb: null, p50Ms: null, p99Ms: null });
  });
});

describe('jsonLine', () => {
  it('has these fields in this order', () => {
    expect(jsonLine(rowOf('open500', 'direct', [ROUND]))).toBe(
      '{"case":"open500","target":"direct","callsPerSecond":8000,"cpuMicros":77.8,"p50Ms":0.512,"p99Ms":2,"rssMb":120,"errors":0,"badBodies":0}',
    );
  });
});

const ALL = { cases: CASE_NAMES, targets: TARGET_NAMES };

describe('checkBudget', () => {
  it('is met by what stays within every limit', () => {
    const lines = checkBudget(goodRows(), ALL);
    expect(lines).toHaveLength(7);
    expect(lines.filter((line) => !line.isMet)).toEqual([]);
  });

  it.each<[string, CaseName, TargetName, Partial<Row>]>([
    ['CPU per call, compared with nginx', 'max32', 'countersign', { cpuMicros: 90.1 }],
    ['calls a second, compared with mcp-proxy', 'max32', 'mcp-proxy', { callsPerSecond: 3001 }],
    ['median added over direct at 500/s', 'open500', 'countersign', { p50Ms: 1.41 }],
    ['99th percentile added over direct at 500/s', 'open500', 'countersign', { p99Ms: 7.01 }],
    ['CPU per call with 1 MB results, compared with nginx', 'result1mb', 'nginx', { cpuMicros: 0.1 }],
    ['memory, in the case that takes most', 'result1mb', 'countersign', { rssMb: 200.1 }],
    ['errors and bad bodies of the gateway', 'sse', 'countersign', { badBodies: 1 }],
  ])('is missed, and only there: %s', (text, caseName, target, change) => {
    expect(missed(goodRows(caseName, target, change))).toEqual([text]);
  });

  it('is missed where a peer is missing, because nothing was shown', () => {
    const rows = goodRows().filter((row) => row.target !== 'nginx');
    expect(missed(rows)).toEqual([
      'CPU per call, compared with nginx',
      'CPU per call with 1 MB results, compared with nginx',
    ]);
  });

  it('is missed where memory could not be read', () => {
    expect(missed(goodRows('sse', 'countersign', { rssMb: null }))).toEqual(['memory, in the case that takes most']);
  });

  it('judges nothing that was not asked for', () => {
    expect(checkBudget(goodRows(), { cases: ['open500'], targets: ['direct', 'nginx'] })).toEqual([]);
  });
});

describe('sentences', () => {
  it('say what a reader wants to know first', () => {
    expect(sentences(goodRows())).toEqual([
      'A governed call, with its identity, policy and two durable audit entries, costs 60 µs of CPU: 6.0 times what nginx needs to pass it on unread, at 4.5 times the calls a second of mcp-proxy.',
      'At 500 calls a second it adds 0.50 ms at the median and 2.00 ms at the 99th percentile over calling the upstream directly, and it held at most 150 MB of memory.',
    ]);
  });

  it('are left out where something is missing', () => {
    expect(sentences(goodRows().filter((row) => row.target === 'countersign'))).toEqual([]);
  });
});

describe('renderReport', () => {
  it('shows every row, the budget, and who is missing', () => {
    const rows = goodRows().filter((row) => row.case === 'max32' && row.target !== 'nginx');
    const missing = [{ target: 'nginx', why: 'nginx is not installed' }] as const;
    const asked = { cases: ['max32'], targets: TARGET_NAMES } as const;
    const budget = checkBudget(rows, asked);
    expect(renderReport({ facts: ['a machine'], rows, missing, budget })).toMatchInlineSnapshot(`
      "a machine
      nginx is not measured: nginx is not installed

      max32: as many calls as it can, 32 connections, 200-byte results
        target       calls/s  CPU µs  × nginx  p50 ms  p99 ms  RSS MB  errors  bad bodies
        direct         50000     9.0        -    0.20    1.00      90       0           0
        mcp-proxy       2000   500.0        -    0.70    3.00     400       0           0
        countersign     9000    60.0        -    0.70    3.00     150       0           0
        nginx  not measured

      Budget, within this run
        not measured  CPU per call, compared with nginx: - (at most 9 times)
        met           calls a second, compared with mcp-proxy: 4.5 (at least 3 times)
        met           memory, in the case that takes most: 150 (at most 200 MB)
        met           errors and bad bodies of the gateway: 0 (at most 0)
      "
    `);
  });
});

/** Every row of a run that meets the budget, with one of them changed. */
function goodRows(caseName?: CaseName, target?: TargetName, change: Partial<Row> = {}): Row[] {
  return CASE_NAMES.flatMap((name) =>
    TARGET_NAMES.map((of) => ({ ...goodRow(name, of), ...(name === caseName && of === target ? change : {}) })),
  );
}

function goodRow(caseName: CaseName, target: TargetName): Row {
  const counts = { case: caseName, target, errors: 0, badBodies: 0 };
  switch (target) {
    case 'direct':
      return { ...counts, callsPerSecond: 50_000, cpuMicros: 9, p50Ms: 0.2, p99Ms: 1, rssMb: 90 };
    case 'nginx':
      return { ...counts, callsPerSecond: 40_000, cpuMicros: 10, p50Ms: 0.3, p99Ms: 1, rssMb: 12 };
    case 'mcp-proxy':
      return { ...counts, callsPerSecond: 2000, cpuMicros: 500, p50Ms: 0.7, p99Ms: 3, rssMb: 400 };
    case 'countersign':
      return { ...counts, callsPerSecond: 9000, cpuMicros: 60, p50Ms: 0.7, p99Ms: 3, rssMb: 150 };
  }
}

function missed(rows: readonly Row[]): string[] {
  return checkBudget(rows, ALL)
    .filter((line) => !line.isMet)
    .map((line) => line.text);
}
