import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../json/value.ts';
import { err, ok, type Result } from '../result.ts';
import { type Check, fail, type Run, type SchemaFault } from './check.ts';
import { type Dialect, inDialect, readDialect } from './dialect.ts';
import { checksOfAny } from './keywords/any.ts';
import { checksOfArrays } from './keywords/arrays.ts';
import { checksOfCombinations } from './keywords/combinations.ts';
import { checksOfObjects } from './keywords/objects.ts';
import { checksOfScalars } from './keywords/scalars.ts';

/** What is wrong with a value; empty where nothing is. */
export type CheckValue = (value: Json) => readonly SchemaFault[];

/** A part of a schema, prepared; `null`: it says nothing. */
export type CompilePart = (schema: Json) => Check | null;

/** Objects, arrays and scalars of a schema together; those of a real tool are hundreds. */
const VALUES_MAX = 20_000;
const PART_DEPTH_MAX = 100;
/** Values that are looked at, once for every part of the schema that speaks of them: some milliseconds of work. */
const STEPS_MAX = 100_000;
/** Of patterns: each takes nanoseconds. */
const TRIES_MAX = 10_000_000;
const RUN_DEPTH_MAX = 1000;

/**
 * Prepares a JSON Schema, in the dialect that it names. Nothing is ever fetched: a schema that refers to elsewhere is an error,
 * and so is one that is too large. A check that would take too long ends with a fault, whatever the schema: it comes from an
 * upstream, and the value from an agent. Not looked at: `format`, `unevaluatedProperties`, `unevaluatedItems`, and patterns of which it is not
 * certain that they are quick. `null`: the schema says nothing of any object.
 */
export function compileSchema(schema: Json): Result<CheckValue | null, string> {
  if (isTooLarge(schema)) return err(`is larger than ${VALUES_MAX} values`);
  const dialect = readDialect(schema);
  if (!dialect.ok) return dialect;
  const compiling: Compiling = {
    root: schema,
    dialect: dialect.value,
    known: new Map(),
    anchors: null,
    depth: 0,
    problem: null,
  };
  const check = compilePart(compiling, schema);
  if (compiling.problem !== null) return err(compiling.problem);
  if (check === null || saysNothing(schema)) return ok(null);
  return ok((value) => {
    const run: Run = { path: [], faults: [], quiet: 0, stepsLeft: STEPS_MAX, triesLeft: TRIES_MAX, depth: 0 };
    const fits = check(value, run);
    if (run.stepsLeft <= 0) return [{ place: '', text: 'would take too long to be checked' }];
    return fits ? NONE : run.faults;
  });
}

const NONE: readonly SchemaFault[] = [];

/** Arguments are always an object. */
function saysNothing(schema: Json): boolean {
  return (
    isJsonObject(schema) &&
    schema['type'] === 'object' &&
    Object.entries(schema).every(([key, value]) => {
      if (key === 'properties') return isJsonObject(value) && Object.keys(value).length === 0;
      if (key === 'required') return isJsonArray(value) && value.length === 0;
      return key === 'type' || ANNOTATIONS.has(key) || value === true;
    })
  );
}

const ANNOTATIONS: ReadonlySet<string> = new Set([
  '$schema',
  'title',
  'description',
  '$defs',
  'definitions',
  '$comment',
]);

interface Compiling {
  readonly root: Json;
  readonly dialect: Dialect;
  readonly known: Map<JsonObject, Check | null>;
  anchors: ReadonlyMap<string, Json> | null;
  depth: number;
  problem: string | null;
}

function compilePart(compiling: Compiling, schema: Json): Check | null {
  if (schema === true || compiling.problem !== null) return null;
  if (schema === false) return (_value, run) => fail(run, 'is not allowed here');
  if (!isJsonObject(schema)) return giveUp(compiling, 'holds a part that is no schema');
  const known = compiling.known.get(schema);
  if (known !== undefined) return known;
  if (compiling.depth > PART_DEPTH_MAX) return giveUp(compiling, `is nested deeper than ${PART_DEPTH_MAX}`);
  // A part that refers to itself meets this before it is prepared.
  compiling.known.set(schema, (value, run) => compiling.known.get(schema)?.(value, run) ?? true);
  compiling.depth += 1;
  const compile: CompilePart = (part) => compilePart(compiling, part);
  const words = inDialect(compiling.dialect, schema);
  const groups = new Set(Object.keys(words).flatMap((keyword) => GROUP_OF.get(keyword) ?? []));
  const reference = referenceCheck(compiling, words);
  const checks = [...groups].flatMap((group) => CHECKS_OF[group](words, compile));
  if (reference !== null) checks.unshift(reference);
  compiling.depth -= 1;
  const check = checks.length === 0 ? null : inOrder(checks);
  compiling.known.set(schema, check);
  return check;
}

