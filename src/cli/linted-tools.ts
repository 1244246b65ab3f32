import { isJsonObject, type Json } from '../core/json/value.ts';
import { type LintedTool, lintedTool } from '../core/policy/lint/linted-tool.ts';

/** The tools of a list as far as they have a name; whatever else is wrong with them is for `scan` to say. */
export function lintedTools(definitions: readonly Json[]): readonly LintedTool[] {
  return definitions
    .filter(isJsonObject)
    .flatMap((definition) =>
      typeof definition['name'] === 'string' ? [lintedTool(definition['name'], definition)] : [],
    );
}
