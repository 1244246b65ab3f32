import { CONTROL_RANGES, PAIR_NUMBERS, pairNumber } from './text-codes.ts';

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

/** The pairs of letters that English has most of, the most frequent first. */
const COMMON: readonly string[] = (
  'th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro ic ne ea ra ce ' +
  'li ch ll be ma si om ur ca el ta la ns di fo ho pe ec pr no ct us ac ot il tr ly nc et ut ss so rs un lo wa ge ie wh ee wi em ad'
).split(' ');
const ONE_LETTER = 0.04;
const RARE = 0.004;

const ANY: readonly number[] = Array.from({ length: 256 }, (_, code) => code);
const CONTROLS: readonly number[] = codesOf(new RegExp(`[${CONTROL_RANGES}]`));
const COLON: readonly number[] = codesOf(/:/);
const HEX: readonly number[] = codesOf(/[0-9A-Fa-f]/);

export type Word = (typeof WORDS)[number];

/**
 * Two pairs that follow each other in a text which is read in pairs, at least three characters of them of one word. Each word has a window for
 * where it begins at an even place, and one for an odd place.
 */
export interface WordWindow {
  readonly word: Word;
  /** Of its letters. */
  readonly codes: Uint8Array;
  /** Where in the word the window begins; -1: one character before it. */
  readonly offset: number;
}

/** What else two pairs may be the beginning of, whatever the second one is: a colon near another one, a control character. */
export const COLON_BIT: number = 1 << 14;
export const CONTROL_BIT: number = 1 << 15;
const WORD_GROUPS = 14;
export const ALL_BITS = 0xffff;
const SECOND_SHIFT = 16;

/** The windows in groups. Each group has one bit, by its number. */
export const WINDOWS: readonly (readonly WordWindow[])[] = groupWindows();
function groupWindows(): readonly (readonly WordWindow[])[] {
  const groups = Array.from({ length: WORD_GROUPS }, () => ({ windows: Array<WordWindow>(), first: 0, second: 0 }));
  const windows = WORDS.flatMap((word) => [rarestWindow(word, 0), rarestWindow(word, 1)]);
  for (const window of windows.toSorted((a, b) => commonness(b) - commonness(a))) {
    const first = commonnessAt(window.word, window.offset);
    const second = commonnessAt(window.word, window.offset + 2);
    // Any first pair of a group may stand before any second one: how much more often that happens with this window among them.
    const added = groups.map((group) => (group.first + first) * (group.second + second) - group.first * group.second);
    const group = groups[added.indexOf(Math.min(...added))];
    if (group === undefined) continue;
    group.windows.push(window);
    group.first += first;
    group.second += second;
  }
  return groups.map((group) => group.windows);
}

/** `parity`: of the place where the word begins. */
function rarestWindow(word: Word, parity: 0 | 1): WordWindow {
  const codes = Uint8Array.from(word, (letter) => letter.charCodeAt(0));
  const windows: WordWindow[] = [];
  for (let offset = parity === 1 ? -1 : 0; offset <= word.length - 3; offset += 2)
    windows.push({ word, codes, offset });
  return windows.reduce((rarest, window) => (commonness(window) < commonness(rarest) ? window : rarest));
}

function commonness({ word, offset }: WordWindow): number {
  return commonnessAt(word, offset) * commonnessAt(word, offset + 2);
}

/** About how often a pair of the word stands in English. */
function commonnessAt(word: string, at: number): number {
  if (at < 0 || at + 1 === word.length) return ONE_LETTER;
  const rank = COMMON.indexOf(word.slice(at, at + 2));
  return rank === -1 ? RARE : 1 / (rank + 21);
}

/**
 * By the number of a pair the bits of what it may be the first pair of, and in the upper half of what it may be the second pair of. Two pairs
 * that follow each other hardly ever have a bit in common where nothing stands.
 */
export function createPairBits(): Int32Array {
  const bits = new Int32Array(PAIR_NUMBERS);
  const add = (added: number, firsts: readonly number[], seconds: readonly number[]): void => {
    for (const first of firsts) {
      for (const second of seconds) {
        const number = pairNumber(first, second);
        bits[number] = (bits[number] ?? 0) | added;
      }
    }
  };
  for (const [group, windows] of WINDOWS.entries()) {
    for (const { word, offset } of windows) {
      add(1 << group, codesAt(word, offset), codesAt(word, offset + 1));
      add(1 << (group + SECOND_SHIFT), codesAt(word, offset + 2), codesAt(word, offset + 3));
    }
  }
  add(COLON_BIT, COLON, [...COLON, ...HEX]);
  add(COLON_BIT, HEX, COLON);
  add(CONTROL_BIT, CONTROLS, ANY);
  add(CONTROL_BIT, ANY, CONTROLS);
  add((COLON_BIT | CONTROL_BIT) << SECOND_SHIFT, ANY, ANY);
  return bits;
}

/** Of a character of the word, in either case; outside of it any. */
function codesAt(word: string, at: number): readonly number[] {
  const char = word.charAt(at);
  return char === '' ? ANY : [...new Set([char.charCodeAt(0), char.toUpperCase().charCodeAt(0)])];
}

function codesOf(characters: RegExp): readonly number[] {
  return ANY.filter((code) => code < 128 && characters.test(String.fromCharCode(code)));
}
