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
