import { Buffer } from 'node:buffer';

/** A part of the bytes of a JSON text as text, so that no more of a long one than is looked at stands in memory twice. */
export interface JsonWindow {
  readonly text: string;
  /** For numbers, of which all characters are ASCII: also before and behind the window, as far as nothing else comes in between. */
  readonly codeAt: (offset: number) => number | undefined;
}

/** The bytes `[from, to)` must be UTF-8, and no character may lie across either end. */
export function readWindow(bytes: Buffer, from: number, to: number): JsonWindow {
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
  };
}
