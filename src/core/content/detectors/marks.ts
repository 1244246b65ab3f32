import { findWords, type WordMark } from './anchor-words.ts';
import { findNumbers, type NumberMark } from './number-marks.ts';
import { type CodesRoom, readCodes, type TextCodes } from './text-codes.ts';
import { findTokenRuns, type TokenRuns } from './token-runs.ts';

/** Where in a text something could be found at all. Detectors look there and nowhere else. */
export interface Marks {
  readonly codes: TextCodes;
  readonly runs: TokenRuns;
  readonly words: readonly WordMark[];
  /** Whether there is any of `CONTROL_RANGES`. */
  readonly hasControls: boolean;
  /** None where nobody asks for them, like `::` among the words. */
  readonly numbers: readonly NumberMark[];
}

interface MarkOptions {
  readonly withNumbers: boolean;
  readonly room: CodesRoom;
}

/** All that is looked for in every character of a text. */
export function findMarks(text: string, { withNumbers, room }: MarkOptions): Marks {
  const codes = readCodes(text, room);
  const { words, hasControls } = findWords(text, codes, withNumbers);
  return {
    codes,
    runs: findTokenRuns(codes),
    words,
    hasControls,
    numbers: withNumbers ? findNumbers(codes) : NONE,
  };
}

const NONE: readonly NumberMark[] = [];
