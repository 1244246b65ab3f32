import { type JSONWebKeySet, compactVerify, createLocalJWKSet, errors } from 'jose';
import type { JsonObject } from '../../core/json/value.ts';
import { type Result, err, ok } from '../../core/result.ts';

/** Public keys, ready for use. Says which of them a token's header means. */
export type KeySet = ReturnType<typeof createLocalJWKSet>;

export function createKeySet(keys: readonly JsonObject[]): Result<KeySet, string> {
  try {
    return ok(createLocalJWKSet({ keys: [...keys] } as unknown as JSONWebKeySet));
  } catch {
    return err('the key set is malformed');
  }
}

/**
 * Checks the signature of a compact JWS. `algorithms` is what the operator allows for the issuer: which algorithm is used is never for
 * the token alone to say. `unknown-key`: no key of the set is meant, so a newer set may help.
 */
export async function verifySignature(
  token: string,
  keys: KeySet,
  algorithms: readonly string[],
): Promise<'verified' | 'unknown-key' | 'forged'> {
  try {
    await compactVerify(token, keys, { algorithms: [...algorithms] });
    return 'verified';
  } catch (error) {
    return error instanceof errors.JWKSNoMatchingKey ? 'unknown-key' : 'forged';
  }
}
