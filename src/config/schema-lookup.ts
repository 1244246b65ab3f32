/** As much of JSON Schema as is needed to find one's way in it. */
export interface JsonSchema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
}

/** What the schema says about the value at a path; `null` where it says nothing. */
export function lookUp(schema: JsonSchema, path: readonly (string | number)[]): JsonSchema | null {
  return candidatesAt(schema, path)[0] ?? null;
}

/** The keys that may stand in the group at a path. */
export function keysAt(schema: JsonSchema, path: readonly (string | number)[]): readonly string[] {
  return candidatesAt(schema, path).flatMap((each) =>
    alternatives(each).flatMap(({ properties }) => Object.keys(properties ?? {})),
  );
}

function candidatesAt(schema: JsonSchema, path: readonly (string | number)[]): readonly JsonSchema[] {
  return path.reduce<readonly JsonSchema[]>(
    (candidates, step) => candidates.flatMap(alternatives).flatMap((each) => stepInto(each, step)),
    [schema],
  );
}

function alternatives(schema: JsonSchema): readonly JsonSchema[] {
  return schema.anyOf === undefined ? [schema] : [schema, ...schema.anyOf];
}

function stepInto(schema: JsonSchema, step: string | number): readonly JsonSchema[] {
  if (typeof step === 'number') return schema.items === undefined ? [] : [schema.items];
  const property = Object.hasOwn(schema.properties ?? {}, step) ? schema.properties?.[step] : undefined;
  if (property !== undefined) return [property];
  return typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : [];
}
