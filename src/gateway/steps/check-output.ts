import { encodePart, partText, putTogether, takeApart } from '../../core/content/shape/result-parts.ts';
import type { Json, JsonObject } from '../../core/json/value.ts';
import { type CheckValue, compileSchema } from '../../core/schema/compile-schema.ts';

/** To read more would keep everybody else waiting. */
const CHECKED_BYTES_MAX = 1024 * 1024;

/**
 * A result that the gateway changed, whose structured content may no longer be what its tool promises: hosts check that, and show an error
 * of their own in its place. What does not fit any more is replaced by what every schema that hosts are shown admits. `null`: it
 * fits, or there is none. What the upstream sends unchanged is between it and the host.
 */
export function withoutMisfit(json: readonly Uint8Array[], outputSchema: JsonObject): readonly Uint8Array[] | null {
  const check = compiled(outputSchema);
  const parts = check === null ? null : takeApart(json);
  const bytes = parts?.get('structuredContent');
  if (check === null || parts === null || bytes === undefined) return null;
  if (bytes.length <= CHECKED_BYTES_MAX) {
    const value = JSON.parse(partText(bytes)) as Json;
    if (isOurs(value) || check(value).length === 0) return null;
  }
  parts.set('structuredContent', encodePart({ status: 'redacted' }));
  return putTogether(parts);
}

function isOurs(value: Json): boolean {
  return typeof value === 'object' && value !== null && 'status' in value && Object.keys(value).length === 1;
}

/** A schema is the same object for as long as its definition is remembered. One that cannot be used is no host's to check against either. */
const COMPILED = new WeakMap<JsonObject, CheckValue | null>();

function compiled(schema: JsonObject): CheckValue | null {
  const known = COMPILED.get(schema);
  if (known !== undefined) return known;
  const compiling = compileSchema(schema);
  const check = compiling.ok ? compiling.value : null;
  COMPILED.set(schema, check);
  return check;
}
