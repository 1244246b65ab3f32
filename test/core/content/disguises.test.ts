import { Buffer } from 'node:buffer';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { SECRET_DETECTORS } from '../../../src/core/content/detectors/built-in.ts';
import { detect, UNSCANNED } from '../../../src/core/content/detect.ts';
import { detectInJson } from '../../../src/core/content/redact-json.ts';
import { redactText } from '../../../src/core/content/redact-text.ts';

// Put together here, so that no scanner of repositories takes this file for a leak.
const GITHUB = `ghp_${'iyxcr1m73849kc0nolx2073atq26maalw6xk'}`;
const redacted = (text: string): string => redactText(text, detect(text, SECRET_DETECTORS));

describe('secrets in disguise', () => {
  const base64 = Buffer.from(`the token: ${GITHUB}`).toString('base64');
  it.each([
    ['base64', base64],
    ['base64url', Buffer.from(`>>> the token: ${GITHUB}`).toString('base64url')],
    ['base64 of base64', Buffer.from(base64).toString('base64')],
    ['hex', Buffer.from(GITHUB).toString('hex')],
    ['percent', GITHUB.replace('ghp', '%67%68%70')],
    ['percent, twice', GITHUB.replace('ghp', '%2567hp')],
    ['JSON escapes', GITHUB.replace('g', '\\u0067')],
    ['HTML entities', GITHUB.replace('g', '&#103;').replace('_', '&#x5f;')],
    ['quoted-printable', `=3D ${GITHUB.slice(0, 9)}=\r\n${GITHUB.slice(9)}`],
    ['zero-width characters', GITHUB.split('').join('\u{200b}')],
    ['JSON escapes with braces', GITHUB.replace('g', '\\u{67}')],
    ['long escapes', GITHUB.replace('g', '\\U00000067')],
    ['escapes of old browsers', GITHUB.replace('g', '%u0067')],
    ['HTML entities without an end', GITHUB.replace('g', '&#103').replace('h', '&#x0000068;')],
    ['an escape of Markdown', GITHUB.replace('_', '\\_')],
    ['the colours of a terminal', `${GITHUB.slice(0, 9)}\u001b[01;31m\u001b[K${GITHUB.slice(9)}\u001b[m`],
    ['UTF-16', GITHUB.split('').join('\0')],
    ['base64 of UTF-16', Buffer.from(`the token: ${GITHUB}`, 'utf16le').toString('base64')],
    ['base64 of UTF-16, the other way round', Buffer.from(GITHUB, 'utf16le').swap16().toString('base64')],
    ['base64 behind something else', `see/path/${base64}`],
    ['full-width characters', GITHUB.replace('ghp', 'ｇｈｐ')],
    ['Cyrillic letters', GITHUB.replace('p', 'р').replace('c', 'с')],
  ])('are found in %s', (_, disguised) => {
    const shown = redacted(`before ${disguised} after`);
    expect(shown).toMatch(/^before .{0,4}\[redacted:token\](?:={0,2}|\u001b\[m) after$/s);
  });

  it('are found in spite of every character that nobody sees', () => {
    const unseen = Array.from({ length: 0x110000 }, (_, code) => code).filter((code) => {
      const isHalf = code >= 0xd800 && code <= 0xdfff;
      const isBreak = [0x09, 0x0a, 0x0d].includes(code);
      return !isHalf && !isBreak && /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}]/u.test(String.fromCodePoint(code));
    });
    const hidden = unseen.filter((code) => {
      const text = `${GITHUB.slice(0, 9)}${String.fromCodePoint(code)}${GITHUB.slice(9)}`;
      return redacted(text) !== '[redacted:token]';
    });
    expect(unseen.length).toBeGreaterThan(4000);
    expect(hidden.map((code) => code.toString(16))).toEqual([]);
  });

  it('are found in bytes as Node writes them, which leaves JSON well-formed', () => {
    const bytes = Buffer.from(`the token: ${GITHUB}`);
    const rows = { rows: [{ id: 'a"b', blob: bytes }], again: bytes, harmless: Buffer.from('nothing to see in here') };
    const text = JSON.stringify(rows);
    const shown = JSON.parse(redactText(text, detectInJson(text, SECRET_DETECTORS)));
    const marked = { type: 'Buffer', data: ['[redacted:token]'] };
    expect(shown).toEqual({ ...JSON.parse(text), rows: [{ id: 'a"b', blob: marked }], again: marked });
    const inText = JSON.stringify({ text: JSON.stringify(rows, null, 2) });
    expect(detectInJson(inText, SECRET_DETECTORS)).toHaveLength(2);
  });

  it('are found wherever they stand, also where the same stood before', () => {
    const twice = JSON.stringify({ content: [{ type: 'text', text: base64 }], structuredContent: { value: base64 } });
    expect(detectInJson(twice, SECRET_DETECTORS)).toHaveLength(2);
    expect(redacted(`${base64} and ${base64}`)).toMatch(/^\[redacted:token\]=* and \[redacted:token\]=*$/);
  });

  const hex = Buffer.from(GITHUB).toString('hex');
  it.each([
    ['a word', `${hex}\nok\n`],
    ['a line of hexadecimal', `${Buffer.from('nothing to see here').toString('hex')}\n${hex}`],
    ['a line of base64', `${Buffer.from('one more line of base64').toString('base64')}\n${hex}`],
    ['a line of base64 that ends early', `${Buffer.from('a line that ends').toString('base64url')}\n${base64}`],
    ['a line of one word', `${'abcdefghijklm'.repeat(2)}\n${base64}\n`],
    ['half of a number', `${hex}\n7\n`],
    ['a picture', `iVBORw0KGgo${'QUtJQUlPU0ZPRE5ON0VYQU1Q'.repeat(4)}\n${base64}\n`],
  ])('are found beside %s', (_, text) => {
    const shown = redacted(text);
    expect(shown).toContain('[redacted:token]');
    expect(shown.includes(hex) || shown.includes(base64)).toBe(false);
  });

  const lines = Array.from({ length: 120 }, (_, line) => `${line}: nothing in row ${line * 7919}`);
  const table = Buffer.from([...lines, GITHUB, ...lines].join('\n'));
  it.each([
    ['gzip', gzipSync(table).toString('base64')],
    ['gzip of one line', gzipSync(GITHUB).toString('base64')],
    ['gzip in base64url', gzipSync(table).toString('base64url')],
    ['gzip in hexadecimal', gzipSync(table).toString('hex')],
    [
      'gzip in lines',
      (
        gzipSync(table)
          .toString('base64')
          .match(/.{1,76}/g) ?? []
      ).join('\r\n'),
    ],
    ['gzip in percent escapes', encodeURIComponent(gzipSync(table).toString('base64'))],
    ['gzip whose end is missing', gzipSync(table).toString('base64').slice(0, -24)],
    ['gzip of base64 of it', gzipSync(`x ${base64} y`).toString('base64')],
    ['zlib', deflateSync(table).toString('base64')],
    ['deflate', deflateRawSync(table).toString('base64')],
  ])('are found in %s', (_, packed) => {
    const shown = redacted(`before ${packed} after`);
    expect(shown).toMatch(/^before .{0,4}\[redacted:token\](?:={0,2}|(?:%3D){0,2}) after$/s);
  });

  it('finds what lies across the borders of the parts in which something packed is looked at', () => {
    const found = Array.from({ length: 12 }, (_, shift) => {
      const text = `${'0123456 '.repeat(8190).slice(0, 65_500 + shift * 8)} ${GITHUB} ${'abc '.repeat(20_000)}`;
      return redacted(gzipSync(text).toString('base64'));
    });
    expect(found.map((shown) => shown.replace(/=+$/, ''))).toEqual(found.map(() => '[redacted:token]'));
  });

  const bomb = gzipSync(Buffer.alloc(4_000_000, 'a')).toString('base64');
  it.each([
    ['more than anybody would read', bomb],
    ['what cannot be unpacked', `${gzipSync(table).toString('base64').slice(0, 60)}${'Zk3x'.repeat(20)}`],
  ])('shows nothing of %s', (_, packed) => {
    expect(redacted(`before ${packed} after`)).toMatch(/^before \[redacted:unscanned\]={0,2} after$/);
  });

  it('shows nothing of what is packed behind as much as may be unpacked of one text', () => {
    const many = Array.from({ length: 80 }, (_, index) => gzipSync(`nothing in ${index}`).toString('base64'));
    const shown = redacted(many.join(' ')).split(' ');
    expect(shown.slice(0, 64)).toEqual(many.slice(0, 64));
    expect(new Set(shown.slice(64).map((part) => part.replace(/=+$/, '')))).toEqual(new Set(['[redacted:unscanned]']));
  });

  it.each([
    ['gzip with nothing to hide', gzipSync('nothing at all to hide in this line').toString('base64')],
    ['a digest that begins like zlib', Buffer.from(`78da${'c3f0a1'.repeat(10)}`, 'hex').toString('base64')],
    ['random bytes that begin like deflate', `7${'Qx9z'.repeat(200)}`],
  ])('leave %s alone', (_, text) => {
    expect(redacted(text)).toBe(text);
  });

  it('shows nothing of a text that is folded too often to look into', () => {
    const folded = 'x%252525=3D3D3D'.repeat(500);
    expect(detect(folded, SECRET_DETECTORS)).toEqual([
      { start: 0, end: folded.length, detector: UNSCANNED, class: 'secret' },
    ]);
  });
});
