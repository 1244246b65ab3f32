/** The characters that may stand in a class, by their code; everything beyond ASCII is outside of all. */
export type CharacterClass = Uint8Array;

export function characterClass(characters: RegExp): CharacterClass {
  return Uint8Array.from({ length: 128 }, (_, code) => (characters.test(String.fromCharCode(code)) ? 1 : 0));
}

export function isIn(members: CharacterClass, code: number): boolean {
  return code < 128 && members[code] === 1;
}

/** Stretches of a text: the start and the end of the first, of the second, and so on. */
export type TokenRuns = readonly number[];

/** The shortest token that is told by its form. */
const RUN_CHARS_MIN = 13;
/** What tokens consist of, and encodings of them. */
const TOKEN_CHARACTERS = characterClass(/[A-Za-z0-9_.~+/:=$!|-]/);

/**
 * Every stretch of characters of tokens that is as long as a token. A stretch of that length covers a place that is a multiple of it, so
 * in ordinary text many characters are never looked at.
 */
export function findTokenRuns(text: string): TokenRuns {
  const runs: number[] = [];
  let at = RUN_CHARS_MIN - 1;
  let done = 0;
  while (at < text.length) {
    if (!isIn(TOKEN_CHARACTERS, text.charCodeAt(at))) {
      at += RUN_CHARS_MIN;
      continue;
    }
    let start = at;
    while (start > done && isIn(TOKEN_CHARACTERS, text.charCodeAt(start - 1))) start -= 1;
    let end = at + 1;
    while (end < text.length && isIn(TOKEN_CHARACTERS, text.charCodeAt(end))) end += 1;
    if (end - start >= RUN_CHARS_MIN) runs.push(start, end);
    done = end;
    at = end + RUN_CHARS_MIN;
  }
  return runs;
}

/** Calls `visit` for every stretch of at least `charsMin` characters of the class within the runs. All of it are characters of tokens. */
export function visitStretches(
  text: string,
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
      while (at >= start && isIn(members, text.charCodeAt(at))) at -= 1;
      if (at >= start) {
        start = at + 1;
        continue;
      }
      let stop = start + charsMin;
      while (stop < end && isIn(members, text.charCodeAt(stop))) stop += 1;
      visit(start, stop);
      start = stop + 1;
    }
  }
}
