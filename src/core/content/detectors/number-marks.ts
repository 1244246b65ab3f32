import type { TextCodes } from './text-codes.ts';

/** Digits that belong together, with single blanks, hyphens or full stops between them: as many of them as there are in a row. */
export interface NumberMark {
  readonly start: number;
  readonly end: number;
  readonly digits: number;
  readonly stops: number;
  readonly hyphens: number;
}

/**
 * What spans fewer characters is no number of a person, a card or a machine. Of two characters of such a number that stand next to each
 * other one is a digit, and so are the first and the last: it is enough to look at two of every seven.
 */
const NUMBER_CHARS_MIN = 7;

/** Every such number, in order. */
export function findNumbers({ codes, length }: TextCodes): readonly NumberMark[] {
  const marks: NumberMark[] = [];
  const last = length - 1;
  let done = 0;
  for (let at = 0; at < last; ) {
    if (!isDigit(codes[at] ?? 0) && !isDigit(codes[at + 1] ?? 0)) {
      at += NUMBER_CHARS_MIN;
      continue;
    }
    let start = isDigit(codes[at] ?? 0) ? at : at + 1;
    while (start > done) {
      if (isDigit(codes[start - 1] ?? 0)) start -= 1;
      else if (start > 1 && isSign(codes[start - 1] ?? 0) && isDigit(codes[start - 2] ?? 0)) start -= 2;
      else break;
    }
    const mark = numberFrom(codes, start, length);
    if (mark.end - start >= NUMBER_CHARS_MIN) marks.push(mark);
    done = mark.end;
    at = mark.end;
  }
  return marks;
}

function numberFrom(codes: Uint8Array, start: number, length: number): NumberMark {
  let digits = 0;
  let stops = 0;
  let hyphens = 0;
  let end = start;
  for (; end < length; end += 1) {
    const code = codes[end] ?? 0;
    if (isDigit(code)) digits += 1;
    else if (!isSign(code) || end + 1 >= length || !isDigit(codes[end + 1] ?? 0)) break;
    else if (code === STOP) stops += 1;
    else if (code === HYPHEN) hyphens += 1;
  }
  return { start, end, digits, stops, hyphens };
}

const BLANK = 0x20;
const HYPHEN = 0x2d;
const STOP = 0x2e;

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isSign(code: number): boolean {
  return code === BLANK || code === HYPHEN || code === STOP;
}

/** Every match in a number, with the characters around it that a pattern may ask for. `pattern` is global. */
export function matchesIn(text: string, { start, end }: NumberMark, pattern: RegExp): readonly MatchInNumber[] {
  const from = Math.max(0, start - 1);
  const window = text.slice(from, end + 2);
  const matches: MatchInNumber[] = [];
  pattern.lastIndex = 0;
  for (let found = pattern.exec(window); found !== null; found = pattern.exec(window)) {
    matches.push({ start: from + found.index, end: from + pattern.lastIndex, value: found[0] });
  }
  return matches;
}

export interface MatchInNumber {
  readonly start: number;
  readonly end: number;
  readonly value: string;
}
