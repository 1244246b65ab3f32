import { Buffer, isAscii } from 'node:buffer';
import type { Detector } from './detectors/detector.ts';
import { looksSecret, NAMED_SECRET, namesSecret } from './detectors/named-secret.ts';
import { detect, type Span } from './detect.ts';
import { endOfString } from './json-strings.ts';
import { redactText } from './redact-text.ts';
import { ESCAPING, HAS_BACKSLASH, HAS_UNUSUAL, type TextTraits, traitsOf, UNFOLDABLE } from './text-traits.ts';
import { unescapeJson } from './unfold-text.ts';

export interface RedactedJson {
  /** The same pieces where nothing was found. */
  readonly json: readonly Uint8Array[];
  readonly jsonBytes: number;
  readonly spans: readonly Span[];
}

/** A search in a JSON text that can be made in steps, because the text may be megabytes. */
export interface JsonDetection {
  /** Looks at the next so many characters, and at the whole of the string that they end in. `true`: there is nothing left to look at. */
  step(chars: number): boolean;
  /** Only once a step said that nothing is left. */
  finish(): RedactedJson;
}

/** For the bytes of a JSON text, well-formed and in pieces, as an upstream sent them. */
export function createJsonDetection(pieces: readonly Uint8Array[], detectors: readonly Detector[]): JsonDetection {
  const bytes = joined(pieces);
  const isPlain = isAscii(bytes) && !bytes.includes(DELETE);
  const text = bytes.toString(isPlain ? 'latin1' : 'utf8');
  const search = createSearch(text, detectors, isPlain ? wantedBy(detectors) & ~HAS_UNUSUAL : wantedBy(detectors));
  return {
    step: (chars) => search.step(chars),
    finish() {
      const { spans } = search;
      if (spans.length === 0) return { json: pieces, jsonBytes: bytes.length, spans };
      const json = Buffer.from(redactText(text, spans));
      return { json: [json], jsonBytes: json.length, spans };
    },
  };
}

/** The same in one go. */
export function redactJson(pieces: readonly Uint8Array[], detectors: readonly Detector[]): RedactedJson {
  const detection = createJsonDetection(pieces, detectors);
  detection.step(Number.POSITIVE_INFINITY);
  return detection.finish();
}

/**
 * What the detectors find in the strings of a well-formed JSON text, names of members among them. Each span lies within one string, so
 * the text is as well-formed with markers in their places. A member with a secret name is found whole if its value looks random.
 * Numbers are looked at where personal data is looked for: cards and identity numbers are written as such.
 */
export function detectInJson(text: string, detectors: readonly Detector[]): readonly Span[] {
  const search = createSearch(text, detectors, wantedBy(detectors));
  search.step(Number.POSITIVE_INFINITY);
  return search.spans;
}

const COLON = 0x3a;
/** The one character of ASCII that is unusual and may stand in a JSON string as it is. */
const DELETE = 0x7f;
/** No detector finds anything shorter. */
const FIND_CHARS_MIN = 6;
const NAME_CHARS_MAX = 64;
/** A shorter one says nothing about anybody. */
const NUMBER_CHARS_MIN = 8;
const LONG_NUMBER = /-?[0-9]{8}[0-9.eE+-]*/g;
const NOTHING: readonly Span[] = [];

function joined(pieces: readonly Uint8Array[]): Buffer {
  const [only] = pieces;
  if (only === undefined || pieces.length > 1) return Buffer.concat(pieces);
  return Buffer.from(only.buffer, only.byteOffset, only.byteLength);
}

interface Search {
  readonly spans: readonly Span[];
  step(chars: number): boolean;
}

/** Visits every string between its quotes, and keeps the name of the member that a value belongs to. */
function createSearch(json: string, detectors: readonly Detector[], wanted: TextTraits): Search {
  const spans: Span[] = [];
  let open = json.indexOf('"');
  let name: string | null = null;
  let pairName: string | null = null;
  const findsNumbers = detectors.some((detector) => detector.class !== 'secret');

  function visit(start: number, end: number, memberName: string | null): void {
    if (end - start < FIND_CHARS_MIN) return;
    for (const span of detectInLiteral(json.slice(start, end), memberName, detectors, wanted)) {
      spans.push({ ...span, start: start + span.start, end: start + span.end });
    }
  }

  /** Between two strings. */
  function visitNumbers(start: number, end: number): void {
    if (end - start < NUMBER_CHARS_MIN) return;
    for (const { 0: number, index } of json.slice(start, end).matchAll(LONG_NUMBER)) {
      const [span] = detect(number, detectors);
      if (span === undefined) continue;
      // The whole of it: a part of a number would be another number.
      spans.push({ ...span, start: start + index, end: start + index + number.length, isBare: true });
    }
  }

  function step(chars: number): boolean {
    const until = open + chars;
    while (open !== -1 && open < until) {
      const start = open + 1;
      const end = endOfString(json, start);
      if (end === -1) throw new Error('INVARIANT: only well-formed JSON is redacted');
      const short = end - start <= NAME_CHARS_MAX ? json.slice(start, end) : null;
      if (isFollowedByColon(json, end + 1)) {
        visit(start, end, null);
        name = short;
      } else {
        // `{"name": "API_KEY", "value": …}`: headers and environment variables are often lists of such pairs.
        visit(start, end, name === 'value' && pairName !== null ? pairName : name);
        if (name === 'name' || name === 'key') pairName = short;
        else if (name === 'value') pairName = null;
        name = null;
      }
      open = json.indexOf('"', end + 1);
      if (findsNumbers) visitNumbers(end + 1, open === -1 ? json.length : open);
    }
    return open === -1;
  }
  if (findsNumbers) visitNumbers(0, open === -1 ? json.length : open);
  return { spans, step };
}

function isFollowedByColon(json: string, from: number): boolean {
  let at = from;
  while (json.charCodeAt(at) <= 0x20) at += 1;
  return json.charCodeAt(at) === COLON;
}

function wantedBy(detectors: readonly Detector[]): TextTraits {
  return detectors.reduce((traits, { needs }) => traits | needs, UNFOLDABLE);
}

function detectInLiteral(
  literal: string,
  name: string | null,
  detectors: readonly Detector[],
  wanted: TextTraits,
): readonly Span[] {
  const traits = traitsOf(literal, wanted);
  const isNamed = name !== null && namesSecret(name);
  const isFoldable = (traits & ESCAPING) !== 0;
  if (!isNamed && !isFoldable && !detectors.some(({ needs }) => (needs & traits) !== 0)) return NOTHING;
  if ((traits & HAS_BACKSLASH) === 0) {
    return isNamed && looksSecret(literal) ? [wholeSpan(literal)] : detect(literal, detectors, traits);
  }
  const { text, spanOf } = unescapeJson(literal);
  if (isNamed && looksSecret(text)) return [wholeSpan(literal)];
  return detect(text, detectors).map((span) => {
    const [start, end] = spanOf(span.start, span.end);
    return { ...span, start, end };
  });
}

function wholeSpan(text: string): Span {
  return { start: 0, end: text.length, detector: NAMED_SECRET, class: 'secret' };
}
