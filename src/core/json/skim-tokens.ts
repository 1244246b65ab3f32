import { Buffer } from 'node:buffer';
import {
  BACKSLASH,
  CARRIAGE_RETURN,
  DIGIT_0,
  DIGIT_9,
  LINE_FEED,
  LOWER_A,
  LOWER_E,
  LOWER_F,
  LOWER_U,
  MINUS,
  PLUS,
  POINT,
  QUOTE,
  SPACE,
  TAB,
} from './characters.ts';
import { type ByteSearch, findSpecial } from './byte-search.ts';
import type { JsonFault, JsonFaultKind } from './json-fault.ts';

/**
 * A JSON text that is only checked, not read, and the first fault. The functions here take the place where a token begins and answer
 * the place behind it, or `REFUSED` with the fault set.
 */
export interface Skimmer {
  readonly bytes: Buffer;
  readonly search: ByteSearch;
  fault: JsonFault | null;
}

export const REFUSED = -1;

export function refuse(skimmer: Skimmer, offset: number, kind: JsonFaultKind, detail: string): typeof REFUSED {
  skimmer.fault = { kind, offset: Math.min(offset, skimmer.bytes.length), detail };
  return REFUSED;
}

/** The first byte that is not white space, at `start` or behind it. */
export function skimSpace(bytes: Uint8Array, start: number): number {
  let position = start;
  let byte = bytes[position];
  while (byte === SPACE || byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === TAB) byte = bytes[++position];
  return position;
}

export function skimWord(skimmer: Skimmer, start: number, word: Uint8Array): number {
  for (let index = 0; index < word.length; index++) {
    if (skimmer.bytes[start + index] !== word[index]) return refuse(skimmer, start, 'syntax', 'a value was expected');
  }
  return start + word.length;
}

/** RFC 8259 section 6. Of any size and precision: the bytes are sent on as they are. */
export function skimNumber(skimmer: Skimmer, start: number): number {
  const { bytes } = skimmer;
  const first = bytes[start] === MINUS ? start + 1 : start;
  let position = skimDigits(bytes, first);
  if (position === first) return refuse(skimmer, start, 'syntax', 'a value was expected');
  if (bytes[first] === DIGIT_0 && position > first + 1) {
    return refuse(skimmer, start, 'syntax', 'a number with a leading zero');
  }
  if (bytes[position] === POINT) {
    const fraction = position + 1;
    position = skimDigits(bytes, fraction);
    if (position === fraction) return refuse(skimmer, position, 'syntax', 'a digit was expected');
  }
  // `| 0x20` makes a small letter of a capital one.
  if (((bytes[position] ?? 0) | 0x20) === LOWER_E) {
    const sign = bytes[position + 1];
    const exponent = sign === PLUS || sign === MINUS ? position + 2 : position + 1;
    position = skimDigits(bytes, exponent);
    if (position === exponent) return refuse(skimmer, position, 'syntax', 'a digit was expected');
  }
  return position;
}

function skimDigits(bytes: Uint8Array, start: number): number {
  let position = start;
  while (isDigit(bytes[position])) position++;
  return position;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= DIGIT_0 && byte <= DIGIT_9;
}

/** `start` is the opening quote. */
export function skimString(skimmer: Skimmer, start: number): number {
  const { bytes } = skimmer;
  let position = findSpecial(skimmer.search, start + 1);
  while (bytes[position] === BACKSLASH) {
    const end = skimEscape(skimmer, position);
    if (end === REFUSED) return REFUSED;
    position = findSpecial(skimmer.search, end);
  }
  if (bytes[position] === QUOTE) return position + 1;
  const detail = position < bytes.length ? 'a control character inside a string' : 'the text ends inside a string';
  return refuse(skimmer, position, 'syntax', detail);
}

function skimEscape(skimmer: Skimmer, start: number): number {
  const { bytes } = skimmer;
  const byte = bytes[start + 1];
  if (byte === LOWER_U) {
    for (let position = start + 2; position < start + 6; position++) {
      if (!isHexDigit(bytes[position])) return refuse(skimmer, start, 'syntax', 'an escape that JSON does not have');
    }
    return start + 6;
  }
  if (byte === undefined || SIMPLE_ESCAPES[byte] !== 1) {
    return refuse(skimmer, start, 'syntax', 'an escape that JSON does not have');
  }
  return start + 2;
}

const SIMPLE_ESCAPES = new Uint8Array(256);
for (const byte of Buffer.from('"\\/bfnrt')) SIMPLE_ESCAPES[byte] = 1;

function isHexDigit(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const lower = byte | 0x20;
  return isDigit(byte) || (lower >= LOWER_A && lower <= LOWER_F);
}
