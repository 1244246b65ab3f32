import { Buffer } from 'node:buffer';
import { findMarks, type Marks } from './detectors/marks.ts';
import { characterClass, SHARED_ROOM } from './detectors/text-codes.ts';
import { visitStretches } from './detectors/token-runs.ts';

/** A part of a text in plain form, for detectors to look at. */
export interface UnfoldedText {
  readonly text: string;
  /** Where the character at an index of `text` comes from: the span `[from, to)` of the text that was unfolded. */
  readonly spanOf: (start: number, end: number) => readonly [number, number];
}

/**
 * The readings of a text in which something may be hidden from a detector: without invisible characters and with look-alike letters
 * made plain, with percent, JSON, HTML and quoted-printable escapes undone, and the contents of base64 and hex. Only readings that
 * differ from the text. Together they are not much longer than the text, whatever it is.
 */
export function unfoldText(
  text: string,
  marks: Marks = findMarks(text, { withNumbers: false, room: SHARED_ROOM }),
): readonly UnfoldedText[] {
  const unfolded: UnfoldedText[] = [];
  const add = (pattern: RegExp, replacement: (match: string) => string): void => {
    const mapped = replaceMapped(text, pattern, replacement);
    if (mapped !== null && mapped.text !== text) unfolded.push(mapped);
  };
  const { isAscii } = marks.codes;
  if (isDisguised(text, isAscii)) add(isAscii ? ASCII_ESCAPES : ESCAPES, plainText);
  // Only where it is certain: an equals sign with two letters behind it is in every other program.
  if (hasSoftBreak(text)) add(QUOTED_PRINTABLE, quotedByte);
  decodeRuns(text, marks, unfolded);
  return unfolded;
}

/** Whether undoing escapes could show anything. Line breaks and quotes that are escaped hide nothing from a detector. */
function isDisguised(text: string, isAscii: boolean): boolean {
  return HIDING_ESCAPES.test(text) || (!isAscii && hasHidingCharacters(text));
}

function hasHidingCharacters(text: string): boolean {
  HIDING_CHARACTERS.lastIndex = 0;
  for (let found = HIDING_CHARACTERS.exec(text); found !== null; found = HIDING_CHARACTERS.exec(text)) {
    const foreign = found[1];
    if (foreign === undefined) return true;
    if (OURS.test(text.charAt(found.index - 1)) || OURS.test(text.charAt(HIDING_CHARACTERS.lastIndex))) return true;
  }
  return false;
}

const HIDING_ESCAPES =
  /%[0-9A-Fa-f]{2}|\\[ux][0-9A-Fa-f]{2}|&(?:#[0-9xX]|(?:amp|lt|gt|quot|apos|colon|equals|lowbar|hyphen|period|sol);)/;
/**
 * What nobody sees, letters in other forms, and in the group words of other scripts, which hide something only next to letters of ours:
 * most texts with them consist of them.
 */
const HIDING_CHARACTERS = new RegExp(
  String.raw`([\u0370-\u052f]+)|[${[
    // Fillers, joiners, marks of direction
    String.raw`\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164`,
    String.raw`\ufe00-\ufe0f\ufeff\uffa0`,
    // Full-width, encircled and letter-like ones
    String.raw`\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\u24b6-\u24e9\u2100-\u214f`,
    // The first halves of mathematical letters, and of tags
    String.raw`\ud835\udb40`,
  ].join('')}]`,
  'g',
);
const OURS = /[A-Za-z0-9_-]/;
/** In a program a line that goes on has a blank before its equals sign. */
function hasSoftBreak(text: string): boolean {
  if (!text.includes('=')) return false;
  SOFT_BREAK.lastIndex = 0;
  for (let found = SOFT_BREAK.exec(text); found !== null; found = SOFT_BREAK.exec(text)) {
    if (found[0] === '=3D' || /[^\s=]/.test(text.charAt(found.index - 1))) return true;
  }
  return false;
}

const SOFT_BREAK = /=(?:3D|\r?\n\S)/g;

/** Replaces every match, and remembers where each character of the outcome comes from. */
function replaceMapped(text: string, pattern: RegExp, replacement: (match: string) => string): UnfoldedText | null {
  const pieces: string[] = [];
  // Where each piece begins in the outcome and in the text, and whether it stands as it was.
  const starts: { readonly plain: number; readonly original: number; readonly isCopy: boolean }[] = [];
  let plain = 0;
  let last = 0;
  const add = (piece: string, original: number, isCopy: boolean): void => {
    pieces.push(piece);
    starts.push({ plain, original, isCopy });
    plain += piece.length;
  };
  pattern.lastIndex = 0;
  for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
    if (found.index > last) add(text.slice(last, found.index), last, true);
    add(replacement(found[0]), found.index, false);
    last = found.index + found[0].length;
  }
  if (pieces.length === 0) return null;
  if (last < text.length) add(text.slice(last), last, true);
  starts.push({ plain, original: text.length, isCopy: true });

  const pieceAt = (index: number): number => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle]?.plain ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  const spanOf = (start: number, end: number): readonly [number, number] => {
    const first = starts[pieceAt(start)] ?? { plain: 0, original: 0, isCopy: true };
    const index = pieceAt(end - 1);
    const final = starts[index] ?? first;
    const from = first.isCopy ? first.original + start - first.plain : first.original;
    const to = final.isCopy ? final.original + end - final.plain : (starts[index + 1]?.original ?? text.length);
    return [from, to];
  };
  return { text: pieces.join(''), spanOf };
}

