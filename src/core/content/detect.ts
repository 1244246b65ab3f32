import type { DataClass, Detector } from './detectors/detector.ts';
import { findMarks } from './detectors/marks.ts';
import { unfoldText } from './unfold-text.ts';

/** Something found in a text. It says where and what, and never holds the value. Offsets are UTF-16 code units. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly detector: string;
  readonly class: DataClass;
  /** In JSON: stands outside of strings, so that its marker needs quotes. */
  readonly isBare?: true;
}

/** A token in base64 in a URL in JSON in a text: people do that. What is folded more often is not looked into. */
const UNFOLD_DEPTH_MAX = 3;
/** No detector finds anything shorter. */
const FIND_CHARS_MIN = 6;

/**
 * Everything that the detectors find in the text and in what it holds in an encoded form, in order and without overlaps: where two
 * overlap they become one, under the name of the longer. Takes time in proportion to the text.
 */
export function detect(text: string, detectors: readonly Detector[]): readonly Span[] {
  const search: Search = {
    detectors,
    withNumbers: detectors.some(({ class: kind }) => kind !== 'secret'),
    spans: [],
    seen: new Set(),
    charsLeft: UNFOLD_FACTOR_MAX * text.length + UNFOLD_CHARS_MIN,
  };
  detectInto(search, text, 0, (start, end) => [start, end]);
  const { spans } = search;
  if (search.charsLeft < 0) return [{ start: 0, end: text.length, detector: UNSCANNED, class: 'secret' }];
  return spans.length < 2 ? spans : mergeSpans(spans);
}

/** Stands for a text that is folded into itself so often that looking into all of it would take too long. Nothing of it is shown. */
export const UNSCANNED = 'unscanned';

/** All that is unfolded from a text may be this many times as long as the text. */
const UNFOLD_FACTOR_MAX = 6;
const UNFOLD_CHARS_MIN = 1024;

type ToOriginal = (start: number, end: number) => readonly [number, number];

interface Search {
  readonly detectors: readonly Detector[];
  readonly withNumbers: boolean;
  readonly spans: Span[];
  readonly seen: Set<string>;
  charsLeft: number;
}

function detectInto(search: Search, text: string, depth: number, toOriginal: ToOriginal): void {
  if (text.length < FIND_CHARS_MIN) return;
  const marks = findMarks(text, search);
  for (const { find, name, class: kind } of search.detectors) {
    const report = (from: number, to: number, detector = name): void => {
      const [start, end] = toOriginal(from, to);
      search.spans.push({ start, end, detector, class: kind });
    };
    find(text, report, marks);
  }
  if (depth === UNFOLD_DEPTH_MAX) return;
  for (const inner of unfoldText(text, marks)) {
    // What is escaped in two ways reads the same in whichever order they are undone.
    if (search.seen.has(inner.text)) continue;
    search.seen.add(inner.text);
    search.charsLeft -= inner.text.length;
    if (search.charsLeft < 0) return;
    detectInto(search, inner.text, depth + 1, (start, end) => toOriginal(...inner.spanOf(start, end)));
  }
}

/** In order and without overlaps. */
export function mergeSpans(spans: readonly Span[]): readonly Span[] {
  const sorted = spans.toSorted((a, b) => a.start - b.start || b.end - a.end);
  const merged: Span[] = [];
  for (const span of sorted) {
    const last = merged.at(-1);
    if (last === undefined || span.start >= last.end) {
      merged.push(span);
      continue;
    }
    const longer = span.end - span.start > last.end - last.start ? span : last;
    merged[merged.length - 1] = { ...longer, start: last.start, end: Math.max(last.end, span.end) };
  }
  return merged;
}
