import type { JsonObject } from './value.ts';

/**
 * The name as the laxest readers of JSON compare it: Go takes `Action`, and `\u017f` for `s`, for the same member, its second version
 * leaves out `-` and `_`, .NET and Jackson can be told to do the like. Which of two such members such a server acts on cannot be known.
 */
export function foldName(name: string): string {
  const folded = IS_ASCII.test(name) ? name.toLowerCase() : name.normalize('NFKC').toUpperCase().toLowerCase();
  return folded.replaceAll(/[-_]/g, '');
}

/** Whether a lax reader could take another member for the one of this name, be that there or not. */
export function hasTwin(object: JsonObject, name: string): boolean {
  const folded = foldName(name);
  return Object.keys(object).some((other) => other !== name && foldName(other) === folded);
}

/** Whether a lax reader could take any two members of the object for one. */
export function hasTwins(object: JsonObject): boolean {
  const names = Object.keys(object);
  return names.length > 1 && new Set(names.map(foldName)).size < names.length;
}

const IS_ASCII = /^[\0-\x7f]*$/;
