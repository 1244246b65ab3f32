import { finishSteps, type Steps } from '../steps.ts';
import type { DataClass, Detector } from './detectors/detector.ts';
import { findMarks, type Marks } from './detectors/marks.ts';
import { type CodesRoom, giveRoomBack, takeRoom } from './detectors/text-codes.ts';
import { unfoldText } from './unfold-text.ts';
import { createUnpackRoom, type UnpackRoom } from './unpack.ts';

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
  return finishSteps(detectInSteps(text, detectors, createUnpackRoom()));
}

/**
 * The same in steps. What takes long on a text is that it is full of places to look at, so there is one step for most texts, and for such a
 * text one for each detector and each reading. `unpackRoom`: shared by the searches in all parts of one result.
 */
export function* detectInSteps(
  text: string,
  detectors: readonly Detector[],
  unpackRoom: UnpackRoom,
): Steps<readonly Span[]> {
  const search: Search = {
    detectors,
    withNumbers: detectors.some(({ class: kind }) => kind !== 'secret'),
    // Others may search between two steps, also while a short text has much packed into it.
    room: takeRoom(),
    unpackRoom,
    spans: [],
    seen: new Map(),
    charsLeft: UNFOLD_FACTOR_MAX * text.length + UNFOLD_CHARS_MIN,
  };
  yield* detectInto(search, text, 0, (start, end) => [start, end]);
  giveRoomBack(search.room);
  const { spans } = search;
  if (search.charsLeft < 0) return [{ start: 0, end: text.length, detector: UNSCANNED, class: 'secret' }];
  return spans.length < 2 ? spans : mergeSpans(spans);
}

/**
 * Stands for a text that is folded into itself so often, or for a packed part that is so large, that looking into all of it would take too
 * long. Nothing of it is shown.
 */
export const UNSCANNED = 'unscanned';

/** All that is unfolded from a text may be this many times as long as the text. */
const UNFOLD_FACTOR_MAX = 6;
const UNFOLD_CHARS_MIN = 1024;

type ToOriginal = (start: number, end: number) => readonly [number, number];

interface Search {
  readonly detectors: readonly Detector[];
  readonly withNumbers: boolean;
  readonly room: CodesRoom;
  readonly unpackRoom: UnpackRoom;
  readonly spans: Span[];
  /** What was read, and where in the original it began. */
  readonly seen: Map<string, Set<number>>;
  charsLeft: number;
}

function* detectInto(search: Search, text: string, depth: number, toOriginal: ToOriginal): Steps<void> {
  if (text.length < FIND_CHARS_MIN) return;
  const marks = findMarks(text, search);
  const isDense = text.length > ONE_STEP_CHARS_MAX && placesIn(marks) * CHARS_PER_PLACE > text.length;
  for (const { find, name, class: kind } of search.detectors) {
    const report = (from: number, to: number, detector = name): void => {
      const [start, end] = toOriginal(from, to);
      search.spans.push({ start, end, detector, class: kind });
    };
    find(text, report, marks);
    if (isDense) yield;
  }
  if (depth === UNFOLD_DEPTH_MAX) return;
  const { texts, closed } = unfoldText(text, marks, search.unpackRoom);
  for (const span of closed) {
    const [start, end] = toOriginal(...span);
    search.spans.push({ start, end, detector: UNSCANNED, class: 'secret' });
  }
  for (const inner of texts) {
    if (text.length > ONE_STEP_CHARS_MAX) yield;
    const spanOf: ToOriginal = (start, end) => toOriginal(...inner.spanOf(start, end));
    // What is escaped in two ways reads the same in whichever order they are undone.
    if (hasSeen(search, inner.text, spanOf(0, inner.text.length)[0])) continue;
    // What was packed has room of its own, and may be encoded in itself as the text may.
    search.charsLeft += inner.isUnpacked === true ? inner.text.length : -inner.text.length;
    if (search.charsLeft < 0) return;
    yield* detectInto(search, inner.text, depth + 1, spanOf);
  }
}

/** At this place: the same may stand at another one, as a text and as structured content. */
function hasSeen({ seen }: Search, text: string, start: number): boolean {
  const starts = seen.get(text) ?? new Set();
  seen.set(text, starts);
  const isKnown = starts.has(start);
  starts.add(start);
  return isKnown;
}

/** A text that is not longer is looked at in one step, whatever it is. */
const ONE_STEP_CHARS_MAX = 16_384;
/** A text with more places than one in so many characters is full of them. */
const CHARS_PER_PLACE = 64;

/** A long run is as many places as it has room for the shortest tokens. */
function placesIn({ words, numbers, runs }: Marks): number {
  let places = words.length + numbers.length;
  for (let index = 0; index < runs.length; index += 2) places += ((runs[index + 1] ?? 0) - (runs[index] ?? 0)) >> 4;
  return places;
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
