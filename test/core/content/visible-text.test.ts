import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { visibleJson, visibleText } from '../../../src/core/content/visible-text.ts';

describe('visibleText', () => {
  it.each([
    ['plain text', 'Set stage of deal 42', 'Set stage of deal 42'],
    ['letters of any script', 'Grüße, 你好, שלום, 😀', 'Grüße, 你好, שלום, 😀'],
    ['a line break', 'a\nb\r\n', 'a\\nb\\r\\n'],
    ['a terminal escape', '\u001b[2J\u001b]0;title\u0007', '\\u{1b}[2J\\u{1b}]0;title\\u{7}'],
    ['a C1 control', '\u009b31m', '\\u{9b}31m'],
    ['a right-to-left override', 'photo\u202egpj.exe', 'photo\\u{202e}gpj.exe'],
    ['bidirectional isolates', '\u2066a\u2069', '\\u{2066}a\\u{2069}'],
    ['zero-width characters', 'a\u200bb\u200dc\ufeffd', 'a\\u{200b}b\\u{200d}c\\u{feff}d'],
    ['a soft hyphen', 'de\u00adlete', 'de\\u{ad}lete'],
    ['a variation selector', '\u2764\ufe0f', '\u2764\\u{fe0f}'],
    ['tags', 'x\u{e0041}', 'x\\u{e0041}'],
    ['a Hangul filler', '\u3164', '\\u{3164}'],
    ['an empty braille cell', '\u2800', '\\u{2800}'],
    ['a blank that is no space', 'a\u00a0b\u3000c', 'a\\u{a0}b\\u{3000}c'],
    ['a line separator', '\u2028', '\\u{2028}'],
    ['half a surrogate pair', '\ud800', '\\u{d800}'],
    ['private use', '\ue000', '\\u{e000}'],
    ['interlinear annotation', '\ufff9', '\\u{fff9}'],
  ])('shows %s', (_, text, shown) => {
    expect(visibleText(text)).toBe(shown);
  });

  it('never lets a control or an invisible character through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(visibleText(text)).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
        expect(visibleText(visibleText(text))).toBe(visibleText(text));
      }),
    );
  });
});

describe('visibleJson', () => {
  it.each([
    [{ a: 'x\u202ey' }, '{"a":"x\\u202ey"}'],
    [['\u{e0041}'], '["\\udb40\\udc41"]'],
    ['\u009b31m\u001b', '"\\u009b31m\\u001b"'],
    ['a\nb', '"a\\nb"'],
  ])('writes %j so that it can be seen', (value, text) => {
    expect(visibleJson(value)).toBe(text);
  });

  it('lays out over lines of its own', () => {
    expect(visibleJson({ a: '\u200b\n' }, 2)).toBe('{\n  "a": "\\u200b\\n"\n}');
  });

  it('is the same value to every reader, with nothing unseen in it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const text = visibleJson(value);
        expect(text).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 50 },
    );
  });
});
