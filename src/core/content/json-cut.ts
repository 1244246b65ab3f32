import { characterClass, isIn } from './detectors/text-codes.ts';

const BACKSLASH = 0x5c;
const QUOTE = 0x22;
const BLANK = 0x20;

const ENCODED = characterClass(/[A-Za-z0-9+/_-]/);

/** How far before the place that is asked for a better one may lie. */
const LOOK_BACK_BYTES = 16 * 1024;

/**
 * Where a well-formed JSON text may be cut near an offset, so that each part reads as it did: never within an escape or a character, behind a blank
 * where there is one, and else a multiple of four characters from where letters and digits without a break begin, because that is how base64 and
 * hexadecimal are read. The end of the text where that is near.
 */
export function safeCut(json: Uint8Array, from: number, wanted: number): number {
  if (wanted >= json.length) return json.length;
  const first = Math.max(from + 1, wanted - LOOK_BACK_BYTES);
  // A blank is part of no escape and of no other character.
  for (let at = wanted; at > first; at -= 1) if (json[at - 1] === BLANK) return at;
  let start = wanted;
  while (start > from && isIn(ENCODED, json[start - 1] ?? 0)) start -= 1;
  return beforeEscape(json, from, beforeCharacter(json, wanted - ((wanted - start) % 4)));
}

/** Every byte of a character but its first is 10xxxxxx (RFC 3629 section 3). */
function beforeCharacter(json: Uint8Array, wanted: number): number {
  let at = wanted;
  while (((json[at] ?? 0) & 0xc0) === 0x80) at -= 1;
  return at;
}

const ESCAPE_BYTES_MAX = 6;

function beforeEscape(json: Uint8Array, from: number, wanted: number): number {
  const near = Math.max(from, wanted - ESCAPE_BYTES_MAX);
  let last = wanted - 1;
  while (last >= near && json[last] !== BACKSLASH) last -= 1;
  if (last < near) return wanted;
  let first = last;
  while (first > from && json[first - 1] === BACKSLASH) first -= 1;
  // In a row of them every second one is what an escape stands for.
  return (last - first) % 2 === 0 ? last : wanted;
}

/** Tells of offsets in the bytes of a JSON text, which only grow, whether they lie within a string. */
export function createStringTracker(json: Uint8Array): (offset: number) => boolean {
  let at = 0;
  let isIn = false;
  return (offset) => {
    for (; at < offset; at += 1) {
      const byte = json[at];
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) isIn = !isIn;
    }
    return isIn;
  };
}
