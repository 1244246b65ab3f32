import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Sealer } from '../../ports/sealer.ts';

const PREFIX = 'cs1.';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Longer than anything that hosts are ever given to carry. */
const CARRIED_CHARS_MAX = 64 * 1024;

/**
 * AES-256-GCM with a random nonce for each text and a key of 32 bytes. At 2^32 texts a nonce could repeat (NIST SP 800-38D, 8.3); keys do not live to see half of that.
 */
export function createSealer(key: Uint8Array, sealedCharsMax: number = CARRIED_CHARS_MAX): Sealer {
  return {
    seal(text) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
      const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return PREFIX + sealed.toString('base64url');
    },
    open(sealed) {
      if (!sealed.startsWith(PREFIX) || sealed.length > sealedCharsMax) return null;
      const bytes = Buffer.from(sealed.slice(PREFIX.length), 'base64url');
      // Decoding ignores characters that are none of its own, and bits that fill up the last one.
      if (PREFIX + bytes.toString('base64url') !== sealed || bytes.length < NONCE_BYTES + TAG_BYTES) return null;
      const tagAt = bytes.length - TAG_BYTES;
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAuthTag(bytes.subarray(tagAt));
      try {
        return decipher.update(bytes.subarray(NONCE_BYTES, tagAt), undefined, 'utf8') + decipher.final('utf8');
      } catch {
        return null;
      }
    },
  };
}
