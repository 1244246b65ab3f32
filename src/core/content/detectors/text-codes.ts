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
  /** May go on behind the text. Shared: holds until the codes of the next text are read. */
  readonly codes: Uint8Array;
  /** In UTF-16 code units, as that of the text. */
  readonly length: number;
  readonly isAscii: boolean;
}

/** What stands for everything beyond ASCII. */
const OTHER = 0xff;
/** A part of a result fits in; what is longer gets room of its own. */
const ROOM = Buffer.allocUnsafeSlow(96 * 1024);

export function readCodes(text: string): TextCodes {
  const { length } = text;
  const codes = length <= ROOM.length ? ROOM : Buffer.allocUnsafe(length);
  const isAscii = Buffer.byteLength(text) === length;
  if (isAscii) codes.write(text, 'latin1');
  else for (let at = 0; at < length; at += 1) codes[at] = Math.min(text.charCodeAt(at), OTHER);
  return { codes, length, isAscii };
}
