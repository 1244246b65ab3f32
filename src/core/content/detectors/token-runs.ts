import { type CharacterClass, characterClass, isIn, type TextCodes } from './text-codes.ts';

/** Stretches of a text: the start and the end of the first, of the second, and so on. */
export type TokenRuns = readonly number[];

/** The shortest token that is told by its form. */
const RUN_CHARS_MIN = 13;
/** What tokens consist of, and encodings of them. */
const TOKEN_CHARACTERS = characterClass(/[A-Za-z0-9_.~+/:=$!|-]/);

/**
 * Every stretch of characters of tokens that is as long as a token. What is looked at first is where the shortest one would end, then
 * backwards: in ordinary text many characters are never looked at.
 */
export function findTokenRuns({ codes, length }: TextCodes): TokenRuns {
  const runs: number[] = [];
  let start = 0;
  let wanted = RUN_CHARS_MIN - 1;
  while (wanted < length) {
    let at = wanted;
    while (at >= start && TOKEN_CHARACTERS[codes[at] ?? 0] === 1) at -= 1;
    if (at >= start) {
      start = at + 1;
      wanted = at + RUN_CHARS_MIN;
      continue;
    }
    let end = wanted + 1;
    while (end < length && TOKEN_CHARACTERS[codes[end] ?? 0] === 1) end += 1;
    runs.push(start, end);
    start = end + 1;
    wanted = end + RUN_CHARS_MIN;
  }
  return runs;
}

/** Calls `visit` for every stretch of at least `charsMin` characters of the class within the runs. All of it are characters of tokens. */
export function visitStretches(
  { codes }: TextCodes,
  runs: TokenRuns,
  members: CharacterClass,
  charsMin: number,
  visit: (start: number, end: number) => void,
): void {
  for (let index = 0; index < runs.length; index += 2) {
    const end = runs[index + 1] ?? 0;
    let start = runs[index] ?? end;
    while (end - start >= charsMin) {
      // What does not go on as far as it must is left at its last character that is not one of them.
      let at = start + charsMin - 1;
      while (at >= start && isIn(members, codes[at] ?? 0)) at -= 1;
      if (at >= start) {
        start = at + 1;
        continue;
      }
      let stop = start + charsMin;
      while (stop < end && isIn(members, codes[stop] ?? 0)) stop += 1;
      visit(start, stop);
      start = stop + 1;
    }
  }
}
