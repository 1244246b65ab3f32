import { Buffer } from 'node:buffer';

/** A stretch of the bytes of a JSON text as text, so that no more of a long one than is looked at stands in memory twice. */
export interface JsonWindow {
  readonly text: string;
  /** For numbers, of which all characters are ASCII: also before and behind the window, as far as nothing else comes in between. */
  readonly codeAt: (offset: number) => number | undefined;
  /** A string of its own: in one that only points into another, every character costs twice as much to look at. */
  readonly copyUntil: (offset: number) => string;
  /** What the characters before an offset take, which is within none of them. */
  readonly bytesUntil: (offset: number) => number;
}

/** From a byte on at which a character begins: at least so many UTF-16 code units, or else all that there is. The bytes must be UTF-8. */
export function readWindow(bytes: Buffer, from: number, unitsMin: number): JsonWindow {
  const short = windowOf(bytes, from, endOfCharacter(bytes, from + unitsMin));
  if (short.text.length >= unitsMin || from + unitsMin >= bytes.length) return short;
  return windowOf(bytes, from, endOfCharacter(bytes, from + unitsMin * BYTES_PER_UNIT_MAX));
}

const BYTES_PER_UNIT_MAX = 3;

/** There, or up to three bytes behind it. */
function endOfCharacter(bytes: Buffer, near: number): number {
  let end = near;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end += 1;
  return Math.min(end, bytes.length);
}

function windowOf(bytes: Buffer, from: number, to: number): JsonWindow {
  const text = bytes.toString('utf8', from, to);
  const isAscii = text.length === to - from;
  // Else offsets would be those of other characters, and what was found would be left where it is.
  if (!isAscii && Buffer.byteLength(text) !== to - from) throw new Error('INVARIANT: a result is UTF-8');
  return {
    text,
    codeAt(offset) {
      if (offset < 0) return bytes[from + offset];
      return offset < text.length ? text.charCodeAt(offset) : bytes[to + offset - text.length];
    },
    copyUntil: (offset) => (isAscii ? bytes.toString('latin1', from, from + offset) : copyOf(text.slice(0, offset))),
    bytesUntil: (offset) => (isAscii ? offset : Buffer.byteLength(text.slice(0, offset))),
  };
}

function copyOf(part: string): string {
  const encoding = Buffer.byteLength(part) === part.length ? 'latin1' : 'utf16le';
  return Buffer.from(part, encoding).toString(encoding);
}
