import { isJsonObject, type Json } from '../json/value.ts';

/** What is longer is folded on the page, and has to be opened, or said to be read, before anybody can agree to it. */
export const FOLDED_CHARS = 400;
export const FOLDED_LINES = 8;

export function isLongText(text: string): boolean {
  return text.length > FOLDED_CHARS || text.split('\n', FOLDED_LINES + 1).length > FOLDED_LINES;
}

/** Whether one of the arguments is so long that its end is easily overlooked. */
export function hasLongValue(args: Json): boolean {
  const values = isJsonObject(args) ? Object.values(args) : [args];
  return values.some((value) => isLongText(typeof value === 'string' ? value : JSON.stringify(value, null, 2)));
}
