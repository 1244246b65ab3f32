import { Buffer } from 'node:buffer';
import { asBuffer } from './as-buffer.ts';

/** The pieces as one; a single one is not copied, and shares its memory. */
export function joinBytes(pieces: readonly Uint8Array[]): Buffer {
  const [only] = pieces;
  if (only === undefined || pieces.length > 1) return Buffer.concat(pieces);
  return asBuffer(only);
}
