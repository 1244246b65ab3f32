import type { Json, JsonObject } from '../json/value.ts';
import { isJsonObject } from '../json/value.ts';
import { exposedOutputSchema } from './exposed-output-schema.ts';

/**
 * A tool definition as hosts see it: the members that the gateway understands, under the name it gives out. Everything else, known or
 * not, stays behind: `_meta` can switch on Apps, `execution` promises an upstream's tasks and not ours, icons make a console fetch things.
 */
export function exposedDefinition(definition: JsonObject, name: string): JsonObject {
  const exposed: Record<string, Json> = { name };
  for (const member of ['title', 'description', 'annotations'] as const) {
    const value = definition[member];
    if (value !== undefined) exposed[member] = value;
  }
  exposed['inputSchema'] = withoutHeaderHints(definition['inputSchema'] ?? { type: 'object' });
  const outputSchema = exposedOutputSchema(definition['outputSchema']);
  if (outputSchema !== null) exposed['outputSchema'] = outputSchema;
  return exposed;
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
