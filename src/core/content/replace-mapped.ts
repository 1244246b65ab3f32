import type { UnfoldedText } from './unfold-text.ts';

/** Replaces every match of a pattern without groups, and remembers where each character of the outcome comes from. `null`: it reads as it stands. */
export function replaceMapped(
  text: string,
  pattern: RegExp,
  replacement: (match: string) => string,
): UnfoldedText | null {
  const matches: Matches = { plainStarts: [], plainEnds: [], starts: [], ends: [] };
  // How much shorter the outcome is so far.
  let shift = 0;
  const plain = text.replace(pattern, (match: string, start: number) => {
    const piece = replacement(match);
    // In a text of another script most letters are what they look like.
    if (piece === match) return match;
    matches.starts.push(start);
    matches.ends.push(start + match.length);
    matches.plainStarts.push(start - shift);
    shift += match.length - piece.length;
    matches.plainEnds.push(start + match.length - shift);
    return piece;
  });
  if (matches.starts.length === 0) return null;
  return {
    text: plain,
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
