import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** As many as SHA-256 gives and AES-256 takes. */
const KEY_BYTES = 32;

/**
 * A key that is made at the first start. Without it, digests in an old log cannot be compared with new ones, and what was sealed cannot
 * be read, so a file of the wrong length stops the start instead of being replaced.
 */
export function loadOrCreateKey(path: string): Uint8Array {
  if (!existsSync(path)) writeSecretFile(path, randomBytes(KEY_BYTES).toString('hex'));
  const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'hex');
  if (key.length === KEY_BYTES) return key;
  throw new Error(`${path}: must hold ${KEY_BYTES} bytes in hex; restore it from the backup of the data directory`);
}

/** What `writeSecretFile` wrote; `null` where there is no such file. */
export function readSecretFile(path: string): string | null {
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : null;
}

/** Creates or replaces a file that only its owner can read, and waits until it is on disk. */
export function writeSecretFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const file = openSync(path, 'w', 0o600);
  try {
    chmodSync(path, 0o600);
    writeSync(file, `${text}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** The same for a file whose old content must not be lost when the machine stops meanwhile. */
export function replaceSecretFile(path: string, text: string): void {
  const written = `${path}.new`;
  writeSecretFile(written, text);
  renameSync(written, path);
}
