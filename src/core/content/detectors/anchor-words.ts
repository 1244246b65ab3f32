import { PAIR_NUMBERS, pairNumber, type TextCodes } from './text-codes.ts';

/**
 * The words that detectors look behind or before, whatever the case of their letters. `::` stands for two colons with at most four
 * hexadecimal digits between them. All are looked for at once: nearly no text has any, and to look for none is most of what detectors cost.
 */
export type AnchorWord = (typeof WORDS)[number] | '::';

export interface WordMark {
  readonly word: AnchorWord;
  /** Where the word begins; of two colons, one of them. */
  readonly at: number;
}

const WORDS = [
  'pass',
  'pwd',
  'secret',
  'token',
  'key',
  'auth',
  'cookie',
  'session',
  'credential',
  'jwt',
  'bearer',
  'otp',
  'connection',
  'access',
  'psk',
  'value',
  'mysql',
  'mariadb',
  'sshpass',
  'redis-cli',
  'identified',
  'curl',
  'oracle',
] as const;

/**
 * Every anchor in the text, in order. The text is read in pairs of characters: a word of three characters or more has one of two pairs
 * that follow each other in it, whether it begins at an even place or at an odd one. Eight characters a turn, because hardly any turn
 * has one. `withColons`: also `::`, which stands for much that is none in JSON.
 */
export function findWords(text: string, { pairs, length }: TextCodes, withColons: boolean): readonly WordMark[] {
  const lists = withColons ? ALL_LIST_NUMBERS : LIST_NUMBERS;
  const marks: WordMark[] = [];
  const count = length >> 1;
  let index = 0;
  for (const last = count - 3; index < last; index += 4) {
    const first = lists[pairs[index] ?? 0] ?? 0;
    const second = lists[pairs[index + 1] ?? 0] ?? 0;
    const third = lists[pairs[index + 2] ?? 0] ?? 0;
    const fourth = lists[pairs[index + 3] ?? 0] ?? 0;
    if ((first | second | third | fourth) === 0) continue;
    if (first !== 0) findAtPair(text, 2 * index, first, marks);
    if (second !== 0) findAtPair(text, 2 * index + 2, second, marks);
    if (third !== 0) findAtPair(text, 2 * index + 4, third, marks);
    if (fourth !== 0) findAtPair(text, 2 * index + 6, fourth, marks);
  }
  for (; index < count; index += 1) {
    const list = lists[pairs[index] ?? 0] ?? 0;
    if (list !== 0) findAtPair(text, 2 * index, list, marks);
  }
  return marks;
}

interface Candidate {
  readonly word: AnchorWord;
  /** Of its pair within the word. */
  readonly offset: number;
}

function findAtPair(text: string, pair: number, list: number, marks: WordMark[]): void {
  for (const { word, offset } of LISTS[list] ?? []) {
    const at = word === '::' ? colonAt(text, pair) : pair - offset;
    if (at >= 0 && (word === '::' || hasWord(text, at, word))) insertMark(marks, { word, at });
  }
}

/** Two that share characters may be seen the second first. */
function insertMark(marks: WordMark[], mark: WordMark): void {
  let index = marks.length;
  while (index > 0 && (marks[index - 1]?.at ?? 0) > mark.at) index -= 1;
  if (index === marks.length) marks.push(mark);
  else marks.splice(index, 0, mark);
}

const CASE_BIT = 0x20;

function hasWord(text: string, at: number, word: string): boolean {
  for (let index = 0; index < word.length; index += 1) {
    if ((text.charCodeAt(at + index) | CASE_BIT) !== word.charCodeAt(index)) return false;
  }
  return true;
}

const COLON = 0x3a;
const HEX = /[0-9A-Fa-f]/;
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

/** The pairs of letters that English has most of, the most frequent first. */
const COMMON: readonly string[] = (
  'th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro ic ne ea ra ce ' +
  'li ch ll be ma si om ur ca el ta la ns di fo ho pe ec pr no ct us ac ot il tr ly nc et ut ss so rs un lo wa ge ie wh ee wi em ad'
).split(' ');

/** By the number of a pair: that of the list of words that may stand there. */
const LIST_NUMBERS: Uint8Array = new Uint8Array(PAIR_NUMBERS);
const LISTS: Candidate[][] = [[]];

for (const word of WORDS) {
  const offset = rarestPair(word);
  addCandidate(word, offset);
  addCandidate(word, offset + 1);
}
/** The same, with what may be part of `::`. */
const ALL_LIST_NUMBERS: Uint8Array = LIST_NUMBERS.slice();
for (let code = 0; code < 128; code += 1) {
  const isHex = HEX.test(String.fromCharCode(code));
  if (!isHex && code !== COLON) continue;
  addPair(ALL_LIST_NUMBERS, COLON, code, { word: '::', offset: 0 });
  if (isHex) addPair(ALL_LIST_NUMBERS, code, COLON, { word: '::', offset: 0 });
}

function addCandidate(word: AnchorWord, offset: number): void {
  for (const first of casesOf(word.charAt(offset))) {
    for (const second of casesOf(word.charAt(offset + 1))) addPair(LIST_NUMBERS, first, second, { word, offset });
  }
}

function casesOf(char: string): ReadonlySet<number> {
  return new Set([char.charCodeAt(0), char.toUpperCase().charCodeAt(0)]);
}

function addPair(lists: Uint8Array, first: number, second: number, candidate: Candidate): void {
  const number = pairNumber(first, second);
  if (lists[number] === 0) lists[number] = LISTS.push([]) - 1;
  LISTS[lists[number] ?? 0]?.push(candidate);
}

/** Where in the word two pairs begin of which English has few: each costs a look wherever it stands. */
function rarestPair(word: string): number {
  const commonness = (offset: number): number => COMMON.indexOf(word.slice(offset, offset + 2)) + 1;
  const costs = Array.from({ length: word.length - 2 }, (_, at) => cost(commonness(at)) + cost(commonness(at + 1)));
  return costs.indexOf(Math.min(...costs));
}

function cost(rank: number): number {
  return rank === 0 ? 0 : 1 / (rank + 20);
}
