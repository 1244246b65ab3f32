import { writingHintOf } from '../core/catalog/writing-hint.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/json/value.ts';
import type { LintedTool } from '../core/policy/lint/lint-tools.ts';

/** The tools of a list as far as they have a name; whatever else is wrong with them is for `scan` to say. */
export function lintedTools(definitions: readonly Json[]): readonly LintedTool[] {
  return definitions.filter(isJsonObject).flatMap((definition) => {
    const { name, inputSchema } = definition;
    if (typeof name !== 'string') return [];
    return [
      {
        name,
        inputSchema: isJsonObject(inputSchema) ? inputSchema : NOTHING_DECLARED,
        writingHint: writingHintOf(definition),
      },
    ];
  });
}

const NOTHING_DECLARED: JsonObject = {};
