import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKnownSecrets, redactArguments, redactKnownSecrets } from '../../../src/core/content/redact-arguments.ts';
import { canonicalJson } from '../../../src/core/json/canonical-json.ts';
import { REQUEST_LIMITS } from '../../../src/core/json/limits.ts';
import { readJson } from '../../../src/core/json/read-json.ts';
import { type JsonObject, isJsonObject } from '../../../src/core/json/value.ts';
import { jsonValue } from '../../support/json-arbitraries.ts';

const NONE = createKnownSecrets([]);
const KEY = '[redacted:key]';
const CREDENTIAL = '[redacted:credential]';

const parse = (text: string): JsonObject => {
  const result = readJson(Buffer.from(text), REQUEST_LIMITS);
  if (!result.ok || !isJsonObject(result.value)) throw new Error(`not an object: ${text.slice(0, 100)}`);
  return result.value;
};
const redact = (args: JsonObject, secrets: readonly string[] = []) =>
  JSON.parse(canonicalJson(redactArguments(parse(canonicalJson(args)), createKnownSecrets(secrets)))) as unknown;

describe('values under secret names', () => {
  it.each<[string, JsonObject, JsonObject]>([
    ['a string', { user: 'alice', password: 'hunter2' }, { user: 'alice', password: KEY }],
    ['an empty string', { token: '' }, { token: KEY }],
    ['a number', { otp: 123456 }, { otp: KEY }],
    ['a boolean', { secret: true }, { secret: KEY }],
    ['null, which tells nothing', { token: null }, { token: null }],
    ['a list of strings', { passwords: ['one', 'two'] }, { passwords: KEY }],
    ['an object', { credentials: { user: 'a', key: 'b' } }, { credentials: KEY }],
    ['deep inside', { a: [{ b: [[{ accessToken: 'x', c: 1 }]] }] }, { a: [{ b: [[{ accessToken: KEY, c: 1 }]] }] }],
    ['several', { a: { password: 1 }, b: { password: 2 } }, { a: { password: KEY }, b: { password: KEY } }],
    ['a pair of name and value', { name: 'API_KEY', value: 'x' }, { name: 'API_KEY', value: KEY }],
    ['pairs in a list', { env: [{ key: 'DB_PASSWORD', value: 'x' }] }, { env: [{ key: 'DB_PASSWORD', value: KEY }] }],
    ['a pair that is not secret', { name: 'REGION', value: 'eu' }, { name: 'REGION', value: 'eu' }],
    ['a name that is no text', { name: 7, value: 'eu' }, { name: 7, value: 'eu' }],
    ['a secret word as a value alone', { subject: 'password', text: 'token' }, { subject: 'password', text: 'token' }],
    ['nothing secret', { max_tokens: 100, author: 'alice' }, { max_tokens: 100, author: 'alice' }],
  ])('%s', (_, args, shown) => {
    expect(redact(args)).toEqual(shown);
  });

  it('keeps `__proto__` as data', () => {
    const shown = redactArguments(parse('{"__proto__":{"token":"x"},"password":"y"}'), NONE);
    expect(canonicalJson(shown)).toBe(`{"__proto__":{"token":"${KEY}"},"password":"${KEY}"}`);
    expect(Reflect.get({}, 'token')).toBeUndefined();
  });
});

