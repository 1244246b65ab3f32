import type { Span } from './detect.ts';
import { characterClass, isIn } from './detectors/text-codes.ts';
import { endOfString } from './json-strings.ts';
import type { JsonWindow } from './json-window.ts';

/**
 * A stretch of a JSON text as detectors read it best: as it stands, but for the strings with escapes, which stand as they read. So one
 * look at the whole of it finds what as many looks as it has strings would find.
 */
export interface FlatJson {
  readonly window: JsonWindow;
  readonly text: string;
  readonly strings: readonly FlatString[];
}

/** A string that has escapes: the offsets of what stands between its quotes, flat and in the JSON text. */
export interface FlatString {
  readonly start: number;
  readonly end: number;
  readonly rawStart: number;
  readonly rawEnd: number;
}

/** Neither end of the window lies within an escape; either may lie within a string. */
export function flattenJson(window: JsonWindow): FlatJson {
  const { text: json } = window;
  let backslash = json.indexOf('\\');
  if (backslash === -1) return { window, text: json, strings: NONE };
  const pieces: string[] = [];
  const strings: FlatString[] = [];
  let at = 0;
  let length = 0;
  while (backslash !== -1) {
    // Before the first escape of a string there is no quote in it.
    const rawStart = at + json.slice(at, backslash).lastIndexOf('"') + 1;
    const end = endOfString(json, backslash);
    const rawEnd = end === -1 ? json.length : end;
    const plain = JSON.parse(`"${json.slice(rawStart, rawEnd)}"`) as string;
    pieces.push(json.slice(at, rawStart), plain);
    const start = length + rawStart - at;
    length = start + plain.length;
    strings.push({ start, end: length, rawStart, rawEnd });
    at = rawEnd;
    backslash = json.indexOf('\\', at);
  }
  pieces.push(json.slice(at));
  return { window, text: pieces.join(''), strings };
}

const NONE: readonly FlatString[] = [];
const BACKSLASH = 0x5c;
const LOWER_U = 0x75;

/**
 * Where in the JSON text the spans lie that were found in it flat: in order, each within one string, so that markers in their places leave
 * the text well-formed. Outside of strings only numbers are found: personal data, where each number is one span as a whole, because a part
 * of it would be another number; and lists of bytes. `inString`: whether the stretch begins within one.
 */
export function toRawSpans(flat: FlatJson, inString: boolean, spans: readonly Span[]): readonly Span[] {
  if (spans.length === 0) return NO_SPANS;
  const raw: Span[] = [];
  const find = createStringFinder(flat, inString);
  for (const span of spans) {
    for (let at = span.start; at < span.end; ) {
      const string = find(at);
      if (at === span.start && span.end < (string?.start ?? Infinity)) {
        const start = rawBefore(flat, string, at);
        const numbers =
          span.class === 'secret' ? numbersIn(flat.window, start, span.end - at) : numberAround(flat.window, start);
        if (numbers !== null) raw.push({ ...span, ...numbers, isBare: true });
        break;
      }
      if (string === null) break;
      const start = Math.max(at, string.start);
      const end = Math.min(span.end, string.end);
      if (start < end) raw.push({ ...span, start: string.rawOf(start), end: string.rawOf(end) });
      at = Math.max(string.end, at) + 1;
    }
  }
  return raw;
}

const NO_SPANS: readonly Span[] = [];

/** The offset in the JSON text of what lies outside of strings, before this one. */
function rawBefore({ strings }: FlatJson, next: FoundString | null, at: number): number {
  if (next !== null) return next.rawOf(next.start) - (next.start - at);
  const last = strings.at(-1);
  return last === undefined ? at : last.rawEnd + (at - last.end);
}

/** Such a number may begin before the window or end behind it. */
function numberAround({ codeAt }: JsonWindow, at: number): Pick<Span, 'start' | 'end'> | null {
  const isNumberAt = (offset: number): boolean => isIn(NUMBER_CHARACTERS, codeAt(offset) ?? 0);
  let start = at;
  while (isNumberAt(start - 1)) start -= 1;
  let end = at;
  while (isNumberAt(end)) end += 1;
  const codes = Array.from(
    { length: Math.min(end - start, BEGINNING_CHARS) },
    (_, index) => codeAt(start + index) ?? 0,
  );
  return LONG_NUMBER.test(String.fromCharCode(...codes)) ? { start, end } : null;
}

/** A list of bytes, from the first to the last. Nothing else that is secret stands outside of strings. */
function numbersIn({ codeAt }: JsonWindow, start: number, length: number): Pick<Span, 'start' | 'end'> | null {
  const codes = Array.from({ length }, (_, index) => codeAt(start + index) ?? 0);
  return codes.every((code) => isIn(LIST_CHARACTERS, code)) && codes.includes(COMMA)
    ? { start, end: start + length }
    : null;
}

const LIST_CHARACTERS = characterClass(/[0-9,\s]/);
const COMMA = 0x2c;
const NUMBER_CHARACTERS = characterClass(/[0-9.eE+-]/);
/** A shorter one says nothing about anybody. */
const LONG_NUMBER = /^-?[0-9]{8}/;
const BEGINNING_CHARS = 9;

interface FoundString {
  readonly start: number;
  readonly end: number;
  /** For offsets that only grow. */
  readonly rawOf: (offset: number) => number;
}

/** Gives the string that an offset lies in, or else the next one. Goes through the text once, for offsets that only grow. */
function createStringFinder(flat: FlatJson, inString: boolean): (offset: number) => FoundString | null {
  const { text, strings } = flat;
  let escapes = 0;
  let shift = 0;
  let next = inString ? 0 : text.indexOf('"') + 1;
  let current: FoundString | null = null;
  let isOver = !inString && next === 0;

  function read(): FoundString | null {
    if (isOver) return null;
    const start = next;
    const escaped = strings[escapes]?.start === start ? strings[escapes] : undefined;
    const by = shift;
    let found: FoundString;
    if (escaped === undefined) {
      const quote = text.indexOf('"', start);
      found = { start, end: quote === -1 ? text.length : quote, rawOf: (offset) => offset + by };
    } else {
      escapes += 1;
      shift = escaped.rawEnd - escaped.end;
      found = { start, end: escaped.end, rawOf: rawOffsets(flat.window.text, escaped) };
    }
    next = text.indexOf('"', found.end + 1) + 1;
    isOver = next === 0;
    return found;
  }

  return (offset) => {
    while (current === null || current.end < offset) {
      current = read();
      if (current === null) return null;
    }
    return current;
  };
}

function rawOffsets(json: string, { start, rawStart }: FlatString): (offset: number) => number {
  let flatAt = start;
  let rawAt = rawStart;
  return (offset) => {
    for (; flatAt < offset; flatAt += 1) rawAt += characterLength(json, rawAt);
    return rawAt;
  };
}

function characterLength(json: string, at: number): number {
  if (json.charCodeAt(at) !== BACKSLASH) return 1;
  return json.charCodeAt(at + 1) === LOWER_U ? 6 : 2;
}