const KEYWORDS = {
  any: 'type enum const',
  scalars: 'maximum minimum exclusiveMaximum exclusiveMinimum multipleOf maxLength minLength pattern',
  objects:
    'required maxProperties minProperties properties patternProperties additionalProperties propertyNames dependentRequired dependentSchemas dependencies',
  arrays: 'maxItems minItems uniqueItems prefixItems items contains',
  combinations: 'allOf anyOf oneOf not if',
} as const;

type Group = keyof typeof KEYWORDS;

const CHECKS_OF: Readonly<Record<Group, (schema: JsonObject, compile: CompilePart) => readonly Check[]>> = {
  any: checksOfAny,
  scalars: checksOfScalars,
  objects: checksOfObjects,
  arrays: checksOfArrays,
  combinations: checksOfCombinations,
};

const GROUP_OF: ReadonlyMap<string, Group> = new Map(
  Object.entries(KEYWORDS).flatMap(([group, words]) => words.split(' ').map((word) => [word, group as Group] as const)),
);

function isTooLarge(schema: Json): boolean {
  const waiting: Json[] = [schema];
  let values = 0;
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    const inner = isJsonArray(part) ? part : isJsonObject(part) ? Object.values(part) : NOTHING;
    values += 1 + inner.length;
    if (values > VALUES_MAX) return true;
    for (const value of inner) if (typeof value === 'object' && value !== null) waiting.push(value);
  }
  return false;
}

const NOTHING: readonly Json[] = [];

/** Everything that is wrong is told, unless nobody listens. Here, where every part comes by, the work is counted. */
function inOrder(checks: readonly Check[]): Check {
  return (value, run) => {
    run.stepsLeft -= 1 + (checks.length >> 2) + (sizeOf(value) >> 5);
    run.depth += 1;
    if (run.depth > RUN_DEPTH_MAX) run.stepsLeft = 0;
    let fits = run.stepsLeft > 0;
    for (const check of checks) {
      if (run.stepsLeft <= 0 || (!fits && run.quiet > 0)) break;
      if (!check(value, run)) fits = false;
    }
    run.depth -= 1;
    return fits;
  };
}

/** Of what a single check may look at as a whole. */
function sizeOf(value: Json): number {
  return typeof value === 'string' ? value.length >> 3 : isJsonArray(value) ? value.length : 0;
}

function referenceCheck(compiling: Compiling, schema: JsonObject): Check | null {
  const reference = schema['$ref'] ?? schema['$dynamicRef'] ?? schema['$recursiveRef'];
  if (reference === undefined) return null;
  const target = typeof reference === 'string' ? findReferred(compiling, reference) : undefined;
  if (target === undefined) return giveUp(compiling, 'refers to something that is not in it');
  return compilePart(compiling, target);
}

/** Within the schema alone: a JSON Pointer, or the name of a part. */
function findReferred(compiling: Compiling, reference: string): Json | undefined {
  const { root } = compiling;
  const id = isJsonObject(root) ? (root['$id'] ?? root['id']) : undefined;
  const isOwn = typeof id === 'string' && id !== '' && reference.startsWith(id);
  const fragment = isOwn ? reference.slice(id.length) : reference;
  if (fragment === '' || fragment === '#') return root;
  if (fragment.startsWith('#/')) return followPointer(root, fragment.slice(2));
  compiling.anchors ??= anchorsOf(root);
  return compiling.anchors.get(fragment);
}

function followPointer(root: Json, pointer: string): Json | undefined {
  return pointer.split('/').reduce<Json | undefined>((at, escaped) => {
    const name = decode(escaped).replaceAll('~1', '/').replaceAll('~0', '~');
    if (isJsonArray(at)) return at[Number(name)];
    return isJsonObject(at) && Object.hasOwn(at, name) ? at[name] : undefined;
  }, root);
}

function decode(escaped: string): string {
  try {
    return decodeURIComponent(escaped);
  } catch {
    return escaped;
  }
}

function anchorsOf(root: Json): ReadonlyMap<string, Json> {
  const anchors = new Map<string, Json>();
  const waiting: Json[] = [root];
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    if (isJsonArray(part)) waiting.push(...part);
    if (!isJsonObject(part)) continue;
    for (const name of [part['$anchor'], part['$dynamicAnchor']])
      if (typeof name === 'string') anchors.set(`#${name}`, part);
    const id = part['$id'];
    if (typeof id === 'string' && part !== root) anchors.set(id, part);
    waiting.push(...Object.values(part));
  }
  return anchors;
}

function giveUp(compiling: Compiling, problem: string): null {
  compiling.problem ??= problem;
  return null;
}
