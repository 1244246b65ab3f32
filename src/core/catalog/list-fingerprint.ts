import { hash } from 'node:crypto';

/** A text that is another whenever the list is: by what its entries say and in their order. Empty for an empty list. */
export function listFingerprint(digests: readonly string[]): string {
  return digests.length === 0 ? '' : hash('sha256', digests.join('\n'), 'base64');
}
