import { Buffer } from 'node:buffer';
import { assertNever } from '../result.ts';
import type { Marks } from './detectors/marks.ts';
import { characterClass } from './detectors/text-codes.ts';
import { visitStretches } from './detectors/token-runs.ts';
import type { UnfoldedText } from './unfold-text.ts';
import { unpack, type UnpackRoom } from './unpack.ts';

/** What is in the base64 and hex of a text. */
export interface DecodedRuns {
  readonly texts: UnfoldedText[];
  /** Where something is packed that could not be opened: spans `[from, to)` of the text. */
  readonly closed: (readonly [number, number])[];
}

/** The contents of every stretch of base64 and hexadecimal that may hold text, in one line or in several, unpacked where they are packed. */
export function decodeRuns(text: string, { codes, runs }: Marks, room: UnpackRoom): DecodedRuns {
  const decoded: DecodedRuns = { texts: [], closed: [] };
  let done = 0;
  visitStretches(codes, runs, BASE64_CHARACTERS, RUN_CHARS_MIN, (start, runEnd) => {
    if (start < done) return;
    done = runEnd;
    if (!mayBeEncoded(text, start, runEnd) || MEDIA.test(text.slice(start, start + 12))) return;
    const lines = linesFrom(text, start, runEnd);
    const [, end] = lines.at(-1) ?? [start, runEnd];
    done = end;
    // A find in there takes the whole block with it: a part of it could not be decoded any more.
    const block = lines.map(([from, to]) => text.slice(from, to)).join('');
    const isClear = decode(decoded, block, [start, end], room);
    if (!isClear && block.length <= SHIFTED_CHARS_MAX) decodeShifted(decoded, block, [start, end]);
    if (lines.length === 1 || (isWrapped(lines) && isHex(block) === isHex(text.slice(start, runEnd)))) return;
    for (const line of lines) {
      if (line[1] - line[0] >= RUN_CHARS_MIN) decode(decoded, text.slice(...line), line, room);
    }
  });
  return decoded;
}

/** Less than this holds no secret. */
const RUN_CHARS_MIN = 24;
const BASE64_CHARACTERS = characterClass(/[A-Za-z0-9+/_-]/);
/** The lines of a block, as mail and PEM write them. */
const NEXT_LINE = /(?:\r?\n|\\n|\\r\\n)([A-Za-z0-9+/]{1,128}={0,2})(?![A-Za-z0-9+/ ])/y;
const HEX = /^[0-9A-Fa-f]+$/;
/** PNG, JPEG, GIF, RIFF (WebP, WAV), Ogg, MP3 and ZIP: never altered, and nothing in them reads as text. */
const MEDIA = /^(?:iVBORw0KGg|\/9j\/|R0lGOD|UklGR|T2dnUw|SUQz|UEsDB)/;

const isHex = (run: string): boolean => run.length % 2 === 0 && HEX.test(run);

type Line = readonly [start: number, end: number];

function linesFrom(text: string, start: number, runEnd: number): readonly Line[] {
  const lines: Line[] = [[start, runEnd]];
  NEXT_LINE.lastIndex = runEnd;
  for (let found = NEXT_LINE.exec(text); found !== null; found = NEXT_LINE.exec(text)) {
    lines.push([NEXT_LINE.lastIndex - (found[1]?.length ?? 0), NEXT_LINE.lastIndex]);
  }
  return lines;
}

/** One text, broken where it became too long. Other lines may have nothing to do with each other. */
function isWrapped(lines: readonly Line[]): boolean {
  const lengths = lines.map(([start, end]) => end - start);
  const [first = 0] = lengths;
  const last = lengths.pop() ?? 0;
  const isUsual = first >= WRAPPED_CHARS_MIN && first <= WRAPPED_CHARS_MAX && first % 4 === 0;
  return isUsual && last <= first && lengths.every((each) => each === first);
}

/** PEM breaks lines at 64 characters, and mail at 76. */
const WRAPPED_CHARS_MIN = 60;
const WRAPPED_CHARS_MAX = 80;

/** `false`: it holds nothing that could be read. */
function decode(decoded: DecodedRuns, run: string, span: Line, room: UnpackRoom): boolean {
  const bytes = Buffer.from(run, isHex(run) ? 'hex' : 'base64');
  const unpacked = unpack(bytes, room);
  switch (unpacked.kind) {
    case 'closed':
      decoded.closed.push(span);
      return true;
    case 'opened':
      for (const text of partsOf(unpacked.bytes)) decoded.texts.push({ text, spanOf: () => span, isUnpacked: true });
      return true;
    case 'plain':
      return keepText(decoded, bytes, span);
    default:
      return assertNever(unpacked);
  }
}

function keepText({ texts }: DecodedRuns, bytes: ReturnType<typeof Buffer.from>, span: Line): boolean {
  const isText = mayHoldText(bytes);
  if (isText) texts.push({ text: bytes.toString('latin1'), spanOf: () => span });
  return isText;
}

/** What stands before it in the same run, such as the path of an address, may leave it at any of four places. */
function decodeShifted(decoded: DecodedRuns, run: string, span: Line): void {
  for (let shift = 1; shift < 4; shift += 1) {
    const rest = run.slice(shift);
    if (keepText(decoded, Buffer.from(rest, isHex(rest) ? 'hex' : 'base64'), span)) return;
  }
}

const SHIFTED_CHARS_MAX = 4096;

/** What is looked at in one step, as of the result itself. Parts overlap by as much as the longest find. */
const PART_CHARS = 64 * 1024;
const OVERLAP_CHARS = 16 * 1024;

function partsOf(opened: Uint8Array): readonly string[] {
  const bytes = Buffer.from(opened.buffer, opened.byteOffset, opened.byteLength);
  const count = Math.max(1, Math.ceil((bytes.length - OVERLAP_CHARS) / PART_CHARS));
  return Array.from({ length: count }, (_, part) =>
    bytes.toString('latin1', part * PART_CHARS, (part + 1) * PART_CHARS + OVERLAP_CHARS),
  );
}

/** Text in base64 has letters of both cases and digits, and in hexadecimal digits above all; identifiers and paths seldom have. */
function mayBeEncoded(text: string, start: number, end: number): boolean {
  let kinds = 0;
  for (let index = start; index < end && kinds !== MIXED; index += 1) kinds |= KINDS[text.charCodeAt(index)] ?? 0;
  return kinds === MIXED || (kinds & BEYOND_HEX) === 0;
}

const UPPER = 1;
const LOWER = 2;
const DIGIT = 4;
const MIXED = 15;
const BEYOND_HEX = 8;
/** By the code of a character. What is in no hexadecimal number is told apart as well. */
const KINDS: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code);
  const kind = /[A-Z]/.test(char) ? UPPER : /[a-z]/.test(char) ? LOWER : /[0-9]/.test(char) ? DIGIT : 0;
  return /[0-9A-Fa-f]/.test(char) ? kind : kind | BEYOND_HEX;
});

const LOOKED_AT_BYTES = 4096;

/**
 * Whether enough of it in a row is printable to be a secret. Random bytes and images hardly ever are. Zeros do not count: in UTF-16 they
 * stand between the letters.
 */
export function mayHoldText(bytes: Uint8Array): boolean {
  let printable = 0;
  const end = Math.min(bytes.length, LOOKED_AT_BYTES);
  for (let index = 0; index < end; index += 1) {
    const byte = bytes[index] ?? 0;
    if (byte !== 0) printable = byte >= 0x20 && byte < 0x7f ? printable + 1 : 0;
    if (printable === 12) return true;
  }
  return bytes.length > LOOKED_AT_BYTES;
}
