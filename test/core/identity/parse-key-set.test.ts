import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { KEYS_MAX, parseKeySet } from '../../../src/core/identity/parse-key-set.ts';
import type { Json, JsonObject } from '../../../src/core/json/value.ts';

const ec: JsonObject = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', kid: 'ec', use: 'sig' };
const rsaKey = (modulusLength: number, publicExponent = 65_537): JsonObject => ({
  ...(generateKeyPairSync('rsa', { modulusLength, publicExponent }).publicKey.export({ format: 'jwk' }) as JsonObject),
  kid: `rsa-${modulusLength}-${publicExponent}`,
});
const idsOf = (keys: readonly Json[]) => {
  const set = parseKeySet({ keys });
  return set.ok ? set.value.map((key) => key.kid) : set.error;
};

describe('parseKeySet', () => {
  it('keeps public signature keys', () => {
    expect(idsOf([ec, rsaKey(2048), { kty: 'OKP', crv: 'Ed25519', x: 'x', kid: 'ed' }])).toEqual([
      'ec',
      'rsa-2048-65537',
      'ed',
    ]);
  });

  it.each([
    ['of a type that is not known', { kty: 'XX', kid: 'a' }],
    ['for encryption', { ...ec, use: 'enc' }],
    ['of 1024 bits', rsaKey(1024)],
    ['with the exponent 3', rsaKey(2048, 3)],
    ['without a modulus', { kty: 'RSA', e: 'AQAB' }],
    ['with a modulus that would take seconds', { kty: 'RSA', e: 'AQAB', n: 'A'.repeat(100_000) }],
  ])('leaves out a key %s', (_, key) => {
    expect(idsOf([key, ec])).toEqual(['ec']);
  });

  it.each([
    ['a private key', [{ ...ec, d: 'secret' }]],
    ['a private key for encryption', [ec, { ...ec, kid: 'b', use: 'enc', d: 'secret' }]],
    ['a symmetric key', [ec, { kty: 'oct', k: 'secret' }]],
    ['two keys of one id', [ec, { ...ec, x: 'other' }]],
    ['a key that is no object', [ec, 'key']],
    ['more keys than any issuer has', Array.from({ length: KEYS_MAX + 1 }, (_, n) => ({ ...ec, kid: `${n}` }))],
  ])('refuses a set with %s', (_, keys) => {
    expect(parseKeySet({ keys }).ok).toBe(false);
  });

  it.each([null, [], 'keys', {}, { keys: {} }])('refuses %j, which is no key set', (json) => {
    expect(parseKeySet(json as Json).ok).toBe(false);
  });

  it('has no quarrel with several keys that have no id', () => {
    const { kid: _, ...nameless } = ec;
    expect(idsOf([nameless, nameless])).toHaveLength(2);
  });
});
