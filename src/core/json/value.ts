/**
 * JSON as the gateway holds it. Objects have a null prototype, so `__proto__` and `constructor` are plain data.
 * Numbers are doubles that survived the round trip; strings hold no lone surrogate. See `readJson`.
 */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `Array.isArray` does not tell the compiler that what is left is no array. */
export function isJsonArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/**
 * An empty object without a prototype, to be filled with data from outside. Not `Object.create(null)`: that is a hash table from the
 * start, which the engine lists and writes several times slower.
 */
export function createJsonObject(): Record<string, Json> {
  return Object.setPrototypeOf({}, null) as Record<string, Json>;
}
