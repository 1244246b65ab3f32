import { findMarks, type Marks } from './detectors/marks.ts';
import { SHARED_ROOM } from './detectors/text-codes.ts';
import { decodeRuns } from './encoded-runs.ts';
import { plainText } from './plain-text.ts';
import { replaceMapped } from './replace-mapped.ts';
import { createUnpackRoom, type UnpackRoom } from './unpack.ts';

/** A part of a text in plain form, for detectors to look at. */
export interface UnfoldedText {
  readonly text: string;
  /** Where the character at an index of `text` comes from: the span `[from, to)` of the text that was unfolded. */
  readonly spanOf: (start: number, end: number) => readonly [number, number];
  readonly isUnpacked?: true;
}

export interface Unfolded {
  readonly texts: readonly UnfoldedText[];
  /** Spans `[from, to)` of the text that hold something which could not be looked into. */
  readonly closed: readonly (readonly [number, number])[];
}

/**
 * The readings of a text in which something may be hidden from a detector: without invisible characters and with look-alike letters
 * made plain, with percent, JSON, HTML and quoted-printable escapes undone, and the contents of base64 and hex, unpacked where they are
 * packed. Only readings that differ from the text. Together they are not much longer than the text, whatever it is, and no more than
 * what there is room for.
 */
export function unfoldText(
  text: string,
  marks: Marks = findMarks(text, { withNumbers: false, room: SHARED_ROOM }),
  room: UnpackRoom = createUnpackRoom(),
): Unfolded {
  const { isAscii } = marks.codes;
  const { texts, closed } = decodeRuns(text, marks, room);
  const readings = [
    isDisguised(text, isAscii) ? replaceMapped(text, isAscii ? ASCII_ESCAPES : ESCAPES, plainText) : null,
    // Only where it is certain: an equals sign with two letters behind it is in every other program.
    hasSoftBreak(text) ? replaceMapped(text, QUOTED_PRINTABLE, quotedByte) : null,
  ];
  return { texts: [...readings.filter((reading) => reading !== null), ...texts], closed };
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

/** All in one pass, so that one text comes of it, however many kinds there are. */
const ASCII_ESCAPES =
  /(?:%[0-9A-Fa-f]{2})+|\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|["\\/bfnrt])|&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|amp|lt|gt|quot|apos|colon|equals|lowbar|hyphen|period|sol);/g;
const ESCAPES = new RegExp(
  String.raw`[\p{Default_Ignorable_Code_Point}\p{Cf}]+|[\u{ff01}-\u{ff5e}\u{1d400}-\u{1d7ff}\u{24b6}-\u{24e9}\u{2100}-\u{214f}\p{Script=Cyrillic}\p{Script=Greek}]|${ASCII_ESCAPES.source}`,
  'gu',
);

const QUOTED_PRINTABLE = /=(?:[0-9A-F]{2}|\r?\n)/g;

function quotedByte(match: string): string {
  return match.length === 3 && match.charAt(1) !== '\r' ? String.fromCharCode(Number.parseInt(match.slice(1), 16)) : '';
}
