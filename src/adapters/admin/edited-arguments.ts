import { Buffer } from 'node:buffer';
import { type JsonLimits, REQUEST_LIMITS } from '../../core/json/limits.ts';
import { readJson } from '../../core/json/read-json.ts';
import { isJsonObject, type JsonObject } from '../../core/json/value.ts';
import { err, ok, type Result } from '../../core/result.ts';

/** As much as can be shown to an approver, with room for escapes; as deep as what hosts send. */
export const EDIT_LIMITS: JsonLimits = { ...REQUEST_LIMITS, bytesMax: 512 * 1024 };

/** What a person typed into the form of a page. The words of the fault are for them. */
export function parseEditedArguments(text: string): Result<JsonObject, string> {
  const json = readJson(Buffer.from(text), EDIT_LIMITS);
  if (!json.ok) return err(`The arguments are no JSON: ${json.error.detail}.`);
  return isJsonObject(json.value) ? ok(json.value) : err('The arguments must be a JSON object.');
}
