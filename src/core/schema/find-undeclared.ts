import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../json/value.ts';

/**
 * Members that a schema does not name, such as `filter.secret`. Only of objects that are described by their own `properties` alone: where a
 * schema says anything of other members, or puts an object together out of several parts, it has its reasons, and `additionalProperties` is
 * the way to say them. A schema that names nothing declares nothing to compare with. At most `max`.
 */
export function findUndeclared(schema: Json | undefined, value: JsonObject, max: number): readonly string[] {
  const found: string[] = [];
  visit(schema, value, '');
  return found;

  function visit(part: Json | undefined, at: Json, place: string): void {
    if (found.length >= max || !isJsonObject(part)) return;
    if (isJsonArray(at)) {
      for (const [index, item] of at.entries()) visit(part['items'], item, `${place}[${index}]`);
      return;
    }
    const { properties } = part;
    if (!isJsonObject(at) || !isJsonObject(properties) || SAYS_MORE.some((keyword) => part[keyword] !== undefined))
      return;
    for (const [name, member] of Object.entries(at)) {
      const here = place === '' ? name : `${place}.${name}`;
      if (Object.hasOwn(properties, name)) visit(properties[name], member, here);
      else if (found.length < max) found.push(here);
    }
  }
}

const SAYS_MORE = [
  'additionalProperties',
  'patternProperties',
  'unevaluatedProperties',
  'allOf',
  'anyOf',
  'oneOf',
  'if',
  'dependentSchemas',
  '$ref',
] as const;
