import type { Buffer } from 'node:buffer';
import { asBuffer } from '../bytes/as-buffer.ts';
import { BACKSLASH, QUOTE, SPACE } from './characters.ts';

/** A JSON text as bytes, in which the end of a string is found without looking at every byte of a long one. */
export interface ByteSearch {
  readonly bytes: Buffer;
  /** The memory that holds the bytes, four at a time; `bytes[0]` is byte `wordsOffset` of it. */
  readonly words: Int32Array;
  readonly wordsOffset: number;
  /** Whether any byte is under 0x20: mostly not, and then no string has to be looked at for control characters. */
  readonly hasControls: boolean;
  /** The next quote and the next backslash from some place on. Good until the search has passed them. */
  nextQuote: number;
  nextBackslash: number;
}

export function createByteSearch(source: Uint8Array): ByteSearch {
  const { buffer, byteOffset } = source;
  const bytes = asBuffer(source);
  const words = new Int32Array(buffer, 0, Math.floor(buffer.byteLength / 4));
  const hasControls = hasControl(bytes, words);
  return { bytes, words, wordsOffset: byteOffset, hasControls, nextQuote: -1, nextBackslash: -1 };
}

/** The first quote, backslash or control character (under 0x20) at or behind `start`, or the length of the text. */
export function findSpecial(search: ByteSearch, start: number): number {
  const { bytes } = search;
  const aligned = start + NEAR_BYTES - ((search.wordsOffset + start) & 3);
  const near = aligned < bytes.length ? aligned : bytes.length;
  for (let position = start; position < near; position++) {
    if (isSpecial(bytes[position] as number)) return position;
  }
  return near < bytes.length ? findFarSpecial(search, near) : near;
}

/** Names and short values end within these; then words are faster, and beyond some hundred bytes the search of the engine is. */
const NEAR_BYTES = 12;
const FAR_BYTES = 256;

function isSpecial(byte: number): boolean {
  return byte === QUOTE || byte === BACKSLASH || byte < SPACE;
}

function findFarSpecial(search: ByteSearch, start: number): number {
  const { bytes, words, wordsOffset, hasControls } = search;
  const far = hasControls ? bytes.length : Math.min(start + FAR_BYTES, bytes.length);
  const lastWord = (wordsOffset + far) >> 2;
  let word = (wordsOffset + start) >> 2;
  while (word < lastWord && !hasSpecial(words[word] as number)) word++;
  let position = (word << 2) - wordsOffset;
  while (position < far && !isSpecial(bytes[position] as number)) position++;
  if (position < far || far === bytes.length) return position;
  // Takes time in proportion to the text in all, however the two alternate: neither is searched for again before it is passed.
  if (search.nextQuote < far) search.nextQuote = orLength(bytes.indexOf(QUOTE, far), bytes);
  if (search.nextBackslash < far) search.nextBackslash = orLength(bytes.indexOf(BACKSLASH, far), bytes);
  return Math.min(search.nextQuote, search.nextBackslash);
}

function orLength(found: number, bytes: Uint8Array): number {
  return found === -1 ? bytes.length : found;
}

/** Whether one of the four bytes is a quote, a backslash or a control character: each test leaves a high bit set where it is. */
function hasSpecial(word: number): boolean {
  const quote = word ^ QUOTES;
  const backslash = word ^ BACKSLASHES;
  const special = ((quote - ONES) & ~quote) | ((backslash - ONES) & ~backslash) | controlsIn(word);
  return (special & HIGH_BITS) !== 0;
}

const ONES = 0x01010101;
const QUOTES = QUOTE * ONES;
const BACKSLASHES = BACKSLASH * ONES;
const SPACES = SPACE * ONES;
const HIGH_BITS = 0x80808080 | 0;

function hasControl(bytes: Uint8Array, words: Int32Array): boolean {
  const firstWord = (bytes.byteOffset + 3) >> 2;
  const endWord = (bytes.byteOffset + bytes.length) >> 2;
  if (endWord <= firstWord) return bytes.some(isControl);
  let controls = 0;
  let word = firstWord;
  // Four words a turn, because what a turn costs by itself is half of one word.
  for (const last = endWord - 4; word <= last; word += 4) {
    controls |=
      controlsIn(words[word] as number) |
      controlsIn(words[word + 1] as number) |
      controlsIn(words[word + 2] as number) |
      controlsIn(words[word + 3] as number);
  }
  for (; word < endWord; word++) controls |= controlsIn(words[word] as number);
  const head = (firstWord << 2) - bytes.byteOffset;
  const tail = (endWord << 2) - bytes.byteOffset;
  return (
    (controls & HIGH_BITS) !== 0 || bytes.subarray(0, head).some(isControl) || bytes.subarray(tail).some(isControl)
  );
}

/** Leaves a high bit set if one of the four bytes is a control character. */
function controlsIn(word: number): number {
  return (word - SPACES) & ~word;
}

function isControl(byte: number): boolean {
  return byte < SPACE;
}
