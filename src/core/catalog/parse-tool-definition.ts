import { type Json, isJsonObject } from '../json/value.ts';
import { type Result, err, ok } from '../result.ts';
import { definitionDigest } from './definition-digest.ts';
import { isToolName } from './tool-name.ts';
import type { ToolDefinition } from './tool.ts';

/** Why an entry of a tool list is no tool that can be governed. */
export type ToolDefinitionFault = 'not-an-object' | 'bad-name';

/** One entry of a `tools/list` result. Only the name is checked; the rest is the upstream's claim and kept as it came. */
export function parseToolDefinition(json: Json): Result<ToolDefinition, ToolDefinitionFault> {
  if (!isJsonObject(json)) return err('not-an-object');
  const { name } = json;
  if (typeof name !== 'string' || !isToolName(name)) return err('bad-name');
  return ok({ name, definition: json, digest: definitionDigest(json) });
}
