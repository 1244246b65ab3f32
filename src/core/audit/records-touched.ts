import { isJsonObject, type Json, type JsonObject } from '../json/value.ts';
import type { ArgumentPath } from '../policy/policy-conditions.ts';

/** An entry is never pruned, so it holds names of records and no texts. */
const VALUE_CHARS_MAX = 200;

/**
 * What a call is about, from arguments that are redacted already: `id=42`, `filter.owner=alice`. An argument that is not there, or
 * that is no text, number or truth value, names nothing.
 */
export function recordsTouched(args: JsonObject, paths: readonly ArgumentPath[]): readonly string[] {
  if (paths.length === 0) return NONE;
  return paths.flatMap((path) => {
    const value = valueAt(args, path);
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return [];
    const text = String(value);
    return [`${path.join('.')}=${text.length <= VALUE_CHARS_MAX ? text : `${shorten(text)}…`}`];
  });
}

const NONE: readonly string[] = [];

/** Half of a pair of surrogates could not be written again. */
function shorten(text: string): string {
  return text.slice(0, VALUE_CHARS_MAX).replace(/[\ud800-\udbff]$/, '');
}

function valueAt(args: JsonObject, path: ArgumentPath): Json | undefined {
  let value: Json | undefined = args;
  for (const name of path) value = isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return value;
}
