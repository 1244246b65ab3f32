import { endOfString } from '../json-strings.ts';
import { redactionMarker } from '../redact-text.ts';
import { foldName } from '../../json/fold-name.ts';
import type { FieldPicker, KeptFields } from './field-picker.ts';

/** The picking of fields out of a JSON text, in steps, because the text may be megabytes. */
export interface JsonShaping {
  /** Looks at about so many characters more. `true`: it is over. */
  step(chars: number): boolean;
  /**
   * What is left: the same characters, without what is not shown. `null` for a text that is no array or object. Only once a step said
   * that it is over.
   */
  finish(): string | null;
}

/**
 * With `keep`, an object that has one of the kept members is a record: of it those are shown, and nothing else. An object that has none
 * is only looked into, so that `keep: [id]` means the same for `{"id": …}` and for `{"total": 2, "deals": [{"id": …}, …]}`. Below a
 * kept path, `owner.email`, nothing is guessed any more. Arrays are looked into everywhere. `drop` is asked of every member first.
 */
export function createJsonShaping(text: string, picker: FieldPicker): JsonShaping {
  const walk: Walk = {
    text,
    picker,
    at: 0,
    pieces: [],
    frames: [],
    names: [],
    skip: null,
    isBroken: false,
    isOver: false,
  };
  return {
    step(chars) {
      const until = walk.at + chars;
      while (!walk.isOver && !walk.isBroken && walk.at < until) stepOnce(walk);
      return walk.isOver || walk.isBroken;
    },
    finish: () => (walk.isBroken ? null : walk.pieces.join('')),
  };
}

interface Walk {
  readonly text: string;
  readonly picker: FieldPicker;
  at: number;
  readonly pieces: string[];
  readonly frames: Frame[];
  /** Folded names around the place, where something is dropped. */
  readonly names: string[];
  /** A value that is passed over, or copied, as a whole. */
  skip: Skip | null;
  isBroken: boolean;
  isOver: boolean;
}

/** An array or object that is walked through. */
interface Frame {
  readonly isArray: boolean;
  /** `null`: all of it is kept, but for what is dropped. */
  readonly keep: KeptFields | null;
  /** Whether it may be a wrapper around records. */
  readonly mayWrap: boolean;
  isRecord: boolean;
  /** The piece at which it begins, comma and name included: what wraps nothing is taken back. */
  readonly ownPiece: number;
  /** The piece behind its opening bracket, to which what was written is taken back once it turns out to be a record. */
  readonly firstPiece: number;
  readonly isFirst: boolean;
  isEmpty: boolean;
  /** Nothing may follow but a comma or its end. */
  isFilled: boolean;
}

interface Skip {
  depth: number;
  /** Where what is copied begins; `null`: nothing is. */
  readonly copyFrom: number | null;
}

