import { passedToolApp } from '../content/passed-app.ts';
import type { Json, JsonObject } from '../json/value.ts';
import { isJsonObject } from '../json/value.ts';
import type { Exposure } from './exposure.ts';
import { exposedOutputSchema } from './exposed-output-schema.ts';

/**
 * A tool definition as hosts see it: the members that the gateway understands, under the name it gives out. Everything else, known or
 * not, stays behind: `_meta` switches on apps, which are passed on where the operator allows them, `execution` promises an upstream's
 * tasks and not ours, icons make a console fetch things.
 */
export function exposedDefinition(definition: JsonObject, { name, rules, isReadOnly }: Exposure): JsonObject {
  const exposed: Record<string, Json> = { name };
  for (const member of ['title', 'description'] as const) {
    const value = definition[member];
    if (value !== undefined) exposed[member] = value;
  }
  const { annotations } = definition;
  if (annotations !== undefined) exposed['annotations'] = isReadOnly ? annotations : withoutReadOnly(annotations);
  exposed['inputSchema'] = withoutHeaderHints(definition['inputSchema'] ?? { type: 'object' });
  const outputSchema = exposedOutputSchema(definition['outputSchema']);
  if (outputSchema !== null) exposed['outputSchema'] = outputSchema;
  const ui = rules.apps && isJsonObject(definition['_meta']) ? passedToolApp(definition['_meta']['ui']) : null;
  if (ui !== null) exposed['_meta'] = { ui };
  return exposed;
}

/** Hosts run what says that it only reads without asking anybody. What the policy takes for more must not say so. */
function withoutReadOnly(annotations: Json): Json {
  if (!isJsonObject(annotations) || annotations['readOnlyHint'] !== true) return annotations;
  return { ...annotations, readOnlyHint: false };
}

/** `x-mcp-header` asks the host to repeat arguments in HTTP headers, where every middle box could read them. */
function withoutHeaderHints(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(withoutHeaderHints);
  if (!isJsonObject(schema)) return schema;
  const kept = Object.create(null) as Record<string, Json>;
  for (const [key, value] of Object.entries(schema)) {
    if (key !== 'x-mcp-header') kept[key] = withoutHeaderHints(value);
  }
  return kept;
}
