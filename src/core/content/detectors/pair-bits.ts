import { CONTROL_RANGES, PAIR_NUMBERS, pairNumber } from './text-codes.ts';
import { TOKEN_CHARACTER } from './token-runs.ts';
import { WINDOWS } from './word-windows.ts';

/** The bits below these are those of the groups of `WINDOWS`. What these say holds whatever the second pair is. */
export const COLON_BIT: number = 1 << 14;
export const CONTROL_BIT: number = 1 << 15;
/** All that two pairs may have in common: the bits of the first pair, and those of the second one shifted by so many. */
export const COMMON_BITS = 0xffff;
export const SECOND_SHIFT = 16;
/** Both are characters of tokens. In the upper half, where its bit in the lower one is that of nothing. */
export const RUN_BIT: number = 1 << 29;

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
  add(RUN_BIT, TOKEN, TOKEN);
  add((COLON_BIT | CONTROL_BIT) << SECOND_SHIFT, ANY, ANY);
  return bits;
}

const ANY: readonly number[] = Array.from({ length: 256 }, (_, code) => code);
const CONTROLS: readonly number[] = codesOf(new RegExp(`[${CONTROL_RANGES}]`));
const COLON: readonly number[] = codesOf(/:/);
const HEX: readonly number[] = codesOf(/[0-9A-Fa-f]/);
const TOKEN: readonly number[] = codesOf(TOKEN_CHARACTER);

/** Of a character of the word, in either case; outside of it any. */
function codesAt(word: string, at: number): readonly number[] {
  const char = word.charAt(at);
  return char === '' ? ANY : [...new Set([char.charCodeAt(0), char.toUpperCase().charCodeAt(0)])];
}

function codesOf(characters: RegExp): readonly number[] {
  return ANY.filter((code) => code < 128 && characters.test(String.fromCharCode(code)));
}