/** All in one pass, so that one text comes of it, however many kinds there are. */
const ASCII_ESCAPES =
  /(?:%[0-9A-Fa-f]{2})+|\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|["\\/bfnrt])|&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|amp|lt|gt|quot|apos|colon|equals|lowbar|hyphen|period|sol);/g;
const ESCAPES = new RegExp(
  String.raw`[\p{Default_Ignorable_Code_Point}\p{Cf}\u{ff01}-\u{ff5e}\u{1d400}-\u{1d7ff}\u{24b6}-\u{24e9}\u{2100}-\u{214f}\p{Script=Cyrillic}\p{Script=Greek}]|${ASCII_ESCAPES.source}`,
  'gu',
);

function plainText(match: string): string {
  switch (match.charAt(0)) {
    case '%':
      return Buffer.from(match.replaceAll('%', ''), 'hex').toString('utf8');
    case '\\':
      return jsonCharacter(match);
    case '&':
      return entityCharacter(match);
    default:
      return plainCharacter(match);
  }
}

/** The text as a reader sees it, who takes a Cyrillic `а` for a Latin one. */
export function plainLetters(text: string): string {
  return Array.from(text, plainCharacter).join('');
}

/** What a reader sees. Nothing for what nobody sees. */
function plainCharacter(char: string): string {
  const lookAlike = LOOK_ALIKES.get(char);
  if (lookAlike !== undefined) return lookAlike;
  if (/[\p{Default_Ignorable_Code_Point}\p{Cf}]/u.test(char)) return '';
  return char.normalize('NFKC');
}

const LOOK_ALIKES: ReadonlyMap<string, string> = new Map(
  [
    ['аеорсухіјѕԁһӏԛԝ', 'aeopcyxijsdhlqw'],
    ['АВЕЗКМНОРСТУХІЈЅ', 'ABE3KMHOPCTYXIJS'],
    ['αβεικνορτυχ', 'aBeikvoptux'],
    ['ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ', 'ABEZHIKMNOPTYX'],
  ].flatMap(([from = '', to = '']) => from.split('').map((char, index) => [char, to.charAt(index)] as const)),
);

function jsonCharacter(match: string): string {
  const kind = match.charAt(1);
  if (kind === 'u' || kind === 'x') return String.fromCharCode(Number.parseInt(match.slice(2), 16));
  return SHORT_ESCAPES.get(kind) ?? kind;
}

const SHORT_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['b', '\b'],
  ['f', '\f'],
]);

function entityCharacter(match: string): string {
  if (match.charAt(1) !== '#') return NAMED_ENTITIES.get(match.slice(1, -1)) ?? match;
  const isHex = match.charAt(2).toLowerCase() === 'x';
  const code = Number.parseInt(match.slice(isHex ? 3 : 2, -1), isHex ? 16 : 10);
  return code <= 0x10ffff ? String.fromCodePoint(code) : match;
}

const NAMED_ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['colon', ':'],
  ['equals', '='],
  ['lowbar', '_'],
  ['hyphen', '-'],
  ['period', '.'],
  ['sol', '/'],
]);

const QUOTED_PRINTABLE = /=(?:[0-9A-F]{2}|\r?\n)/g;

function quotedByte(match: string): string {
  return match.length === 3 && match.charAt(1) !== '\r' ? String.fromCharCode(Number.parseInt(match.slice(1), 16)) : '';
}

/** Less than this holds no secret. */
const RUN_CHARS_MIN = 24;
const BASE64_CHARACTERS = characterClass(/[A-Za-z0-9+/_-]/);
/** The lines of a block, as mail and PEM write them. */
const NEXT_LINE = /(?:\r?\n|\\n|\\r\\n)([A-Za-z0-9+/]{1,128}={0,2})(?![A-Za-z0-9+/ ])/y;
const HEX = /^[0-9A-Fa-f]+$/;
/** PNG, JPEG, GIF, RIFF (WebP, WAV), Ogg, MP3 and compressed data: never altered, and nothing in them reads as text. */
const MEDIA = /^(?:iVBORw0KGg|\/9j\/|R0lGOD|UklGR|T2dnUw|SUQz|H4sI|UEsDB)/;

function decodeRuns(text: string, { codes, runs }: Marks, decoded: UnfoldedText[]): void {
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
    decode(decoded, block, [start, end]);
    if (lines.length === 1 || (isWrapped(lines) && isHex(block) === isHex(text.slice(start, runEnd)))) return;
    for (const line of lines) if (line[1] - line[0] >= RUN_CHARS_MIN) decode(decoded, text.slice(...line), line);
  });
}

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

function decode(decoded: UnfoldedText[], run: string, span: Line): void {
  const bytes = Buffer.from(run, isHex(run) ? 'hex' : 'base64');
  if (mayHoldText(bytes)) decoded.push({ text: bytes.toString('latin1'), spanOf: () => span });
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

/** Whether enough of it in a row is printable to be a secret. Random bytes and images hardly ever are. */
function mayHoldText(bytes: Uint8Array): boolean {
  let printable = 0;
  const end = Math.min(bytes.length, LOOKED_AT_BYTES);
  for (let index = 0; index < end; index += 1) {
    const byte = bytes[index] ?? 0;
    printable = byte >= 0x20 && byte < 0x7f ? printable + 1 : 0;
    if (printable === 12) return true;
  }
  return bytes.length > LOOKED_AT_BYTES;
}
