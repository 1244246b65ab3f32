/** The characters that may stand in a class, by their code; everything beyond ASCII is outside of all. */
export type CharacterClass = Uint8Array;

export function characterClass(characters: RegExp): CharacterClass {
  return Uint8Array.from({ length: 128 }, (_, code) => (characters.test(String.fromCharCode(code)) ? 1 : 0));
}

export function isIn(members: CharacterClass, code: number): boolean {
  return code < 128 && members[code] === 1;
}

/**
 * Calls `visit` for every stretch of at least `charsMin` characters of the class. A stretch of that length covers a place that is a
 * multiple of it, so in ordinary text most characters are never looked at.
 */
export function visitRuns(
  text: string,
  members: CharacterClass,
  charsMin: number,
  visit: (start: number, end: number) => void,
): void {
  let at = charsMin - 1;
  let done = 0;
  while (at < text.length) {
    if (!isIn(members, text.charCodeAt(at))) {
      at += charsMin;
      continue;
    }
    let start = at;
    while (start > done && isIn(members, text.charCodeAt(start - 1))) start -= 1;
    let end = at + 1;
    while (end < text.length && isIn(members, text.charCodeAt(end))) end += 1;
    if (end - start >= charsMin) visit(start, end);
    done = end;
    at = end + charsMin;
  }
}
