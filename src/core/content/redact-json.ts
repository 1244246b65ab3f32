import { Buffer } from 'node:buffer';
import { joinBytes } from '../bytes/join-bytes.ts';
import { finishSteps, type Steps } from '../steps.ts';
import type { Detector } from './detectors/detector.ts';
import { looksSecret, NAMED_SECRET, namesSecret } from './detectors/named-secret.ts';
import { detectInSteps, mergeSpans, type Span } from './detect.ts';
import { type FlatJson, flattenJson, toRawSpans } from './flat-json.ts';
import { createStringTracker, safeCut } from './json-cut.ts';
import { readWindow } from './json-window.ts';
import { redactPart } from './redact-text.ts';
import { createUnpackRoom, type UnpackRoom } from './unpack.ts';

export interface RedactedJson {
  /** The same pieces where nothing was found. */
  readonly json: readonly Uint8Array[];
  readonly jsonBytes: number;
  readonly spans: readonly Span[];
}

/** A search in a JSON text that can be made in steps, because the text may be megabytes. */
export interface JsonDetection {
  /** Looks at the next part. `true`: there is nothing left to look at. */
  step(): boolean;
  /** Only once a step said that nothing is left. */
  finish(): RedactedJson;
}

/** For the bytes of a JSON text, well-formed and in pieces, as an upstream sent them. */
export function createJsonDetection(pieces: readonly Uint8Array[], detectors: readonly Detector[]): JsonDetection {
  const steps = redact(pieces, createSearch(joinBytes(pieces), detectors));
  let redacted: RedactedJson | null = null;
  return {
    step() {
      const { done, value } = steps.next();
      if (done === true) redacted = value;
      return done === true;
    },
    finish() {
      if (redacted === null) throw new Error('INVARIANT: finished before the last step');
      return redacted;
    },
  };
}

function* redact(pieces: readonly Uint8Array[], state: SearchState): Steps<RedactedJson> {
  yield* search(state);
  const { bytes, spans } = state;
  if (spans.length === 0) return { json: pieces, jsonBytes: bytes.length, spans };
  const text = bytes.toString('utf8');
  const json: Buffer[] = [];
  for (let first = 0; first < spans.length; first += SPANS_A_STEP) {
    const some = spans.slice(first, first + SPANS_A_STEP);
    const isLast = first + SPANS_A_STEP >= spans.length;
    const end = isLast ? text.length : (some.at(-1)?.end ?? 0);
    json.push(Buffer.from(redactPart(text, some, spans[first - 1]?.end ?? 0, end)));
    if (!isLast) yield;
  }
  return { json, jsonBytes: json.reduce((sum, piece) => sum + piece.length, 0), spans };
}

/** In the place of so many finds markers are put in one step. */
const SPANS_A_STEP = 16_384;

/** The same in one go. */
export function redactJson(pieces: readonly Uint8Array[], detectors: readonly Detector[]): RedactedJson {
  const detection = createJsonDetection(pieces, detectors);
  while (!detection.step());
  return detection.finish();
}

/**
 * What the detectors find in the strings of a well-formed JSON text, names of members among them. Each span lies within one string, so
 * the text is as well-formed with markers in their places. A member with a secret name is found whole if its value looks random.
 * Numbers are looked at where personal data is looked for: cards and identity numbers are written as such.
 */
export function detectInJson(text: string, detectors: readonly Detector[]): readonly Span[] {
  const state = createSearch(Buffer.from(text), detectors);
  finishSteps(search(state));
  return state.spans;
}

/** What one step looks at, in bytes; several steps, where somebody filled the text with places to look at. */
const PART_BYTES = 64 * 1024;
/** Parts overlap by this much, so that what lies across the border of two is found in one of them. No single find is longer. */
const OVERLAP_BYTES = 16 * 1024;
/** Behind that, a good place to end at is looked for. */
const SEARCH_BYTES = 1024;

/** Of a text that waits for its next step nothing is kept but its bytes: many may wait at once. */
interface SearchState {
  readonly bytes: Buffer;
  readonly detectors: readonly Detector[];
  readonly isInStringAt: (offset: number) => boolean;
  readonly unpack: UnpackRoom;
  /** In order and without overlaps. */
  readonly spans: Span[];
  /** Where the next part begins, in bytes and in characters. */
  from: number;
  charsBefore: number;
}

function createSearch(bytes: Buffer, detectors: readonly Detector[]): SearchState {
  const isInStringAt = createStringTracker(bytes);
  return { bytes, detectors, isInStringAt, unpack: createUnpackRoom(), spans: [], from: 0, charsBefore: 0 };
}

/**
 * Not within another function: for a generator that is made anew each time, the engine makes a class of objects as well, which keeps all that the
 * generator knows, the bytes too, until the whole heap is collected.
 */
function* search(state: SearchState): Steps<void> {
  for (;;) {
    yield* searchPart(state);
    if (state.from === state.bytes.length) return;
    yield;
  }
}

function* searchPart(state: SearchState): Steps<void> {
  const { bytes, detectors, unpack, spans, from, charsBefore } = state;
  const cut = safeCut(bytes, from, from + PART_BYTES);
  const to = cut === bytes.length ? cut : safeCut(bytes, cut + OVERLAP_BYTES, cut + OVERLAP_BYTES + SEARCH_BYTES);
  const flat = flattenJson(readWindow(bytes, from, to));
  const found = yield* detectInSteps(flat.text, detectors, unpack);
  const raw = found.length === 0 ? found : toRawSpans(flat, state.isInStringAt(from), found);
  const own = [...raw, ...findEscapedMembers(flat)];
  addSpans(
    spans,
    own.map((span) => ({ ...span, start: charsBefore + span.start, end: charsBefore + span.end })),
  );
  state.charsBefore += charsUntil(state, flat, cut, to);
  state.from = cut;
}

/** What is behind the cut is looked at again in the next part. */
function charsUntil({ bytes, from }: SearchState, { window: { text } }: FlatJson, cut: number, to: number): number {
  const isAscii = text.length === to - from;
  return isAscii ? cut - from : text.length - bytes.toString('utf8', cut, to).length;
}

/** Only the last ones before it can overlap with those of the next part. */
function addSpans(spans: Span[], next: readonly Span[]): void {
  if (next.length === 0) return;
  const start = next.reduce((least, span) => Math.min(least, span.start), Infinity);
  let from = spans.length;
  while (from > 0 && (spans[from - 1]?.end ?? 0) > start) from -= 1;
  for (const span of mergeSpans([...spans.splice(from), ...next])) spans.push(span);
}

/**
 * A secret with a quote or a backslash in it stands between other quotes in the flat text, so a detector would take its beginning for all
 * of it.
 */
function findEscapedMembers({ window: { text: json }, strings }: FlatJson): readonly Span[] {
  return strings.flatMap(({ rawStart, rawEnd }) => {
    const before = json.slice(Math.max(0, rawStart - MEMBER_CHARS_MAX), rawStart);
    const name = MEMBER.exec(before)?.[1];
    if (name === undefined || !namesSecret(name) || rawEnd - rawStart > VALUE_CHARS_MAX) return [];
    const value = JSON.parse(`"${json.slice(rawStart, rawEnd)}"`) as string;
    return looksSecret(value) ? [{ start: rawStart, end: rawEnd, detector: NAMED_SECRET, class: 'secret' }] : [];
  });
}

const MEMBER = /"([^"\\]{1,64})"\s{0,8}:\s{0,8}"$/;
const MEMBER_CHARS_MAX = 84;
const VALUE_CHARS_MAX = 1024;
