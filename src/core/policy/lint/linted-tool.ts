import { writingHintOf } from '../../catalog/writing-hint.ts';
import { isJsonObject, type JsonObject } from '../../json/value.ts';

/** A tool as its upstream defines it. */
export interface LintedTool {
  readonly name: string;
  readonly inputSchema: JsonObject;
  /** What of it says that it changes something; `null`: nothing does. */
  readonly writingHint: string | null;
}

export function lintedTool(name: string, definition: JsonObject): LintedTool {
  const { inputSchema } = definition;
  return {
    name,
    inputSchema: isJsonObject(inputSchema) ? inputSchema : NOTHING_DECLARED,
    writingHint: writingHintOf(definition),
  };
}

const NOTHING_DECLARED: JsonObject = {};
