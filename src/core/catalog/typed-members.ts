import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../json/value.ts';

/** Whether a value is what the protocol wants in this place. */
type IsOfType = (value: Json) => boolean;

/** The members of which the protocol says what they are, where they are that. */
export type MemberTypes = Readonly<Record<string, IsOfType>>;

const isText: IsOfType = (value) => typeof value === 'string';
const isFlag: IsOfType = (value) => typeof value === 'boolean';

/**
 * Of an object those members, and only where they are of their type: hosts check a list as a whole, so one upstream that writes a number
 * where a text belongs would take the tools of all the others from them.
 */
export function typedMembers(object: JsonObject, types: MemberTypes): Record<string, Json> {
  const members: Record<string, Json> = {};
  for (const [name, isOfType] of Object.entries(types)) {
    const value = object[name];
    if (value !== undefined && isOfType(value)) members[name] = value;
  }
  return members;
}

export const DESCRIBED: MemberTypes = { title: isText, description: isText };
export const RESOURCE: MemberTypes = { name: isText, ...DESCRIBED, mimeType: isText };
export const ARGUMENT: MemberTypes = { name: isText, ...DESCRIBED, required: isFlag };
export const SIZE: MemberTypes = { size: (value) => Number.isSafeInteger(value) };
export const TOOL_HINTS: MemberTypes = {
  title: isText,
  readOnlyHint: isFlag,
  destructiveHint: isFlag,
  idempotentHint: isFlag,
  openWorldHint: isFlag,
};
const RESOURCE_HINTS: MemberTypes = {
  audience: (value) => isJsonArray(value) && value.every((each) => each === 'user' || each === 'assistant'),
  priority: (value) => typeof value === 'number' && value >= 0 && value <= 1,
  lastModified: (value) => typeof value === 'string' && TIMESTAMP.test(value),
};
/** ISO 8601, with an offset: the strictest reading that a host has of it. */
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

/** `annotations` of a resource or template, as a member; nothing where there are none. */
export function resourceAnnotations({ annotations }: JsonObject): JsonObject {
  return isJsonObject(annotations) ? { annotations: typedMembers(annotations, RESOURCE_HINTS) } : {};
}
