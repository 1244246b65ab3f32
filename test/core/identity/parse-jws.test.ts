import { describe, expect, it } from 'vitest';
import { parseJws } from '../../../src/core/identity/parse-jws.ts';

const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const jws = (header: unknown) => `${encode(header)}.${encode({ sub: 'a' })}.c2ln`;

describe('parseJws', () => {
  it.each([
    [{ alg: 'ES256' }, { alg: 'ES256', kid: null }],
    [
      { alg: 'ES256', kid: 'k', typ: 'JWT' },
      { alg: 'ES256', kid: 'k' },
    ],
    [
      { alg: 'RS256', typ: 'at+jwt', x5t: 'thumb' },
      { alg: 'RS256', kid: null },
    ],
    [
      { alg: 'ES256', typ: 'application/at+JWT' },
      { alg: 'ES256', kid: null },
    ],
  ])('reads the header %j', (header, read) => {
    const parsed = parseJws(jws(header));
    expect(parsed.ok && parsed.value.header).toEqual(read);
    expect(parsed.ok && Buffer.from(parsed.value.payload).toString()).toBe('{"sub":"a"}');
  });

  it.each([
    ['a key address', { alg: 'ES256', jku: 'https://evil.example/keys' }],
    ['a certificate address', { alg: 'ES256', x5u: 'https://evil.example/cert' }],
    ['its own key', { alg: 'ES256', jwk: { kty: 'EC' } }],
    ['its own certificate', { alg: 'ES256', x5c: ['MIIB'] }],
    ['critical members', { alg: 'ES256', crit: ['exp'], exp: 1 }],
    ['an unencoded payload', { alg: 'ES256', b64: false }],
    ['an encryption', { alg: 'RSA-OAEP', enc: 'A256GCM' }],
    ['no algorithm', { kid: 'a' }],
    ['an algorithm that is no text', { alg: ['ES256'] }],
    ['a key id that is no text', { alg: 'ES256', kid: 1 }],
    ['a key id of a thousand characters', { alg: 'ES256', kid: 'k'.repeat(1000) }],
    ['the type of a proof', { alg: 'ES256', typ: 'dpop+jwt' }],
    ['the type of a logout notice', { alg: 'ES256', typ: 'logout+jwt' }],
    ['a type that is no text', { alg: 'ES256', typ: null }],
    ['a list instead of an object', ['ES256']],
    ['a member twice', '{"alg":"none","alg":"ES256"}'],
    ['no JSON', 'alg=ES256'],
    ['invalid UTF-8', Buffer.from([0x7b, 0xc0, 0xaf, 0x7d]).toString('latin1')],
    ['nesting of 200 levels', `{"alg":"ES256","x":${'['.repeat(200)}${']'.repeat(200)}}`],
  ])('refuses a header with %s', (_, header) => {
    expect(parseJws(jws(header)).ok).toBe(false);
  });

  const good = jws({ alg: 'ES256' });
  it.each([
    ['nothing', ''],
    ['two parts', good.split('.').slice(0, 2).join('.')],
    ['four parts', `${good}.AA`],
    ['an empty signature', good.replace(/[^.]*$/, '')],
    ['an empty payload', good.replace(/\..*\./, '..')],
    ['padding', `${good}=`],
    ['a newline', `${good}\n`],
    ['the other base64 alphabet', good.replace(/c2ln$/, '++//')],
    ['unused bits in the last character', good.replace(/c2ln$/, 'c2ln_x')],
    ['JSON serialization', '{"payload":"","protected":"","signature":""}'],
    ['a megabyte', `${good.slice(0, -4)}${'A'.repeat(1_000_000)}`],
  ])('refuses %s', (_, token) => {
    expect(parseJws(token).ok).toBe(false);
  });
});
