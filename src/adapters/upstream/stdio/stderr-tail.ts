import { Buffer } from 'node:buffer';
import { visibleText } from '../../../core/content/visible-text.ts';

/** The last words of a process, for the operator alone: credentials that it was given are masked, and no word of it can fake a line. */
export interface StderrTail {
  push(chunk: Uint8Array): void;
  /** One line; empty where the process said nothing. */
  read(): string;
}

const SHOWN_CHARS_MAX = 1_000;
/** Shorter values occur in honest words. */
const SECRET_CHARS_MIN = 6;

export function createStderrTail(secrets: readonly string[]): StderrTail {
  const masked = secrets.filter(({ length }) => length >= SECRET_CHARS_MIN).sort((a, b) => b.length - a.length);
  // A secret that the cut goes through would not be recognised, so its rest must lie outside what is shown.
  const keptBytesMax = 4 * SHOWN_CHARS_MAX + Math.max(0, ...masked.map((secret) => Buffer.byteLength(secret)));
  let kept: Uint8Array = Buffer.alloc(0);
  return {
    push(chunk) {
      kept = Buffer.concat([kept.subarray(-keptBytesMax), chunk.subarray(-keptBytesMax)]).subarray(-keptBytesMax);
    },
    read() {
      let text = Buffer.from(kept).toString('utf8').trim();
      for (const secret of masked) text = text.replaceAll(secret, '[secret]');
      return visibleText(text.slice(-SHOWN_CHARS_MAX));
    },
  };
}
