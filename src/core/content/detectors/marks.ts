import { findNumbers, type NumberMark } from './number-marks.ts';
import { type ScannedPairs, scanPairs } from './scan-pairs.ts';
import { type CodesRoom, readCodes, type TextCodes } from './text-codes.ts';

/** Where in a text something could be found at all. Detectors look there and nowhere else. */
export interface Marks extends ScannedPairs {
  readonly codes: TextCodes;
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
  return {
    codes,
    ...scanPairs(text, codes, withNumbers),
    numbers: withNumbers ? findNumbers(codes) : NONE,
  };
}

const NONE: readonly NumberMark[] = [];
