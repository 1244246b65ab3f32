import { Buffer } from 'node:buffer';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PERSONAL_DATA_CLASSES } from '../../../src/core/content/detectors/detector.ts';
import { personalDataDetectors, SECRET_DETECTORS } from '../../../src/core/content/detectors/built-in.ts';
import { createJsonDetection, redactJson } from '../../../src/core/content/redact-json.ts';

const GITHUB = `ghp_${'iyxcr1m73849kc0nolx2073atq26maalw6xk'}`;

const escaped = (before: string, after = ''): string =>
  Array.from(GITHUB, (char) => before + char.charCodeAt(0).toString(16) + after).join('');

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
    ['a secret with a quote in it', '{"password":"kq\\"93Zx01"}', '{"password":"[redacted:named-secret]"}'],
    [
      'a key with a string for each line',
      `["-----BEGIN PRIVATE KEY-----","${'Mk4xZ9'.repeat(10)}","-----END PRIVATE KEY-----"]`,
      '["[redacted:private-key]","[redacted:private-key]","[redacted:private-key]"]',
    ],
    ['percent escapes of every character', `{"a":"${escaped('%')}"}`, '{"a":"[redacted:token]"}'],
    ['HTML entities of every character', `{"a":"${escaped('&#x', ';')}"}`, '{"a":"[redacted:token]"}'],
    ['numbers, which are left', '{"password":1234567890}', '{"password":1234567890}'],
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

  it.each([
    ['blanks', ' '.repeat(70_000)],
    ['nothing but letters', 'Ab3'.repeat(25_000)],
    ['escapes', '\u0001\\"'.repeat(12_000)],
    ['characters beyond the first plane', '\u{1f511}'.repeat(35_000)],
  ])('finds what lies across the borders of its steps, behind %s', (_, filler) => {
    for (let shift = 0; shift < 9; shift += 1) {
      const text = `${filler.slice(0, 65_500 + shift * 4)} ${GITHUB} ${filler}`;
      const value = [{ text, encoded: Buffer.from(`x ${text}`).toString('base64') }, 'last'];
      const shown = redacted(JSON.stringify(value));
      const [first, last] = JSON.parse(shown) as [{ text: string; encoded: string }, string];
      // Not the texts themselves: nobody could read why they differ.
      expect(last).toBe('last');
      expect(shown.includes(GITHUB)).toBe(false);
      expect(first.text.includes('[redacted:token]')).toBe(true);
      expect(first.encoded.includes('[redacted:token]')).toBe(true);
    }
  });

  it('finds what lies across the border of two steps behind which there is no blank', () => {
    const secret = 'mzje1yNbSfmVo9';
    for (let shift = 0; shift < 80; shift += 1) {
      const before = '日本語テキスト'.repeat(9_400).slice(0, 65_470 + shift);
      const text = `${before}\nmachine api.example.com login me password ${secret}\n${'日本語テキスト'.repeat(5000)}`;
      expect(redacted(JSON.stringify({ text })).includes(secret)).toBe(false);
    }
  });

  it('finds a secret in JSON within JSON within JSON', () => {
    const json = JSON.stringify(JSON.stringify({ config: JSON.stringify({ client_secret: 'q7Zk2Lw9Xv4Rt8Yp' }) }));
    expect(redacted(JSON.stringify({ text: json }))).not.toContain('q7Zk2Lw9Xv4Rt8Yp');
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

const ALL = [...SECRET_DETECTORS, ...personalDataDetectors(new Set(PERSONAL_DATA_CLASSES))];

const startOn = (text: string) => createJsonDetection([Buffer.from(JSON.stringify({ text }))], ALL);

const stepsOn = (text: string): number => {
  const search = startOn(text);
  let steps = 1;
  while (!search.step()) steps += 1;
  return steps;
};

describe('numbers across the borders of steps', () => {
  const CARD = '4111111111111111';
  const shownOf = (json: string): string => Buffer.concat(redactJson([Buffer.from(json)], ALL).json).toString();

  it.each([
    ['a card', CARD],
    ['digits that end in one', `1234${CARD}`],
    ['digits that begin with one', `${CARD}567`],
  ])('stay whole, wherever a border lies in %s', (_, number) => {
    for (let shift = 0; shift < 24; shift += 1) {
      const shown = shownOf(`{"s":"${'é'.repeat(shift)}","n":[${`${number},`.repeat(10_000)}1]}`);
      const left = shown.replaceAll('"[redacted:card-number]"', number);
      expect(left.match(/[0-9]+(?=,)/g)).toEqual(Array.from({ length: 10_000 }, () => number));
      expect(shown.includes(number)).toBe(number !== CARD);
    }
  });
});

describe('a search in steps', () => {
  it('says where finds are in UTF-16 code units, also behind characters of any length', () => {
    const text = `${'aé日\u{1f511}'.repeat(40_000)} ${GITHUB}`;
    const json = JSON.stringify({ text });
    const search = createJsonDetection([Buffer.from(json)], SECRET_DETECTORS);
    while (!search.step());
    expect(search.finish().spans.map(({ start, end }) => json.slice(start, end))).toEqual([GITHUB]);
  });

  it('refuses what is no UTF-8, of which nobody could say where anything is', () => {
    const bytes = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff]), Buffer.from('é"}')]);
    const search = createJsonDetection([bytes], SECRET_DETECTORS);
    expect(() => search.step()).toThrow('UTF-8');
  });

  it('takes one for each part of an ordinary text', () => {
    expect(stepsOn('The customer asked for a revised quote, in writing.\n'.repeat(6000))).toBe(5);
    expect(stepsOn('password=x '.repeat(1000))).toBe(1);
  });

  it('puts markers in the place of many finds in several steps, and leaves every other byte as it was', () => {
    const count = 40_000;
    const search = createJsonDetection([Buffer.from(JSON.stringify(['я a@b.io, '.repeat(count), 'end']))], ALL);
    while (!search.step());
    const { json, jsonBytes, spans } = search.finish();
    const shown = Buffer.concat(json);
    expect([json.length, spans.length, jsonBytes]).toEqual([3, count, shown.length]);
    expect(JSON.parse(shown.toString())).toEqual(['я [redacted:email], '.repeat(count), 'end']);
  });

  it.each(['password=x ', 'AKIA', 'a::', '4111-', 'Authorization: ', 'sk-ant-', '://a:'])(
    'takes one for each detector where a text is nothing but %j',
    (unit) => {
      const parts = 2;
      expect(stepsOn(unit.repeat(100_000 / unit.length))).toBeGreaterThanOrEqual(parts * ALL.length);
    },
  );

  it('is not disturbed by others in between', () => {
    const long = ['AKIA', 'password=x ', '日本 '].map((unit) => `${unit.repeat(20_000 / unit.length)} ${GITHUB} end`);
    const texts = [...long, ...long.map((text) => `x ${gzipSync(text).toString('base64')} y`)];
    const alone = texts.map((text) => {
      const search = startOn(text);
      while (!search.step());
      return search.finish().spans;
    });
    const searches = texts.map(startOn);
    for (let waiting = searches; waiting.length > 0; ) waiting = waiting.filter((search) => !search.step());
    expect(searches.map((search) => search.finish().spans)).toEqual(alone);
    expect(alone.map(({ length }) => length > 0)).toEqual(texts.map(() => true));
  });
});
