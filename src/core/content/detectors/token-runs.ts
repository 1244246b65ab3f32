import { type CharacterClass, characterClass, isIn, type TextCodes } from './text-codes.ts';

/** Stretches of a text: the start and the end of the first, of the second, and so on. */
export type TokenRuns = readonly number[];

/** The shortest token that is told by its form. */
const RUN_CHARS_MIN = 13;
/** What tokens consist of, and encodings of them. */
export const TOKEN_CHARACTER: RegExp = /[A-Za-z0-9_.~+/:=$!|-]/;
const TOKEN_CHARACTERS = characterClass(TOKEN_CHARACTER);

/** A search for every stretch of characters of tokens that is as long as a token. */
export interface RunSearch {
  readonly runs: number[];
  /** What stands before has been looked at. The last character of that is none of tokens. */
  done: number;
}

/** Adds the stretch around a character of tokens, if it is long enough. */
export function addRunAround(search: RunSearch, { codes, length }: TextCodes, at: number): void {
  let start = at;
  while (start > search.done && TOKEN_CHARACTERS[codes[start - 1] ?? 0] === 1) start -= 1;
  let end = at + 1;
  while (end < length && TOKEN_CHARACTERS[codes[end] ?? 0] === 1) end += 1;
  if (end - start >= RUN_CHARS_MIN) search.runs.push(start, end);
  search.done = end + 1;
}

/** Adds those that reach beyond `from`. */
export function addRunsFrom(search: RunSearch, codes: TextCodes, from: number): void {
  for (let at = Math.max(from, search.done); at < codes.length; at = Math.max(at + 1, search.done)) {
    if (TOKEN_CHARACTERS[codes.codes[at] ?? 0] === 1) addRunAround(search, codes, at);
  }
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
