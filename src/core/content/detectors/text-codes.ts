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
  /** In UTF-16 code units, as that of the text. */
  readonly length: number;
  readonly isAscii: boolean;
}

/** What stands for everything beyond ASCII. */
const OTHER = 0xff;

/** Where codes are kept. A part of a result fits in; what is longer gets room of its own. */
export type CodesRoom = ReturnType<typeof Buffer.allocUnsafe>;
const ROOM_BYTES = 96 * 1024;
/** For searches that come to their end before anybody else has a turn. */
export const SHARED_ROOM: CodesRoom = Buffer.allocUnsafeSlow(ROOM_BYTES);

/** For texts of so many characters. */
export function createRoom(length: number): CodesRoom {
  return Buffer.allocUnsafe(Math.min(length, ROOM_BYTES));
}

export function readCodes(text: string, room: CodesRoom): TextCodes {
  const { length } = text;
  const codes = length <= room.length ? room : Buffer.allocUnsafe(length);
  const isAscii = Buffer.byteLength(text) === length;
  if (isAscii) codes.write(text, 'latin1');
  else for (let at = 0; at < length; at += 1) codes[at] = Math.min(text.charCodeAt(at), OTHER);
  return { codes, length, isAscii };
}
