import { type Json, type JsonObject, isJsonArray, isJsonObject } from '../json/value.ts';
import { readDialect } from '../schema/dialect.ts';

/**
 * What a host is told of the structured content of a tool: what the upstream promises, or what the gateway says in its place. Both
 * SDKs check error results against this too, and would show a broken schema where a person should read that the call waits for
 * approval. `null` where it is not shown at all, and then no host checks anything.
 */
export function exposedOutputSchema(schema: Json | undefined): JsonObject | null {
  // Revisions before 2026-07-28 know only objects here; the text of a result says the same.
  if (!isJsonObject(schema) || schema['type'] !== 'object' || !canBeMoved(schema)) return null;
  if (!readDialect(schema).ok) return null;
  const { $schema, $defs, definitions, ...promised } = schema;
  const kept = { $schema, $defs, definitions };
  const named = Object.entries(kept).filter((entry): entry is [string, Json] => entry[1] !== undefined);
  return { ...Object.fromEntries(named), type: 'object', anyOf: [promised, GATEWAY_ANSWER] };
}

/** Every structured content that the gateway writes itself has a status; docs/errors.md lists them. */
const GATEWAY_ANSWER: JsonObject = {
  type: 'object',
  description: 'In place of a result: the call was denied, waits for a person, or failed. The status says which.',
  properties: { status: { type: 'string' } },
  required: ['status'],
};

/** Keywords that give a part of a schema a name of its own, or point at such names: they mean something else one level further in. */
const BOUND_TO_PLACE: ReadonlySet<string> = new Set([
  '$id',
  '$anchor',
  '$dynamicAnchor',
  '$dynamicRef',
  '$recursiveAnchor',
  '$recursiveRef',
]);
/** Definitions stay at the top, so what points at them still does. */
const MOVABLE_REF = /^#\/(?:\$defs|definitions)\//;

function canBeMoved(schema: Json): boolean {
  if (isJsonArray(schema)) return schema.every(canBeMoved);
  if (!isJsonObject(schema)) return true;
  return Object.entries(schema).every(([key, value]) => {
    if (BOUND_TO_PLACE.has(key)) return false;
    if (key === '$ref' && typeof value === 'string') return MOVABLE_REF.test(value);
    return canBeMoved(value);
  });
}
