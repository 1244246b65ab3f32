import { passedToolApp } from '../content/passed-app.ts';
import type { Json, JsonObject } from '../json/value.ts';
import { isJsonObject } from '../json/value.ts';
import type { Exposure } from './exposure.ts';
import { exposedInputSchema } from './exposed-input-schema.ts';
import { exposedOutputSchema } from './exposed-output-schema.ts';
import { DESCRIBED, TOOL_HINTS, typedMembers } from './typed-members.ts';

/**
 * A tool definition as hosts see it: the members that the gateway understands, under the name it gives out. Everything else, known or
 * not, stays behind: `_meta` switches on apps, which are passed on where the operator allows them, `execution` promises an upstream's
 * tasks and not ours, icons make a console fetch things.
 */
export function exposedDefinition(definition: JsonObject, { name, rules, isReadOnly }: Exposure): JsonObject {
  const exposed: Record<string, Json> = { name, ...typedMembers(definition, DESCRIBED) };
  const { annotations, inputSchema, outputSchema, _meta: meta } = definition;
  if (isJsonObject(annotations)) exposed['annotations'] = toolAnnotations(annotations, isReadOnly);
  exposed['inputSchema'] = exposedInputSchema(inputSchema);
  const promised = exposedOutputSchema(outputSchema);
  if (promised !== null) exposed['outputSchema'] = promised;
  const ui = rules.apps && isJsonObject(meta) ? passedToolApp(meta['ui']) : null;
  if (ui !== null) exposed['_meta'] = { ui };
  return exposed;
}

/** Hosts run what says that it only reads without asking anybody. What the policy takes for more must not say so. */
function toolAnnotations(annotations: JsonObject, isReadOnly: boolean): JsonObject {
  const hints = typedMembers(annotations, TOOL_HINTS);
  return isReadOnly || hints['readOnlyHint'] !== true ? hints : { ...hints, readOnlyHint: false };
}
