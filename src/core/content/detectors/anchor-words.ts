import { COLON_BIT } from './pair-bits.ts';
import type { TextCodes } from './text-codes.ts';
import { type Word, WINDOWS, type WordWindow } from './word-windows.ts';

/**
 * The words that detectors look behind or before, whatever the case of their letters. `::` stands for two colons with at most four
 * hexadecimal digits between them. All are looked for at once: nearly no text has any, and to look for none is most of what detectors cost.
 */
export type AnchorWord = Word | '::';

export interface WordMark {
  readonly word: AnchorWord;
  /** Where the word begins; of two colons, one of them. */
  readonly at: number;
}

export interface WordSearch {
  readonly text: string;
  readonly codes: TextCodes;
  /** In order. */
  readonly words: WordMark[];
  hasControls: boolean;
}

/** `bits`: what the pair at this place and the next one have in common. */
export function findAtPair(search: WordSearch, pair: number, bits: number): void {
  for (let rest = bits; rest !== 0; rest &= rest - 1) {
    const number = 31 - Math.clz32(rest & -rest);
    const windows = WINDOWS[number];
    if (windows !== undefined) findWindow(search, pair, windows);
    else if (1 << number === COLON_BIT) findColon(search, pair);
    else search.hasControls = true;
  }
}

function findWindow({ codes, words }: WordSearch, pair: number, windows: readonly WordWindow[]): void {
  for (const { word, codes: letters, offset } of windows) {
    if (hasLetters(codes, pair - offset, letters)) insertMark(words, { word, at: pair - offset });
  }
}

const CASE_BIT = 0x20;

function hasLetters({ codes, length }: TextCodes, at: number, letters: Uint8Array): boolean {
  if (at < 0 || at + letters.length > length) return false;
  for (let index = 0; index < letters.length; index += 1) {
    if (((codes[at + index] ?? 0) | CASE_BIT) !== letters[index]) return false;
  }
  return true;
}

function findColon({ text, words }: WordSearch, pair: number): void {
  const at = colonAt(text, pair);
  if (at >= 0) insertMark(words, { word: '::', at });
}

/** Two that share characters may be seen the second first. */
function insertMark(marks: WordMark[], mark: WordMark): void {
  let index = marks.length;
  while (index > 0 && (marks[index - 1]?.at ?? 0) > mark.at) index -= 1;
  if (index === marks.length) marks.push(mark);
  else marks.splice(index, 0, mark);
}

const COLON = 0x3a;
const GROUP_CHARS_MAX = 4;

/** The colon of the pair, if another one stands near it with nothing but hexadecimal digits between them; else -1. */
function colonAt(text: string, pair: number): number {
  const colon = text.charCodeAt(pair) === COLON ? pair : pair + 1;
  return hasColonNear(text, colon, 1) || hasColonNear(text, colon, -1) ? colon : -1;
}

function hasColonNear(text: string, colon: number, step: 1 | -1): boolean {
  for (let distance = 1; distance <= GROUP_CHARS_MAX + 1; distance += 1) {
    const code = text.charCodeAt(colon + distance * step);
    if (code === COLON) return true;
    if (!isHexDigit(code)) return false;
  }
  return false;
}

function isHexDigit(code: number): boolean {
  const letter = code | CASE_BIT;
  return (code >= 0x30 && code <= 0x39) || (letter >= 0x61 && letter <= 0x66);
}
