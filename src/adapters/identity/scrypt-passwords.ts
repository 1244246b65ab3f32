import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import type { PasswordHasher } from '../../ports/password-hasher.ts';

interface Cost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** 32 MiB and about a tenth of a second. Source: OWASP Password Storage Cheat Sheet, scrypt. */
const COST: Cost = { N: 2 ** 15, r: 8, p: 3 };
const SALT_BYTES = 16;
const KEY_BYTES = 32;
/** At once; more are turned away, so that guessing takes neither the memory nor the thread pool of the process. */
const WORK_MAX = 2;

/** Writes `scrypt$N$r$p$salt$key`, salt and key in base64url, so that the cost can grow without invalidating what is stored. */
export function createScryptPasswords(cost: Cost = COST): PasswordHasher {
  let working = 0;

  async function limited<T>(work: () => Promise<T>): Promise<T | null> {
    if (working >= WORK_MAX) return null;
    working += 1;
    try {
      return await work();
    } finally {
      working -= 1;
    }
  }

  return {
    hash: (password) =>
      limited(async () => {
        const salt = randomBytes(SALT_BYTES);
        const key = await derive(password, salt, cost);
        return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$');
      }),
    isPassword: (storedHash, password) =>
      limited(async () => {
        const stored = parseStored(storedHash);
        const key = await derive(password, stored?.salt ?? Buffer.alloc(SALT_BYTES), stored?.cost ?? cost);
        return stored !== null && key.length === stored.key.length && timingSafeEqual(key, stored.key);
      }),
  };
}

function parseStored(text: string | null): { readonly cost: Cost; readonly salt: Buffer; readonly key: Buffer } | null {
  const [, N, r, p, salt = '', key = ''] = /^scrypt\$(\d+)\$(\d+)\$(\d+)\$([\w-]+)\$([\w-]+)$/.exec(text ?? '') ?? [];
  if (N === undefined) return null;
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  return { cost, salt: Buffer.from(salt, 'base64url'), key: Buffer.from(key, 'base64url') };
}

/** Of two ways to write one character, both are the same password (RFC 8265, OpaqueString). */
function derive(password: string, salt: Buffer, cost: Cost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const maxmem = 256 * cost.N * cost.r + 1024 * 1024;
    scrypt(password.normalize('NFC'), salt, KEY_BYTES, { ...cost, maxmem }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}
