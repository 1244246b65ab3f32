import { isJsonObject, type Json, type JsonObject } from '../json/value.ts';
import { err, ok, type Result } from '../result.ts';

/** What the keywords of a schema mean. `any`: it does not say, which is 2020-12 with the words that earlier drafts had for the same. */
export type Dialect = 'any' | '2020-12' | '2019-09' | 'draft-07' | 'draft-06' | 'draft-04';

/** By its `$schema` (MCP 2025-11-25, "JSON Schema Usage"). What another dialect means nobody here can tell, so it is an error. */
export function readDialect(schema: Json): Result<Dialect, string> {
  const uri = isJsonObject(schema) ? schema['$schema'] : undefined;
  if (uri === undefined) return ok('any');
  const named = typeof uri === 'string' ? DIALECTS.get(uri.replace(/^https?:\/\//, '').replace(/#$/, '')) : undefined;
  return named === undefined ? err('is written in a dialect of JSON Schema that the gateway does not know') : ok(named);
}

const DIALECTS: ReadonlyMap<string, Dialect> = new Map([
  ['json-schema.org/draft/2020-12/schema', '2020-12'],
  ['json-schema.org/draft/2019-09/schema', '2019-09'],
  ['json-schema.org/draft-07/schema', 'draft-07'],
  ['json-schema.org/draft-06/schema', 'draft-06'],
  ['json-schema.org/draft-04/schema', 'draft-04'],
]);

/** One part of a schema without the keywords that say nothing in its dialect. */
export function inDialect(dialect: Dialect, part: JsonObject): JsonObject {
  if (dialect === 'any') return part;
  // Up to draft-07, nothing counts beside a reference.
  const { $ref } = part;
  if (HAS_LONE_REFERENCES.has(dialect) && typeof $ref === 'string') return { $ref };
  const unknown = UNKNOWN[dialect];
  const known = Object.entries(part).filter(([keyword]) => !unknown.has(keyword));
  const kept = known.length === Object.keys(part).length ? part : Object.fromEntries(known);
  return dialect === 'draft-04' ? withoutFlags(kept) : kept;
}

const HAS_LONE_REFERENCES: ReadonlySet<Dialect> = new Set(['draft-04', 'draft-06', 'draft-07']);

const SINCE_2020 = ['prefixItems', '$dynamicRef'];
const SINCE_2019 = ['dependentRequired', 'dependentSchemas', 'minContains', 'maxContains', '$recursiveRef'];
const SINCE_07 = ['if', 'then', 'else'];
const SINCE_06 = ['const', 'contains', 'propertyNames'];

const UNKNOWN: Readonly<Record<Exclude<Dialect, 'any'>, ReadonlySet<string>>> = {
  '2020-12': new Set(['dependencies', 'additionalItems', '$recursiveRef']),
  '2019-09': new Set(['dependencies', ...SINCE_2020]),
  'draft-07': new Set([...SINCE_2020, ...SINCE_2019]),
  'draft-06': new Set([...SINCE_2020, ...SINCE_2019, ...SINCE_07]),
  'draft-04': new Set([...SINCE_2020, ...SINCE_2019, ...SINCE_07, ...SINCE_06]),
};

/** In draft-04, `exclusiveMaximum: true` says how `maximum` is meant. */
function withoutFlags({ exclusiveMaximum, exclusiveMinimum, maximum, minimum, ...rest }: JsonObject): JsonObject {
  return {
    ...rest,
    ...limitOf('maximum', maximum, exclusiveMaximum === true),
    ...limitOf('minimum', minimum, exclusiveMinimum === true),
  };
}

function limitOf(keyword: 'maximum' | 'minimum', limit: Json | undefined, isExclusive: boolean): JsonObject {
  if (limit === undefined) return {};
  const exclusive = keyword === 'maximum' ? 'exclusiveMaximum' : 'exclusiveMinimum';
  return { [isExclusive ? exclusive : keyword]: limit };
}
