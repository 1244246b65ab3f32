import { findAtPair, type WordMark, type WordSearch } from './anchor-words.ts';
import { COLON_BIT, COMMON_BITS, CONTROL_BIT, createPairBits, RUN_BIT, SECOND_SHIFT } from './pair-bits.ts';
import { pairNumber, type TextCodes } from './text-codes.ts';
import { addRunAround, addRunsFrom, type RunSearch, type TokenRuns } from './token-runs.ts';

/** What is found by looking at every pair of characters once. */
export interface ScannedPairs {
  /** Every anchor, in order. */
  readonly words: readonly WordMark[];
  readonly runs: TokenRuns;
  /** Whether there is any of `CONTROL_RANGES`. */
  readonly hasControls: boolean;
}

/** Here, because the engine knows the length of what is made in the same module, and need not compare a pair with it. */
const PAIR_BITS: Int32Array = createPairBits();
const SECOND: number = SECOND_SHIFT;

/** `withColons`: also the anchor `::`, which stands for much that is none in JSON. */
export function scanPairs(text: string, codes: TextCodes, withColons: boolean): ScannedPairs {
  const words: WordSearch = { text, codes, words: [], hasControls: false };
  const runs: RunSearch = { runs: [], done: 0 };
  const { pairs, length } = codes;
  const last = (length >> 1) - TURN_PAIRS;
  let turn = 1;
  while (turn <= last) {
    const wanted = wantedBits(withColons, words.hasControls);
    // Within a run there is no other one.
    const isInRun = 2 * turn + LONG_RUN_CHARS < runs.done;
    const end = isInRun ? Math.min(last, (runs.done - 1) >> 1) : last;
    turn = nextTurn(pairs, turn, end, isInRun ? wanted : wanted | RUN_BIT);
    if (turn > end) continue;
    findInTurn(words, turn, wanted);
    if (2 * turn >= runs.done && isOfRun(pairs, turn)) addRunAround(runs, codes, 2 * turn);
    turn += TURN_PAIRS;
  }
  addRunsFrom(runs, codes, 2 * (turn - RUN_PAIRS));
  findAtEnd(words, turn, wantedBits(withColons, false));
  return { words: words.words, runs: runs.runs, hasControls: words.hasControls };
}

/** A rest of a run that is worth a search of its own. */
const LONG_RUN_CHARS = 32;

function isOfRun(pairs: Uint16Array, turn: number): boolean {
  return ((PAIR_BITS[pairs[turn] as number] as number) & RUN_BIT) !== 0;
}

/** One control character is enough. */
function wantedBits(withColons: boolean, hasControls: boolean): number {
  return COMMON_BITS & ~(withColons ? 0 : COLON_BIT) & ~(hasControls ? CONTROL_BIT : 0);
}

/** In so many pairs hardly ever anything is found. */
const TURN_PAIRS = 4;
/**
 * So many whole pairs are in the shortest run, wherever it begins. So it has two halves of turns that follow each other, and the pair before
 * them: five pairs in a row, which few words have.
 */
const RUN_PAIRS = 6;

/**
 * The first pair of the next turn, from `start` on, in which a pair and the one before it have a wanted bit in common, or five pairs up to
 * the end of a half are of a run. Beyond `last`, where there is none. Nothing else is in this loop, which is most of what it costs to find nothing.
 */
function nextTurn(pairs: Uint16Array, start: number, last: number, wanted: number): number {
  const common = wanted & COMMON_BITS;
  const run = wanted & ~COMMON_BITS;
  let before = PAIR_BITS[pairs[start - 1] as number] as number;
  let threeBefore =
    start === 1
      ? 0
      : before & (PAIR_BITS[pairs[start - 2] as number] as number) & (PAIR_BITS[pairs[start - 3] as number] as number);
  let turn = start;
  for (; turn <= last; turn += TURN_PAIRS) {
    const first = PAIR_BITS[pairs[turn] as number] as number;
    const second = PAIR_BITS[pairs[turn + 1] as number] as number;
    const third = PAIR_BITS[pairs[turn + 2] as number] as number;
    const fourth = PAIR_BITS[pairs[turn + 3] as number] as number;
    const half = third & fourth;
    const found =
      (before & (first >> SECOND)) |
      (first & (second >> SECOND)) |
      (second & (third >> SECOND)) |
      (third & (fourth >> SECOND));
    if (((found & common) | (first & second & (threeBefore | (half & before)) & run)) !== 0) break;
    before = fourth;
    threeBefore = second & half;
  }
  return turn;
}

function findInTurn(search: WordSearch, turn: number, wanted: number): void {
  const { pairs } = search.codes;
  let before = PAIR_BITS[pairs[turn - 1] as number] as number;
  for (let index = turn; index < turn + TURN_PAIRS; index += 1) {
    const bits = PAIR_BITS[pairs[index] as number] as number;
    const common = before & (bits >> SECOND) & wanted;
    if (common !== 0) findAtPair(search, 2 * (index - 1), common);
    before = bits;
  }
}

/** The last pairs, also one of which the second character lies behind the text. */
function findAtEnd(search: WordSearch, start: number, wanted: number): void {
  let before = bitsAt(search.codes, start - 1);
  for (let index = start; 2 * index < search.codes.length + 2; index += 1) {
    const bits = bitsAt(search.codes, index);
    const common = before & (bits >> SECOND) & wanted;
    if (common !== 0) findAtPair(search, 2 * (index - 1), common);
    before = bits;
  }
}

/** Of the pair with this number. What stands behind the text, in the same room, is of another one. */
function bitsAt({ codes, pairs, length }: TextCodes, index: number): number {
  const at = 2 * index;
  if (at + 1 < length) return PAIR_BITS[pairs[index] ?? 0] ?? 0;
  return PAIR_BITS[pairNumber(at < length ? (codes[at] ?? BLANK) : BLANK, BLANK)] ?? 0;
}

const BLANK = 0x20;
