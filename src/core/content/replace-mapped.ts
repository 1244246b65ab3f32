import type { UnfoldedText } from './unfold-text.ts';

/** Replaces every match, and remembers where each character of the outcome comes from. `null`: it reads as it stands. */
export function replaceMapped(
  text: string,
  pattern: RegExp,
  replacement: (match: string) => string,
): UnfoldedText | null {
  const pieces: string[] = [];
  const matches: Matches = { plainStarts: [], plainEnds: [], starts: [], ends: [] };
  let plain = 0;
  let last = 0;
  pattern.lastIndex = 0;
  for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
    const [match] = found;
    const piece = replacement(match);
    // In a text of another script most letters are what they look like.
    if (piece === match) continue;
    if (found.index > last) pieces.push(text.slice(last, found.index));
    if (piece !== '') pieces.push(piece);
    plain += found.index - last;
    matches.plainStarts.push(plain);
    plain += piece.length;
    last = found.index + match.length;
    matches.plainEnds.push(plain);
    matches.starts.push(found.index);
    matches.ends.push(last);
  }
  if (last === 0) return null;
  pieces.push(text.slice(last));
  return {
    text: pieces.join(''),
    spanOf: (start, end) => [originOf(matches, start)[0], originOf(matches, end - 1)[1]],
  };
}

/** Where each match begins and ends, in the outcome and in the text. What lies between two is the same in both. */
interface Matches {
  readonly plainStarts: number[];
  readonly plainEnds: number[];
  readonly starts: number[];
  readonly ends: number[];
}

/** Of one character of the outcome. What came of a match comes of all of it. */
function originOf({ plainStarts, plainEnds, starts, ends }: Matches, index: number): readonly [number, number] {
  const match = lastUpTo(plainStarts, index);
  const behind = index - (plainEnds[match] ?? 0);
  if (behind < 0) return [starts[match] ?? 0, ends[match] ?? 0];
  const at = (ends[match] ?? 0) + behind;
  return [at, at + 1];
}

/** -1 where all are greater. */
function lastUpTo(sorted: readonly number[], value: number): number {
  let low = -1;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((sorted[middle] ?? 0) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
