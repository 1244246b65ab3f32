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

  const SECRET = 'p4/ss+w?rd é<&>"x~z';
  const bytes = Buffer.from(SECRET);
  const around = Buffer.from(`user:${SECRET}\n`);
  it.each<[string, string]>([
    ['base64', bytes.toString('base64')],
    ['base64url', bytes.toString('base64url')],
    ['base64 behind one byte', Buffer.concat([Buffer.from('x'), around]).toString('base64')],
    ['base64 behind two bytes', Buffer.concat([Buffer.from('xx'), around]).toString('base64')],
    ['base64 behind three bytes', Buffer.concat([Buffer.from('xxx'), around]).toString('base64')],
    ['base64url behind one byte', Buffer.concat([Buffer.from('x'), around]).toString('base64url')],
    ['hexadecimal', around.toString('hex')],
    ['hexadecimal in capitals', around.toString('hex').toUpperCase()],
    ['percent encoding', `q=${encodeURIComponent(SECRET)}&r=1`],
    ['percent encoding of a form', new URLSearchParams({ q: SECRET }).toString().replaceAll('%7E', '~')],
    ['percent encoding of everything', around.toString('hex').replace(/../g, '%$&')],
    ['JSON', JSON.stringify({ a: SECRET })],
    ['JSON in ASCII', JSON.stringify({ a: SECRET }).replace('é', '\\u00e9')],
    ['JSON with escaped slashes', JSON.stringify({ a: SECRET }).replaceAll('/', '\\/')],
    ['JSON for pages', JSON.stringify({ a: SECRET }).replace(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`)],
    ['base64 with escaped slashes', bytes.toString('base64').replaceAll('/', '\\/')],
  ])('does not show it in %s', (_how, encoded) => {
    const text = JSON.stringify({ content: [{ type: 'text', text: `before ${encoded} after` }] });
    const shown = mask(text, ['an0ther-0ne', SECRET]);
    expect(shown).toMatch(/\*{16}/);
  });

  const lines = (text: string, length: number): readonly string[] =>
    text.match(new RegExp(`.{1,${length}}`, 'g')) ?? [];
  const LONG = `${'header of the message, '.repeat(4)}user:${SECRET}${', and what stands behind it'.repeat(3)}`;
  const mime = lines(Buffer.from(LONG).toString('base64'), 76);
  it.each<[string, string]>([
    ['line feeds', mime.join('\n')],
    ['returns and line feeds', mime.join('\r\n')],
    ['blanks before each line', mime.join('\n      ')],
    ['tabs before each line', mime.join('\n\t\t')],
    ['blanks at the end of each line', mime.join('  \r\n')],
    ['marks of quotation', mime.join('\n> > ')],
    ['empty lines', mime.join('\n\n')],
    ['lines of 48', lines(Buffer.from(LONG).toString('base64'), 48).join('\n')],
    ['lines of 20', lines(Buffer.from(LONG).toString('base64'), 20).join('\n')],
    ['lines of base64url', lines(Buffer.from(LONG).toString('base64url'), 76).join('\n')],
    ['lines of hexadecimal', lines(Buffer.from(LONG).toString('hex'), 52).join('\n')],
    ['JSON within JSON', JSON.stringify({ body: mime.join('\r\n') })],
    ['JSON within JSON within JSON', JSON.stringify(JSON.stringify({ body: mime.join('\n') }))],
  ])('does not show it in base64 broken by %s', (_how, broken) => {
    const text = JSON.stringify({ content: [{ type: 'text', text: `before\n\n${broken}\nafter` }] });
    const shown = mask(text, ['an0ther-0ne', SECRET]);
    const stars = shown.replace(/[^*]/g, '').length;
    // What it shares with its neighbours in base64 may stay.
    expect(stars).toBeGreaterThanOrEqual(Math.floor((bytes.length * 4) / 3) - 2);
    expect(shown).toHaveLength(text.length);
    expect(JSON.stringify(JSON.parse(shown))).toBe(shown);
    expect(shown.replaceAll(/[^*]/g, '').length).toBeLessThan(bytes.length * 2 + 8);
  });

  it('leaves lines alone in which it does not stand', () => {
    const text = JSON.stringify({ text: mime.join('\n') });
    expect(mask(text, ['an0ther-0ne'])).toBe(text);
  });

  it('leaves an escape alone that ends in the first character of one', () => {
    const text = JSON.stringify({ a: 'x\nabcdefgh \\nabcdefgh' });
    expect(mask(text, ['nabcdefgh'])).toBe('{"a":"x\\nabcdefgh \\\\*********"}');
  });

  it('shows none of hundreds, wherever they stand and whatever is around them', () => {
    const secret = fc.stringMatching(/^[ -~]{8,40}$/);
    fc.assert(
      fc.property(
        fc.array(secret, { minLength: 1, maxLength: 200 }),
        fc.string(),
        fc.nat(),
        (secrets, before, index) => {
          const one = secrets[index % secrets.length] ?? '';
          const encodings = [one, Buffer.from(before + one).toString('base64'), Buffer.from(one).toString('hex')];
          const shown = mask(JSON.stringify({ a: encodings.join(' ') }), secrets);
          for (const encoded of encodings) expect(shown.includes(JSON.stringify(encoded).slice(1, -1))).toBe(false);
          expect(() => void JSON.parse(shown)).not.toThrow();
        },
      ),
      { numRuns: 50 },
    );
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
