import { Buffer } from 'node:buffer';
import { asBuffer } from '../bytes/as-buffer.ts';
import { characterClass, isIn } from './detectors/text-codes.ts';

/** Lines of base64 or hexadecimal in the strings of a JSON text, joined as a reader joins them. */
export interface JoinedLines {
  readonly bytes: Uint8Array;
  /** Where each of the bytes stands in the JSON text. */
  readonly places: Uint32Array;
}

/**
 * Every text in base64 or hexadecimal that is broken over lines, as mail (RFC 2045 §6.8), PEM and many programs break it: with the escapes
 * of line breaks that JSON has, also in JSON within JSON, and with blanks or marks of quotation before the next line.
 */
export function* joinBrokenLines(json: Uint8Array): Generator<JoinedLines, void> {
  const bytes = asBuffer(json);
  let done = 0;
  for (let at = bytes.indexOf(LINE_BREAK); at !== -1; at = bytes.indexOf(LINE_BREAK, Math.max(at + 1, done))) {
    const end = endBefore(bytes, at, done);
    const start = startOfLine(bytes, end, done);
    done = at;
    if (end - start < LINE_BYTES_MIN) continue;
    const lines: [number, number][] = [[start, end]];
    for (let next = nextLine(bytes, end); next !== null; next = nextLine(bytes, next[1])) {
      lines.push(next);
      done = next[1];
    }
    if (lines.length > 1) yield join(bytes, lines);
  }
}

const LINE_BREAK = Buffer.from('\\n');
/** Nobody breaks lines earlier, and few words are as long. */
const LINE_BYTES_MIN = 16;
const ENCODED = characterClass(/[A-Za-z0-9+/_-]/);
const BACKSLASH = 0x5c;
const BLANK = 0x20;
const TAB = 0x74;
const QUOTATION = 0x3e;
const RETURN = 0x72;
const NEWLINE = 0x6e;
const SLASH = 0x2f;

/** Of the line that this break ends: before blanks, returns, and the backslashes of JSON within JSON. */
function endBefore(bytes: Uint8Array, lineBreak: number, from: number): number {
  let end = lineBreak;
  for (;;) {
    if (end > from && (bytes[end - 1] === BLANK || bytes[end - 1] === BACKSLASH)) end -= 1;
    else if (end > from + 1 && bytes[end - 1] === RETURN && bytes[end - 2] === BACKSLASH) end -= 2;
    else return end;
  }
}

function startOfLine(bytes: Uint8Array, end: number, from: number): number {
  let start = end;
  while (start > from && isEncoded(bytes, start - 1)) start -= 1;
  // What a backslash stands before is a part of its escape.
  return bytes[start - 1] === BACKSLASH && bytes[start] !== SLASH ? start + 1 : start;
}

/** A slash may have an escape (PHP). */
function isEncoded(bytes: Uint8Array, at: number): boolean {
  return isIn(ENCODED, bytes[at] ?? 0) || (bytes[at] === BACKSLASH && bytes[at + 1] === SLASH);
}

/** The line behind the break that begins at `end`; `null` where there is no break or no such line. */
function nextLine(bytes: Uint8Array, end: number): [number, number] | null {
  let isBroken = false;
  let start = end;
  for (;;) {
    const code = bytes[start];
    if (code === BLANK || (code === QUOTATION && isBroken)) start += 1;
    else if (code === BACKSLASH) {
      let letter = start;
      while (bytes[letter] === BACKSLASH) letter += 1;
      if (bytes[letter] === NEWLINE) isBroken = true;
      else if (bytes[letter] !== RETURN && bytes[letter] !== TAB) break;
      start = letter + 1;
    } else break;
  }
  if (!isBroken) return null;
  let stop = start;
  while (isEncoded(bytes, stop)) stop += 1;
  return stop === start ? null : [start, stop];
}

function join(bytes: Buffer, lines: readonly (readonly [number, number])[]): JoinedLines {
  const joined = Buffer.concat(lines.map(([start, end]) => bytes.subarray(start, end)));
  const places = new Uint32Array(joined.length);
  let length = 0;
  for (const [start, end] of lines) {
    for (let at = start; at < end; at += 1) places[length + at - start] = at;
    length += end - start;
  }
  return { bytes: joined, places };
}
