import { findMarks, type Marks } from './detectors/marks.ts';
import { CONTROL_RANGES, giveRoomBack, takeRoom } from './detectors/text-codes.ts';
import { decodeBuffers } from './byte-lists.ts';
import { decodeRuns } from './encoded-runs.ts';
import { NAMED_ENTITIES, plainText } from './plain-text.ts';
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
export function unfoldText(text: string, marks: Marks, room: UnpackRoom): Unfolded {
  const {
    codes: { isAscii },
    hasControls,
  } = marks;
  const { texts, closed } = decodeRuns(text, marks, room);
  const readings = [
    hasControls || isDisguised(text, isAscii)
      ? replaceMapped(text, isAscii ? ASCII_ESCAPES : ESCAPES, plainText)
      : null,
    // Only where it is certain: an equals sign with two letters behind it is in every other program.
    hasSoftBreak(text) ? replaceMapped(text, QUOTED_PRINTABLE, quotedByte) : null,
  ];
  const buffers = decodeBuffers(text);
  return { texts: [...readings.filter((reading) => reading !== null), ...texts, ...buffers], closed };
}

/** All readings of a text by itself. */
export function readingsOf(text: string): readonly string[] {
  const room = takeRoom();
  const marks = findMarks(text, { withNumbers: false, room });
  const { texts } = unfoldText(text, marks, createUnpackRoom());
  giveRoomBack(room);
  return texts.map((reading) => reading.text);
}

/**
 * Whether undoing escapes could show anything; control characters are looked for elsewhere. Line breaks and quotes that are escaped hide
 * nothing from a detector.
 */
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

const NAMES = [...NAMED_ENTITIES.keys()].join('|');
const HIDING_ESCAPES = new RegExp(
  [
    '%u?[0-9A-Fa-f]{2}',
    String.raw`\\(?:[ux][0-9A-Fa-f]{2}|u\{[0-9A-Fa-f]|U[0-9A-Fa-f]{8}|_)`,
    `&(?:#[0-9xX]|(?:${NAMES});)`,
  ].join('|'),
);
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
    // Signs before numbers of other scripts, marks of notes between lines, and what ends no line
    String.raw`\u0080-\u009f\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\ufff0-\ufffb`,
    // The first halves of mathematical letters, of signs that join others, and of tags
    String.raw`\ud804\ud80d\ud82f\ud834\ud835\udb40-\udb43`,
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
const ASCII_ESCAPES = new RegExp(
  [
    '%u[0-9A-Fa-f]{4}',
    '(?:%[0-9A-Fa-f]{2})+',
    String.raw`\\(?:u[0-9A-Fa-f]{4}|u\{[0-9A-Fa-f]{1,6}\}|U[0-9A-Fa-f]{8}|x[0-9A-Fa-f]{2}|["\\/bfnrt_])`,
    // Browsers need no semicolon, and any number of zeros may stand before.
    `&(?:#0{0,16}[0-9]{1,7};?|#[xX]0{0,16}[0-9A-Fa-f]{1,6};?|(?:${NAMES});)`,
    // What colours the output of a program, also the part of it that was looked for.
    String.raw`\x1b\[[0-9;]{0,16}[A-Za-z]`,
    `[${CONTROL_RANGES}]+`,
  ].join('|'),
  'g',
);
const ESCAPES = new RegExp(
  String.raw`[\u{80}-\u{9f}\p{Default_Ignorable_Code_Point}\p{Cf}]+|[\u{ff01}-\u{ff5e}\u{1d400}-\u{1d7ff}\u{24b6}-\u{24e9}\u{2100}-\u{214f}\p{Script=Cyrillic}\p{Script=Greek}]|${ASCII_ESCAPES.source}`,
  'gu',
);

const QUOTED_PRINTABLE = /=(?:[0-9A-F]{2}|\r?\n)/g;

function quotedByte(match: string): string {
  return match.length === 3 && match.charAt(1) !== '\r' ? String.fromCharCode(Number.parseInt(match.slice(1), 16)) : '';
}
