import { readFile } from 'node:fs/promises';
import { isJsonArray, isJsonObject, type Json } from '../core/json/value.ts';
import { UPSTREAM_MESSAGE_LIMITS } from '../core/json/limits.ts';
import { readJson } from '../core/json/read-json.ts';
import { err, ok, type Result } from '../core/result.ts';

/** Asks an upstream of a configuration for its list; the words of the fault are for the person at the terminal. */
export type ListUpstreamTools = (
  upstream: string,
  configFile: string | null,
) => Promise<Result<readonly Json[], string>>;

/**
 * The definitions of a saved `tools/list`: a bare array, the result `{"tools": […]}`, or the whole JSON-RPC answer around it. Read as
 * strictly as what an upstream sends.
 */
export async function loadSavedTools(file: string): Promise<Result<readonly Json[], string>> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch {
    return err(`${file}: cannot be read`);
  }
  const json = readJson(bytes, UPSTREAM_MESSAGE_LIMITS);
  if (!json.ok) return err(`${file}: no JSON that the gateway would take from an upstream: ${json.error.detail}`);
  const tools = toolsIn(json.value);
  return tools === null ? err(`${file}: neither a list of tools nor the answer to \`tools/list\``) : ok(tools);
}

function toolsIn(json: Json): readonly Json[] | null {
  if (isJsonArray(json)) return json;
  if (!isJsonObject(json)) return null;
  const result = json['result'];
  const tools = isJsonObject(result) ? result['tools'] : json['tools'];
  return isJsonArray(tools) ? tools : null;
}
