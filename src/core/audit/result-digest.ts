import { createHash, hash } from 'node:crypto';

/** SHA-256, in hex, of the result's bytes as the upstream sent them: proves later what was passed on, without keeping it. */
export function resultDigest(chunks: readonly Uint8Array[]): string {
  const [first] = chunks;
  // One call is a third of the cost of an object, and most results are one chunk.
  if (first !== undefined && chunks.length === 1) return hash('sha256', first, 'hex');
  const digest = createHash('sha256');
  for (const chunk of chunks) digest.update(chunk);
  return digest.digest('hex');
}
