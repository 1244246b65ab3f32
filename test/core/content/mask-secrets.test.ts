import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskKnownSecrets } from '../../../src/core/content/mask-secrets.ts';
import { createKnownSecrets } from '../../../src/core/content/redact-arguments.ts';
import { jsonValue } from '../../support/json-arbitraries.ts';

const mask = (text: string, secrets: readonly string[]): string =>
  Buffer.concat([...maskKnownSecrets([Buffer.from(text)], createKnownSecrets(secrets))]).toString();

describe('a result in which a credential of the gateway stands', () => {
  it.each<[string, string, readonly string[], string]>([
    ['alone', '{"a":"s3cr3t-key"}', ['s3cr3t-key'], '{"a":"**********"}'],
    ['in a text, twice', '{"a":"x s3cr3t-key s3cr3t-key"}', ['s3cr3t-key'], '{"a":"x ********** **********"}'],
    ['as a name', '{"s3cr3t-key":1}', ['s3cr3t-key'], '{"**********":1}'],
    ['with characters that JSON escapes', '{"a":"pa\\"ss\\\\word"}', ['pa"ss\\word'], '{"a":"************"}'],
    [
      'of which one begins like another',
      '{"a":"Bearer abcdefgh"}',
      ['abcdefgh', 'Bearer abcdefgh'],
      '{"a":"***************"}',
    ],
    ['that is a number, as a number', '{"a":1234567890}', ['1234567890'], '{"a":1111111111}'],
    ['that is a number, in another', '{"a":0.12345678}', ['12345678'], '{"a":0.11111111}'],
    ['beyond ASCII', '{"a":"päßwörter"}', ['päßwörter'], `{"a":"${'*'.repeat(12)}"}`],
    ['too short to be one', '{"a":"short"}', ['short'], '{"a":"short"}'],
  ])('does not show it: %s', (_how, text, secrets, shown) => {
    expect(mask(text, secrets)).toBe(shown);
    expect(() => void JSON.parse(shown)).not.toThrow();
  });

  it('stays JSON of the same length', () => {
    fc.assert(
      fc.property(jsonValue, fc.integer({ min: 0, max: 200 }), (value, start) => {
        const text = JSON.stringify({ value, n: 12345678.5, s: 'a secret, with a comma' });
        const secret = /[\w.+-]{8}/.exec(text.slice(start % text.length))?.[0] ?? 'not there';
        const shown = mask(text, [secret]);
        expect(shown).toHaveLength(text.length);
        expect(() => void JSON.parse(shown)).not.toThrow();
      }),
    );
  });

  it('is the very same where there is none', () => {
    const piece = Buffer.from('{"a":1}');
    expect(maskKnownSecrets([piece], createKnownSecrets(['s3cr3t-key']))[0]).toBe(piece);
  });
});
