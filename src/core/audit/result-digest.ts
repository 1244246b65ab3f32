import { createHash, hash } from 'node:crypto';
import { joinBytes } from '../bytes/join-bytes.ts';

/** Up to this length, joining the pieces costs less than an object that takes them one by one. */
const JOINED_BYTES_MAX = 32 * 1024;

/** SHA-256, in hex, of a result's bytes: proves later what was passed on, without keeping it. */
export function resultDigest(pieces: readonly Uint8Array[], bytes: number): string {
  if (pieces.length === 1 || bytes <= JOINED_BYTES_MAX) return hash('sha256', joinBytes(pieces), 'hex');
  const digest = createHash('sha256');
  for (const piece of pieces) digest.update(piece);
  return digest.digest('hex');
}
