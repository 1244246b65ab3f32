import { Buffer } from 'node:buffer';

/** The characters that may stand in a class, by their code; everything beyond ASCII is outside of all. */
export type CharacterClass = Uint8Array;

export function characterClass(characters: RegExp): CharacterClass {
  return Uint8Array.from({ length: 256 }, (_, code) =>
    code < 128 && characters.test(String.fromCharCode(code)) ? 1 : 0,
  );
}

export function isIn(members: CharacterClass, code: number): boolean {
  return code < 256 && members[code] === 1;
}

/** The code of each character of a text, in bytes because they are read several times as fast. */
export interface TextCodes {
  /** May go on behind the text. Holds until the codes of the next text are read in the same room. */
  readonly codes: Uint8Array;
  /** The same bytes in twos, as `pairNumber` numbers them: the first two, the next two. */
  readonly pairs: Uint16Array;
  /** In UTF-16 code units, as that of the text. */
  readonly length: number;
  readonly isAscii: boolean;
}

/** In ASCII what ends no line and no word, and shows nowhere: for the brackets of an expression. */
export const CONTROL_RANGES: string = String.raw`\x00-\x08\x0b\x0c\x0e-\x1f\x7f`;

/** What stands for everything beyond ASCII. */
const OTHER = 0xff;
const BYTE_VALUES = 256;
export const PAIR_NUMBERS: number = BYTE_VALUES * BYTE_VALUES;
const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** How this machine reads two bytes as one number. */
export function pairNumber(first: number, second: number): number {
  return isLittleEndian ? second * BYTE_VALUES + first : first * BYTE_VALUES + second;
}

/** Where codes are kept. A part of a result fits in; what is longer gets room of its own. */
export interface CodesRoom {
  readonly codes: ReturnType<typeof Buffer.allocUnsafe>;
  readonly pairs: Uint16Array;
}

const ROOM_BYTES = 96 * 1024;
/** Rooms that were given back, a few. */
const spare: CodesRoom[] = [];
const SPARE_MAX = 4;

/** For one search, until it is through with its text. It should be given back. */
export function takeRoom(): CodesRoom {
  return spare.pop() ?? roomOf(ROOM_BYTES);
}

export function giveRoomBack(room: CodesRoom): void {
  if (spare.length < SPARE_MAX) spare.push(room);
}

function roomOf(length: number): CodesRoom {
  const codes = Buffer.allocUnsafeSlow(length + (length % 2));
  return { codes, pairs: new Uint16Array(codes.buffer) };
}

const ENCODER = new TextEncoder();

export function readCodes(text: string, room: CodesRoom): TextCodes {
  const { length } = text;
  const { codes, pairs } = length <= room.codes.length ? room : roomOf(length);
  // All that is not ASCII takes more bytes than code units, so either it shows in their number, or not all of it was read.
  const { read, written } = ENCODER.encodeInto(text, codes);
  const isAscii = read === length && written === length;
  if (!isAscii) for (let at = 0; at < length; at += 1) codes[at] = Math.min(text.charCodeAt(at), OTHER);
  return { codes, pairs, length, isAscii };
}
