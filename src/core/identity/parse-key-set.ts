import { Buffer } from 'node:buffer';
import { type Json, type JsonObject, isJsonObject } from '../json/value.ts';
import { type Result, err, ok } from '../result.ts';
import { isWeakRsaKey } from './weak-rsa-key.ts';

/** An issuer has two or three keys while it changes them. */
export const KEYS_MAX = 100;

/** Private parts of RSA, elliptic-curve and octet keys, and symmetric keys (RFC 7518 §6). */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];

/**
 * The public signature keys of a JWK set (RFC 7517). Keys of unknown types, for other uses or too weak are left out. A set that shows
 * a secret, or has two keys of one id, is refused as a whole: whoever publishes it is not in control of the keys.
 */
export function parseKeySet(json: Json): Result<readonly JsonObject[], string> {
  const members: readonly Json[] | null = isJsonObject(json) && Array.isArray(json.keys) ? json.keys : null;
  if (members === null) return err('not a JWK set');
  if (members.length > KEYS_MAX) return err(`more than ${KEYS_MAX} keys`);
  const keys: JsonObject[] = [];
  const ids = new Set<Json>();
  for (const key of members) {
    if (!isJsonObject(key)) return err('a key is no JSON object');
    if (PRIVATE_MEMBERS.some((name) => key[name] !== undefined)) return err('a private or symmetric key is published');
    if (!isUsable(key)) continue;
    if (key.kid !== undefined && ids.has(key.kid)) return err('two keys have the same id');
    ids.add(key.kid ?? null);
    keys.push(key);
  }
  return ok(keys);
}

function isUsable(key: JsonObject): boolean {
  if (key.use !== undefined && key.use !== 'sig') return false;
  if (key.kty === 'EC' || key.kty === 'OKP') return true;
  if (key.kty !== 'RSA' || typeof key.n !== 'string' || typeof key.e !== 'string') return false;
  return !isWeakRsaKey(Buffer.from(key.n, 'base64url'), Buffer.from(key.e, 'base64url'));
}
