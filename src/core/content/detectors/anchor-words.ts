import { pairNumber, type TextCodes } from './text-codes.ts';
import {
  ALL_BITS,
  COLON_BIT,
  CONTROL_BIT,
  createPairBits,
  type Word,
  WINDOWS,
  type WordWindow,
} from './word-windows.ts';

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

export interface FoundWords {
  /** In order. */
  readonly words: readonly WordMark[];
  /** Whether there is any of `CONTROL_RANGES`: every pair is looked at anyhow. */
  readonly hasControls: boolean;
}

/** By the number of a pair, what it may be part of. Here, because the engine knows the length of what is made in the same module. */
const PAIR_BITS: Int32Array = createPairBits();
const SECOND = 16;

/** Every anchor in the text. `withColons`: also `::`, which stands for much that is none in JSON. */
export function findWords(text: string, codes: TextCodes, withColons: boolean): FoundWords {
  const wanted = withColons ? ALL_BITS : ALL_BITS & ~COLON_BIT;
  const search: WordSearch = { text, codes, wanted, words: [], hasControls: false };
  const { pairs, length } = codes;
  const last = (length >> 1) - TURN_PAIRS;
  let turn = nextTurn(pairs, 1, last, wanted);
  while (turn <= last) {
    findInTurn(search, turn);
    turn = nextTurn(pairs, turn + TURN_PAIRS, last, search.wanted);
  }
  for (; 2 * turn < length + 2; turn += TURN_PAIRS) findInTurn(search, turn);
  return search;
}

/** Hardly ever one of so many pairs has a bit in common with the one before it. */
const TURN_PAIRS = 4;

/**
 * The first pair of the next turn in which one has, from `start` on; beyond `last`, where there is none. Nothing else is in this loop, which
 * is most of what it costs to find nothing.
 */
function nextTurn(pairs: Uint16Array, start: number, last: number, wanted: number): number {
  let before = PAIR_BITS[pairs[start - 1] as number] as number;
  let turn = start;
  for (; turn <= last; turn += TURN_PAIRS) {
    const first = PAIR_BITS[pairs[turn] as number] as number;
    const second = PAIR_BITS[pairs[turn + 1] as number] as number;
    const third = PAIR_BITS[pairs[turn + 2] as number] as number;
    const fourth = PAIR_BITS[pairs[turn + 3] as number] as number;
    const common =
      (before & (first >> SECOND)) |
      (first & (second >> SECOND)) |
      (second & (third >> SECOND)) |
      (third & (fourth >> SECOND));
    if ((common & wanted) !== 0) break;
    before = fourth;
  }
  return turn;
}

function findInTurn(search: WordSearch, turn: number): void {
  let before = bitsAt(search.codes, turn - 1);
  for (let index = turn; index < turn + TURN_PAIRS; index += 1) {
    const bits = bitsAt(search.codes, index);
    const common = before & (bits >> SECOND) & search.wanted;
    if (common !== 0) findAtPair(search, 2 * (index - 1), common);
    before = bits;
  }
}

interface WordSearch extends FoundWords {
  readonly text: string;
  readonly codes: TextCodes;
  wanted: number;
  readonly words: WordMark[];
  hasControls: boolean;
}

/** Of the pair with this number. What stands behind the text, in the same room, is of another one. */
function bitsAt({ codes, pairs, length }: TextCodes, index: number): number {
  const at = 2 * index;
  if (at + 1 < length) return PAIR_BITS[pairs[index] ?? 0] ?? 0;
  return PAIR_BITS[pairNumber(at < length ? (codes[at] ?? BLANK) : BLANK, BLANK)] ?? 0;
}

/** `bits`: what the pair at this place and the next one have in common. */
function findAtPair(search: WordSearch, pair: number, bits: number): void {
  for (let rest = bits; rest !== 0; rest &= rest - 1) {
    const number = 31 - Math.clz32(rest & -rest);
    const windows = WINDOWS[number];
    if (windows !== undefined) findWindow(search, pair, windows);
    else if (1 << number === COLON_BIT) findColon(search, pair);
    else {
      search.hasControls = true;
      search.wanted &= ~CONTROL_BIT;
    }
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
const BLANK = 0x20;
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
