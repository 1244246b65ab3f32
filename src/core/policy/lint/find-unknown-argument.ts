import { didYouMean } from '../../did-you-mean.ts';
import { isJsonObject, type JsonObject } from '../../json/value.ts';
import type { Problem } from '../../problem.ts';
import { type PlacedRule, warning } from './lint-rules.ts';
import type { LintedTool } from './linted-tool.ts';

/** An argument of which a rule speaks and a tool does not; nothing where the tool says of no argument that it has it. */
export function findUnknownArgument(
  placed: PlacedRule,
  key: string,
  argument: string,
  { name, inputSchema }: LintedTool,
): readonly Problem[] {
  const properties = propertiesOf(inputSchema);
  if (properties === null || Object.hasOwn(properties, argument)) return [];
  const known = Object.keys(properties);
  const meant = didYouMean(argument, known);
  const help =
    meant === null ? `${name} takes ${known.length === 0 ? 'none' : known.join(', ')}` : `did you mean ${meant}?`;
  return [warning(placed, key, `is about an argument that ${name} does not declare`, argument, help)];
}

export function propertiesOf(schema: JsonObject): JsonObject | null {
  const properties = schema['properties'];
  return isJsonObject(properties) ? properties : null;
}