const WITHHELD = redactionMarker('withheld');
/** Deeper than this is no record of anything. */
const DEPTH_MAX = 128;
const SPACE = /[ \t\n\r]*/y;
const SCALAR = /(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null)(?=[,\]} \t\n\r]|$)/y;
/** An array or object, with members, written as a string. */
const INNER_JSON = /^"(?:\s|\\[nrt])*(?:[{[]|\\u00[57][bB])/;
const BRACKET_OR_QUOTE = /["[\]{}]/g;

function stepOnce(walk: Walk): void {
  if (walk.skip !== null) return skipOn(walk, walk.skip);
  passSpace(walk);
  const frame = walk.frames.at(-1);
  if (frame === undefined) return stepOutside(walk);
  const char = walk.text.charAt(walk.at);
  if (char === (frame.isArray ? ']' : '}')) return closeFrame(walk);
  if (frame.isFilled) {
    if (char !== ',') return breakOff(walk);
    walk.at += 1;
    frame.isFilled = false;
    passSpace(walk);
  }
  frame.isFilled = true;
  if (frame.isArray) {
    takeValue(walk, { keep: frame.keep, mayWrap: frame.mayWrap, name: null, into: frame });
  } else takeMember(walk, frame);
}

/** Before the outermost value, or behind it. */
function stepOutside(walk: Walk): void {
  if (walk.at > 0 && walk.pieces.length > 0) {
    if (walk.at < walk.text.length) return breakOff(walk);
    walk.isOver = true;
    return;
  }
  const { keep } = walk.picker;
  const opening = walk.text.charAt(walk.at);
  if (opening !== '{' && opening !== '[') return breakOff(walk);
  takeValue(walk, { keep, mayWrap: true, name: null, into: null });
}

function takeMember(walk: Walk, frame: Frame): void {
  const { text, picker } = walk;
  const literal = takeName(walk);
  if (literal === null) return breakOff(walk);
  const name = nameOf(literal);
  passSpace(walk);
  if (name === null || text.charAt(walk.at) !== ':') return breakOff(walk);
  walk.at += 1;
  passSpace(walk);
  if (picker.dropsSome) {
    walk.names.push(foldName(name));
    if (picker.isDropped(walk.names)) return passOver(walk, null);
  }
  const shown = { name: literal, into: frame };
  if (frame.keep === null) return takeValue(walk, { ...shown, keep: null, mayWrap: false });
  const kept = frame.keep.get(name);
  if (kept === undefined) {
    if (frame.isRecord || !frame.mayWrap) return passOver(walk, null);
    return takeValue(walk, { ...shown, keep: frame.keep, mayWrap: true });
  }
  if (frame.mayWrap && !frame.isRecord) {
    // What it seemed to wrap is not shown after all.
    frame.isRecord = true;
    walk.pieces.length = frame.firstPiece;
    frame.isEmpty = true;
  }
  takeValue(walk, { ...shown, keep: kept, mayWrap: false });
}

interface Taken {
  readonly keep: KeptFields | null;
  readonly mayWrap: boolean;
  /** As it is written, with its quotes. */
  readonly name: string | null;
  readonly into: Frame | null;
}

function takeValue(walk: Walk, { keep, mayWrap, name, into }: Taken): void {
  const opening = walk.text.charAt(walk.at);
  const isContainer = opening === '{' || opening === '[';
  // Only containers lead to what is kept.
  if (keep !== null && !isContainer) return passOver(walk, null);
  const ownPiece = walk.pieces.length;
  const isFirst = into?.isEmpty ?? true;
  if (into !== null) {
    if (!into.isEmpty) walk.pieces.push(',');
    into.isEmpty = false;
  }
  if (name !== null) walk.pieces.push(`${name}:`);
  if (!isContainer || (keep === null && !walk.picker.dropsSome)) return passOver(walk, walk.at);
  if (walk.frames.length === DEPTH_MAX) return breakOff(walk);
  walk.at += 1;
  walk.pieces.push(opening);
  const firstPiece = walk.pieces.length;
  walk.frames.push({
    isArray: opening === '[',
    keep,
    mayWrap,
    isRecord: false,
    ownPiece,
    firstPiece,
    isFirst,
    isEmpty: true,
    isFilled: false,
  });
}

function closeFrame(walk: Walk): void {
  const closed = walk.frames.pop();
  const around = walk.frames.at(-1);
  walk.pieces.push(walk.text.charAt(walk.at));
  walk.at += 1;
  if (around?.isArray === false && closed !== undefined && wrapsNothing(closed)) {
    walk.pieces.length = closed.ownPiece;
    around.isEmpty = closed.isFirst;
  }
  leaveMember(walk);
}

/** Its name would be all that is left of it. An empty array says that there are none. */
function wrapsNothing({ isArray, keep, isRecord, isEmpty }: Frame): boolean {
  return !isArray && keep !== null && !isRecord && isEmpty;
}

/** Passes over one value: a scalar at once, anything else in steps. */
function passOver(walk: Walk, copyFrom: number | null): void {
  const { text } = walk;
  const opening = text.charAt(walk.at);
  if (opening === '{' || opening === '[') {
    walk.skip = { depth: 0, copyFrom };
    return;
  }
  const start = walk.at;
  if (opening === '"') walk.at = endOfString(text, start + 1) + 1;
  else {
    SCALAR.lastIndex = start;
    walk.at = SCALAR.test(text) ? SCALAR.lastIndex : 0;
  }
  if (walk.at === 0) return breakOff(walk);
  if (copyFrom !== null) walk.pieces.push(shownScalar(walk.picker, text.slice(copyFrom, walk.at)));
  leaveMember(walk);
}

/** JSON within a string is looked into as well, where something is taken out wherever it stands. */
function shownScalar(picker: FieldPicker, literal: string): string {
  if (!picker.dropsSome || !INNER_JSON.test(literal)) return literal;
  const inner = nameOf(literal);
  if (inner === null || !picker.speaksOfDropped(inner)) return literal;
  const shaping = createJsonShaping(inner, { ...picker, keep: null });
  shaping.step(Number.POSITIVE_INFINITY);
  return JSON.stringify(shaping.finish() ?? WITHHELD);
}

/** To the next bracket or the end of the next string. */
function skipOn(walk: Walk, skip: Skip): void {
  const { text } = walk;
  BRACKET_OR_QUOTE.lastIndex = walk.at;
  const found = BRACKET_OR_QUOTE.exec(text)?.[0];
  if (found === undefined) return breakOff(walk);
  walk.at = BRACKET_OR_QUOTE.lastIndex;
  if (found === '"') {
    const end = endOfString(text, walk.at);
    if (end === -1) return breakOff(walk);
    walk.at = end + 1;
    return;
  }
  skip.depth += found === '{' || found === '[' ? 1 : -1;
  if (skip.depth > 0) return;
  if (skip.copyFrom !== null) walk.pieces.push(text.slice(skip.copyFrom, walk.at));
  walk.skip = null;
  leaveMember(walk);
}

/** The name of a member is left behind with its value; items of arrays have none. */
function leaveMember(walk: Walk): void {
  if (walk.picker.dropsSome && walk.frames.at(-1)?.isArray === false) walk.names.pop();
}

function takeName(walk: Walk): string | null {
  const start = walk.at;
  if (walk.text.charAt(start) !== '"') return null;
  const end = endOfString(walk.text, start + 1);
  if (end === -1) return null;
  walk.at = end + 1;
  return walk.text.slice(start, end + 1);
}

/** `null`: what stands between the quotes is no JSON string. */
function nameOf(literal: string): string | null {
  if (!literal.includes('\\')) return literal.slice(1, -1);
  try {
    return JSON.parse(literal) as string;
  } catch {
    return null;
  }
}

function passSpace(walk: Walk): void {
  SPACE.lastIndex = walk.at;
  SPACE.test(walk.text);
  walk.at = SPACE.lastIndex;
}

function breakOff(walk: Walk): void {
  walk.isBroken = true;
}
