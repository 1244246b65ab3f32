import { Buffer } from 'node:buffer';
import { encodeEntry } from '../src/core/audit/encode-entry.ts';
import { createKnownSecrets, redactArguments } from '../src/core/content/redact-arguments.ts';
import { canonicalJson } from '../src/core/json/canonical-json.ts';
import type { JsonLimits } from '../src/core/json/limits.ts';
import { readJson } from '../src/core/json/read-json.ts';
import { skimNestedObject } from '../src/core/json/skim-object.ts';
import type { Json, JsonObject } from '../src/core/json/value.ts';
import { ARGUMENTS, DECISION, OUTCOME, requests, results, SALT } from './json-cases.ts';
import { nanosOf } from './nanos.ts';

// What reading, writing, skimming, redacting and encoding cost. `node bench/json.ts`

/** What one operation costs. `ratio` compares it with `JSON.parse` of the same text, where that is a comparison. */
export interface JsonRow {
  readonly case: string;
  readonly nanos: number;
  readonly ratio: number | null;
}

/** Takes some ten seconds, and all of one core. */
export async function benchJson(): Promise<readonly JsonRow[]> {
  const rows: JsonRow[] = [];
  for (const [name, text] of Object.entries(requests())) rows.push(...(await benchRequest(name, text)));
  for (const [name, text] of Object.entries(results())) rows.push(...(await benchResult(name, text)));
  rows.push(...(await benchCall()));
  return rows;
}

const LIMITS: JsonLimits & { readonly membersMax: number } = {
  bytesMax: 16 * 1024 * 1024,
  depthMax: 64,
  keysMax: 200_000,
  itemsMax: 1_000_000,
  membersMax: 100,
};

async function benchRequest(name: string, text: string): Promise<readonly JsonRow[]> {
  const bytes = Buffer.from(text);
  const value = read(bytes);
  const parse = await nanosOf(() => JSON.parse(text));
  const strict = await nanosOf(() => readJson(bytes, LIMITS));
  const canonical = await nanosOf(() => canonicalJson(value));
  return [
    { case: `${name}: JSON.parse`, nanos: parse, ratio: null },
    { case: `${name}: readJson`, nanos: strict, ratio: strict / parse },
    { case: `${name}: canonicalJson`, nanos: canonical, ratio: canonical / parse },
  ];
}

async function benchResult(name: string, text: string): Promise<readonly JsonRow[]> {
  const bytes = Buffer.from(text);
  const parse = await nanosOf(() => JSON.parse(text));
  const skim = await nanosOf(() => skimNestedObject(bytes, LIMITS, 'result'));
  return [
    { case: `${name}: JSON.parse`, nanos: parse, ratio: null },
    { case: `${name}: skimNestedObject`, nanos: skim, ratio: skim / parse },
  ];
}

async function benchCall(): Promise<readonly JsonRow[]> {
  const args = read(Buffer.from(JSON.stringify(ARGUMENTS))) as JsonObject;
  const none = createKnownSecrets([]);
  const hundred = createKnownSecrets(Array.from({ length: 100 }, (_, index) => `${index}-${'credential'.repeat(3)}`));
  const cases: Readonly<Record<string, () => unknown>> = {
    'arguments 200 B: redactArguments, no known secret': () => redactArguments(args, none),
    'arguments 200 B: redactArguments, 100 known secrets': () => redactArguments(args, hundred),
    'decision entry, arguments 200 B: encodeEntry': () => encodeEntry({ ...DECISION, payload: args }, SALT),
    'outcome entry: encodeEntry': () => encodeEntry(OUTCOME, SALT),
  };
  const rows: JsonRow[] = [];
  for (const [name, run] of Object.entries(cases)) rows.push({ case: name, nanos: await nanosOf(run), ratio: null });
  return rows;
}

function read(bytes: Uint8Array): Json {
  const result = readJson(bytes, LIMITS);
  if (!result.ok) throw new Error(result.error.detail);
  return result.value;
}

function render({ case: name, nanos, ratio }: JsonRow): string {
  const micros = (nanos / 1000).toFixed(2).padStart(10);
  return `${name.padEnd(56)}${micros}${ratio === null ? '' : `${ratio.toFixed(2)}×`.padStart(10)}`;
}

if (import.meta.main) {
  const rows = await benchJson();
  console.log(`${'case'.padEnd(56)}${'µs'.padStart(10)}${'of parse'.padStart(10)}`);
  for (const row of rows) console.log(render(row));
}
