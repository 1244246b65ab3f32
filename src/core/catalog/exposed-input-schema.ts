import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../json/value.ts';

/**
 * The schema of a tool's arguments as hosts see it: as the upstream has it, in the form that every host can read. Hosts want an object
 * schema whose properties are objects; `true` and `false`, which JSON Schema has too, make older ones refuse the whole list. No
 * `x-mcp-header`, which asks the host to repeat arguments in HTTP headers, where every middle box could read them.
 */
export function exposedInputSchema(schema: Json | undefined): JsonObject {
  if (!isJsonObject(schema)) return { type: 'object' };
  const { type: _type, properties, required, ...rest } = withoutHeaderHints(schema) as JsonObject;
  return {
    type: 'object',
    ...rest,
    ...(isJsonObject(properties) && { properties: asObjects(properties) }),
    ...(isJsonArray(required) && { required: required.filter((name) => typeof name === 'string') }),
  };
}

function asObjects(properties: JsonObject): JsonObject {
  const entries = Object.entries(properties).map(([name, schema]): [string, Json] => {
    if (isJsonObject(schema)) return [name, schema];
    return [name, schema === false ? { not: {} } : {}];
  });
  return Object.fromEntries(entries);
}

function withoutHeaderHints(schema: Json): Json {
  if (isJsonArray(schema)) return schema.map(withoutHeaderHints);
  if (!isJsonObject(schema)) return schema;
  const kept = Object.create(null) as Record<string, Json>;
  for (const [key, value] of Object.entries(schema)) {
    if (key !== 'x-mcp-header') kept[key] = withoutHeaderHints(value);
  }
  return kept;
}
