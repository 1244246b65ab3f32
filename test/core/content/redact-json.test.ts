import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SECRET_DETECTORS } from '../../../src/core/content/detectors/built-in.ts';
import { redactJson } from '../../../src/core/content/redact-json.ts';

const GITHUB = `ghp_${'iyxcr1m73849kc0nolx2073atq26maalw6xk'}`;

const redacted = (json: string): string => {
  const result = redactJson([Buffer.from(json)], SECRET_DETECTORS);
  expect(result.jsonBytes).toBe(Buffer.concat(result.json).length);
  return Buffer.concat(result.json).toString();
};

describe('redactJson', () => {
  it.each([
    ['a string', `{"a":"x ${GITHUB}"}`, '{"a":"x [redacted:token]"}'],
    ['the name of a member', `{"${GITHUB}":1}`, '{"[redacted:token]":1}'],
    ['a value in an array', `{"a":[["${GITHUB}"]]}`, '{"a":[["[redacted:token]"]]}'],
    ['JSON inside of a text', `{"text":"{\\"k\\":\\"${GITHUB}\\"}"}`, '{"text":"{\\"k\\":\\"[redacted:token]\\"}"}'],
    ['an escaped letter', `{"a":"\\u0067${GITHUB.slice(1)}\\n"}`, '{"a":"[redacted:token]\\n"}'],
    ['the value of a member with a secret name', '{"api_key":"kq93Zx01pQ84"}', '{"api_key":"[redacted:named-secret]"}'],
    [
      'the value of a pair',
      '{"name":"DB_PASSWORD","value":"kq93Zx01"}',
      '{"name":"DB_PASSWORD","value":"[redacted:named-secret]"}',
    ],
    ['text that is not ASCII', `{"a":"señal ${GITHUB} fin"}`, '{"a":"señal [redacted:token] fin"}'],
  ])('takes a secret out of %s', (_, json, expected) => {
    expect(redacted(json)).toBe(expected);
  });

  it('gives back the same pieces where there is nothing to find', () => {
    const pieces = [Buffer.from('{"content":[{"type":"te'), Buffer.from('xt","text":"won"}]}')];
    expect(redactJson(pieces, SECRET_DETECTORS).json).toBe(pieces);
  });

  it('finds a secret across the border of two pieces', () => {
    const bytes = Buffer.from(`{"a":"${GITHUB}"}`);
    const { json } = redactJson([bytes.subarray(0, 15), bytes.subarray(15)], SECRET_DETECTORS);
    expect(Buffer.concat(json).toString()).toBe('{"a":"[redacted:token]"}');
  });

  it('finds a secret behind 150,000 bytes and 30 objects deep', () => {
    const deep = `${'{"a":'.repeat(30)}"${'x '.repeat(75_000)}${GITHUB}"${'}'.repeat(30)}`;
    expect(redacted(deep)).not.toContain(GITHUB);
  });

  it('leaves every JSON text well-formed, and changes none in which nothing is found', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(`a${GITHUB}`, ` ${GITHUB}\n`, `"${GITHUB}\\`));
    const value = fc.dictionary(text, fc.oneof(text, fc.array(text), fc.integer()));
    fc.assert(
      fc.property(value, (object) => {
        const json = JSON.stringify(object);
        const shown = redacted(json);
        expect(() => JSON.parse(shown) as unknown).not.toThrow();
        expect(shown).not.toContain(` ${GITHUB}`);
        if (!json.includes('ghp_')) expect(shown).toBe(json);
      }),
    );
  });
});
