import { Buffer } from 'node:buffer';
import { type Detector, PERSONAL_DATA_CLASSES } from '../src/core/content/detectors/detector.ts';
import { personalDataDetectors, SECRET_DETECTORS } from '../src/core/content/detectors/built-in.ts';
import { createJsonDetection, redactJson } from '../src/core/content/redact-json.ts';
import { createFieldPicker } from '../src/core/content/shape/field-picker.ts';
import { fitResult } from '../src/core/content/shape/fit-result.ts';
import { shapeResult } from '../src/core/content/shape/shape-result.ts';
import { contentCases } from './content-cases.ts';
import { nanosOf } from './nanos.ts';

// What is done to results: looking for secrets and personal data, picking fields, cutting. `node bench/content.ts`

export interface ContentRow {
  readonly case: string;
  readonly micros: number;
  /** The longest that nobody else had a turn. */
  readonly longestTurnMs: number | null;
  /** In microseconds, in all; `null`: none is promised. */
  readonly budget: number | null;
}

const TURN_MS_MAX = 20;
const BUDGETS: Readonly<Record<string, number>> = { '10 kB': 60, '1 MB': 10_000 };
const ALL_DETECTORS: readonly Detector[] = [
  ...SECRET_DETECTORS,
  ...personalDataDetectors(new Set(PERSONAL_DATA_CLASSES)),
];

/** Takes some ten seconds, and all of one core. */
export async function benchContent(): Promise<readonly ContentRow[]> {
  const rows: ContentRow[] = [];
  for (const { name, size, text } of contentCases()) {
    const json = [Buffer.from(text)];
    const picker = createFieldPicker({ keep: [['id'], ['name'], ['stage']], drop: [] });
    if (picker === null) throw new Error('fields are picked');
    const row = async (what: string, run: () => unknown, turn: number | null, budget: number | null): Promise<void> => {
      rows.push({ case: `${name}: ${what}`, micros: (await nanosOf(run)) / 1000, longestTurnMs: turn, budget });
    };
    await row('secrets', () => redactJson(json, SECRET_DETECTORS), longestTurn(json, SECRET_DETECTORS), null);
    const budget = BUDGETS[size] ?? null;
    await row('all detectors', () => redactJson(json, ALL_DETECTORS), longestTurn(json, ALL_DETECTORS), budget);
    await row(
      'keep',
      () => exhaust(shapeResult(json, picker)),
      longestStep(() => shapeResult(json, picker)),
      null,
    );
    await row('cut to 4 kB', () => fitResult(json, { bytesMax: 4096, untrusted: null }), null, null);
  }
  return rows;
}

function exhaust(steps: Generator<void, unknown>): void {
  while (steps.next().done !== true);
}

function longestTurn(json: readonly Uint8Array[], detectors: readonly Detector[]): number {
  return longestStep(function* detection(): Generator<void, void> {
    const search = createJsonDetection(json, detectors);
    while (!search.step()) yield;
    search.finish();
  });
}

/** The best of several: a turn that something else on the machine had is not ours. */
function longestStep(start: () => Generator<void, unknown>): number {
  const tries = Array.from({ length: 5 }, () => {
    const steps = start();
    let longest = 0;
    for (let isDone = false; !isDone; ) {
      const startMs = performance.now();
      isDone = steps.next().done === true;
      longest = Math.max(longest, performance.now() - startMs);
    }
    return longest;
  });
  return Math.min(...tries);
}

const isMissed = ({ micros, longestTurnMs, budget }: ContentRow): boolean =>
  (budget !== null && micros > budget) || (longestTurnMs ?? 0) > TURN_MS_MAX;

function render(row: ContentRow): string {
  const turn = row.longestTurnMs === null ? '' : row.longestTurnMs.toFixed(2);
  const budget = row.budget === null ? '' : `${row.budget}`;
  const missed = isMissed(row) ? '  missed' : '';
  return `${row.case.padEnd(44)}${row.micros.toFixed(1).padStart(12)}${budget.padStart(10)}${turn.padStart(12)}${missed}`;
}

if (import.meta.main) {
  const rows = await benchContent();
  console.log(`${'case'.padEnd(44)}${'µs'.padStart(12)}${'budget'.padStart(10)}${'turn ms'.padStart(12)}`);
  for (const row of rows) console.log(render(row));
  if (rows.some(isMissed)) process.exitCode = 1;
}