describe('credentials of the gateway', () => {
  const secret = 'sk-live-0123456789';

  it.each<[string, JsonObject, JsonObject]>([
    ['as a value', { a: secret }, { a: CREDENTIAL }],
    ['inside a value', { a: `Bearer ${secret}.` }, { a: `Bearer ${CREDENTIAL}.` }],
    ['twice in a value', { a: `${secret} and ${secret}` }, { a: `${CREDENTIAL} and ${CREDENTIAL}` }],
    ['in a list', { a: ['x', [secret]] }, { a: ['x', [CREDENTIAL]] }],
    ['in a name', { [`x-${secret}`]: 1 }, { [`x-${CREDENTIAL}`]: 1 }],
    ['not: in other case', { a: secret.toUpperCase() }, { a: secret.toUpperCase() }],
    ['not: a part of it', { a: secret.slice(1) }, { a: secret.slice(1) }],
  ])('%s', (_, args, shown) => {
    expect(redact(args, [secret])).toEqual(shown);
  });

  it('every token that it could have issued, known or not', () => {
    const token = `csm_${'A'.repeat(22)}_${'b-_9'.repeat(11)}`;
    expect(redact({ a: `use ${token}!`, b: token.replace('csm', 'csa') })).toEqual({
      a: `use ${CREDENTIAL}!`,
      b: CREDENTIAL,
    });
    expect(redact({ a: token }, ['x'.repeat(200)])).toEqual({ a: CREDENTIAL });
    expect(redact({ a: token.slice(1), b: token.slice(0, -1) })).toEqual({ a: token.slice(1), b: token.slice(0, -1) });
  });

  it('the longer one of two that begin alike', () => {
    expect(redact({ a: 'abcdefgh-ijkl' }, ['abcdefgh', 'abcdefgh-ijkl'])).toEqual({ a: CREDENTIAL });
  });

  it('one that a regular expression would take for something else', () => {
    const odd = String.raw`a.b*c+(d)[e]{2}^$|\/-?`;
    expect(redact({ a: `<${odd}>`, b: 'aXb*c+(d)[e]{2}^$|/-?' }, [odd])).toEqual({
      a: `<${CREDENTIAL}>`,
      b: 'aXb*c+(d)[e]{2}^$|/-?',
    });
  });

  it('not values under 8 characters, which honest texts are full of', () => {
    expect(redact({ a: 'abcdefg', b: 'admin' }, ['abcdefg', 'admin', ''])).toEqual({ a: 'abcdefg', b: 'admin' });
  });

  it('loses no member where two names become the same', () => {
    const other = 'other-0123456789';
    const shown = redact({ [other]: 1, [secret]: 2 }, [secret, other]);
    expect(shown).toEqual({ [CREDENTIAL]: 1, [`${CREDENTIAL}#1`]: 2 });
  });

  it('in a single text', () => {
    const known = createKnownSecrets([secret]);
    expect(redactKnownSecrets(`connect with ${secret} failed`, known)).toBe(`connect with ${CREDENTIAL} failed`);
    expect(redactKnownSecrets('connect failed', known)).toBe('connect failed');
  });
});

describe('whatever the arguments', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => `credential-${index}-of-many`);
  const objects = jsonValue.filter(isJsonObject);

  it('nothing to redact gives the same object back', () => {
    const args = parse('{"id":"deal_8842","tags":["a",{"b":[1,true,null]}],"custom":{"region":"ES"}}');
    expect(redactArguments(args, NONE)).toBe(args);
    expect(redactArguments(args, createKnownSecrets(hundred))).toBe(args);
  });

  it('no known credential is left, and the arguments are not changed', () => {
    const planted = fc.tuple(fc.constantFrom(...hundred), objects, fc.string(), fc.string());
    fc.assert(
      fc.property(planted, ([secret, args, before, after]) => {
        const text = canonicalJson({
          args,
          [`${before}${secret}${after}`.toWellFormed()]: [`${after}${secret}`.toWellFormed()],
        });
        const value = parse(text);
        const shown = canonicalJson(redactArguments(value, createKnownSecrets(hundred)));
        expect(hundred.filter((each) => shown.includes(each))).toEqual([]);
        expect(canonicalJson(value)).toBe(text);
      }),
    );
  });

  it('redacting again changes nothing', () => {
    fc.assert(
      fc.property(objects, (args) => {
        const once = redactArguments(args, createKnownSecrets(hundred));
        expect(isDeepStrictEqual(redactArguments(once, createKnownSecrets(hundred)), once)).toBe(true);
      }),
    );
  });

  it('the deepest and the widest that a request may hold are done in one pass', () => {
    const deep = `${'{"a":'.repeat(63)}{"token":1}${'}'.repeat(63)}`;
    expect(canonicalJson(redactArguments(parse(deep), NONE))).toBe(deep.replace('1', `"${KEY}"`));
    const wide = `{${Array.from({ length: 19_999 }, (_, index) => `"${index}-credential-7-of-many":1`).join(',')}}`;
    expect(Object.keys(redactArguments(parse(wide), createKnownSecrets(hundred)))).toHaveLength(19_999);
  });
});
