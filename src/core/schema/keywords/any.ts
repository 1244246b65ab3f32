import { canonicalJson } from '../../json/canonical-json.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../json/value.ts';
import { type Check, fail } from '../check.ts';

/** Keywords about values of every type: `type`, `enum` and `const`. */
export function checksOfAny(schema: JsonObject): readonly Check[] {
  return [typeCheck(schema['type'], schema['nullable'] === true), enumCheck(schema)].filter((check) => check !== null);
}

export function typeCheck(type: Json | undefined, isNullable: boolean): Check | null {
  const types = new Set(
    typeof type === 'string' ? [type] : isJsonArray(type) ? type.filter((each) => typeof each === 'string') : [],
  );
  if (types.size === 0) return null;
  // Of OpenAPI, and in many schemas that were made from one.
  if (isNullable) types.add('null');
  const words = `must be ${[...types].map((each) => ARTICLES[each] ?? each).join(' or ')}`;
  return (value, run) => {
    const own = typeOf(value);
    const fits = types.has(own) || (own === 'integer' && types.has('number'));
    return fits || fail(run, `${words}, and is ${ARTICLES[own]}`);
  };
}

const ARTICLES: Readonly<Record<string, string>> = {
  null: 'null',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
  string: 'a text',
  array: 'an array',
  object: 'an object',
};

function typeOf(value: Json): string {
  if (value === null) return 'null';
  if (isJsonArray(value)) return 'array';
  if (isJsonObject(value)) return 'object';
  return typeof value === 'number' && Number.isInteger(value) ? 'integer' : typeof value;
}

function enumCheck({ enum: listed, const: only }: JsonObject): Check | null {
  const values = isJsonArray(listed) ? listed : only === undefined ? null : [only];
  if (values === null) return null;
  const both = isJsonArray(listed) && only !== undefined ? new Set([canonicalJson(only)]) : null;
  const allowed = new Set(values.map((value) => canonicalJson(value)).filter((text) => both?.has(text) ?? true));
  const shown = [...allowed].join(', ');
  const words = `must be ${allowed.size === 1 ? '' : 'one of '}${shown.length > SHOWN_CHARS_MAX ? `${shown.slice(0, SHOWN_CHARS_MAX)}…` : shown}`;
  return (value, run) => {
    const text = canonicalJson(value);
    run.stepsLeft -= text.length >> 4;
    return allowed.has(text) || fail(run, words);
  };
}

const SHOWN_CHARS_MAX = 200;
