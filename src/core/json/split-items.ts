import {
  BACKSLASH,
  CLOSING_BRACE,
  CLOSING_BRACKET,
  COMMA,
  OPENING_BRACE,
  OPENING_BRACKET,
  QUOTE,
  SPACE,
} from './characters.ts';

/** The items of an array that is known to be well-formed JSON; `null` where there are more than `itemsMax`. */
export function splitItems(array: Uint8Array, itemsMax: number): Uint8Array[] | null {
  const items: Uint8Array[] = [];
  const end = array.length - 1;
  let start = 1;
  let depth = 0;
  let isInString = false;
  for (let at = 1; at < end; at++) {
    const byte = array[at];
    if (byte === QUOTE) isInString = !isInString;
    else if (isInString) at += byte === BACKSLASH ? 1 : 0;
    else if (byte === OPENING_BRACKET || byte === OPENING_BRACE) depth++;
    else if (byte === CLOSING_BRACKET || byte === CLOSING_BRACE) depth--;
    else if (byte === COMMA && depth === 0) {
      if (items.length === itemsMax) return null;
      items.push(array.subarray(start, at));
      start = at + 1;
    }
  }
  const last = array.subarray(start, end);
  if (!last.every((byte) => byte <= SPACE)) items.push(last);
  return items.length > itemsMax ? null : items;
}
