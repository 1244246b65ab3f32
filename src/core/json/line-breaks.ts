import { Buffer } from 'node:buffer';
import { CARRIAGE_RETURN, LINE_FEED, SPACE } from './characters.ts';

/** Whether there is a CR or LF byte, which would end a `data:` line of an event stream. */
export function hasLineBreak(bytes: Uint8Array): boolean {
  // The search of Buffer is twenty times faster than that of Uint8Array.
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.includes(LINE_FEED) || buffer.includes(CARRIAGE_RETURN);
}

/**
 * The same JSON on one line: the same array where it has no line break, else a copy of the same length with spaces for them, so
 * that places noted before stay good. Only for a text that was skimmed: in that, a line break is always white space between tokens.
 */
export function withoutLineBreaks(bytes: Uint8Array): Uint8Array {
  if (!hasLineBreak(bytes)) return bytes;
  const copy = new Uint8Array(bytes);
  for (let position = 0; position < copy.length; position++) {
    if (copy[position] === LINE_FEED || copy[position] === CARRIAGE_RETURN) copy[position] = SPACE;
  }
  return copy;
}
