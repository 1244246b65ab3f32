import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src/core/json/canonical-json.ts';
import { type JsonLimits, REQUEST_LIMITS } from '../../../src/core/json/limits.ts';
import { readJson } from '../../../src/core/json/read-json.ts';
import type { Json, JsonObject } from '../../../src/core/json/value.ts';

const read = (text: string | Uint8Array, limits: JsonLimits = REQUEST_LIMITS) => readJson(Buffer.from(text), limits);
const valueOf = (text: string): Json => {
  const result = read(text);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
};
const refusal = (text: string | Uint8Array, limits?: JsonLimits) => {
  const result = read(text, limits);
  return result.ok ? 'accepted' : `${result.error.kind} at ${result.error.offset}`;
};

describe('what is read', () => {
  it.each([
    ['null', null],
    [' true ', true],
    ['false', false],
    ['0', 0],
    ['-12.5', -12.5],
    ['"a"', 'a'],
    ['""', ''],
    ['[]', []],
    ['\t[ 1 ,\r\n"b" , [ ] ]', [1, 'b', []]],
    [String.raw`"\"\\\/\b\f\n\r\t\u0041\ud83d\ude39"`, '"\\/\b\f\n\r\tA😹'],
    ['"é€😹"', 'é€😹'],
    [`"${'long '.repeat(100)}\\n${'and longer '.repeat(100)}"`, `${'long '.repeat(100)}\n${'and longer '.repeat(100)}`],
    [String.raw`"\\"`, '\\'],
    [String.raw`"\\\""`, '\\"'],
    ['"\u{7f}\u{2028}\u{ffff}"', '\u{7f}\u{2028}\u{ffff}'],
  ])('%s', (text, value) => {
    expect(valueOf(text)).toEqual(value);
  });

  it('objects, by their names, in whatever order', () => {
    expect({ ...(valueOf('{"b":1,"2":[{"":null}],"1":{ }}') as JsonObject) }).toEqual({
      1: {},
      2: [{ '': null }],
      b: 1,
    });
  });

  it('bytes in the middle of other memory', () => {
    const memory = Buffer.from('garbage{"a":"é"}garbage');
    const result = readJson(memory.subarray(7, 17), REQUEST_LIMITS);
    expect(result.ok && canonicalJson(result.value)).toBe('{"a":"é"}');
  });
});

describe('numbers', () => {
  it.each([
    ['1.0', 1],
    ['-0', 0],
    ['-0.0e-7', 0],
    ['0e999999999999', 0],
    ['1E2', 100],
    ['1e+2', 100],
    ['100e-2', 1],
    ['0.1', 0.1],
    ['123456789012345', 123456789012345],
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', 9007199254740992],
    ['-9007199254740991', -9007199254740991],
    ['100000000000000000000', 1e20],
    ['1000000000000000000000000', 1e24],
    ['123456789.123456', 123456789.123456],
    ['0.30000000000000004', 0.30000000000000004],
    ['1.7976931348623157e308', Number.MAX_VALUE],
    ['-1e308', -1e308],
    ['5e-324', 5e-324],
    ['0.000001', 1e-6],
    ['0.0000001', 1e-7],
    [`1${'0'.repeat(300)}`, 1e300],
    [`0.${'0'.repeat(300)}1e301`, 1],
    ['1.50000000000000000000000', 1.5],
  ])('%s survives', (text, value) => {
    expect(valueOf(text)).toBe(value);
  });

  it.each([
    ['too large for a double', '1e400'],
    ['too large for a double, below zero', '-1e400'],
    ['too small for a double', '1e-400'],
    ['an integer between two doubles', '9007199254740993'],
    ['such an integer below zero', '-9007199254740993'],
    ['more digits than a double holds', '0.10000000000000000055'],
    ['one digit too many at the end of many', '3.14159265358979323846'],
    ['seventeen digits that name another double’s shortest text', '0.10000000000000001'],
    ['between the smallest double and zero', '4.9e-324'],
    ['an integer of 400 digits', '1'.repeat(400)],
    ['a digit behind many zeros', `1.${'0'.repeat(100_000)}1`],
  ])('refused: %s', (_, text) => {
    expect(refusal(`[${text}]`)).toBe('inexact-number at 1');
  });

  it.each([
    '01',
    '-01',
    '+1',
    '.5',
    '1.',
    '1.e2',
    '1e',
    '1e+',
    '-',
    '--1',
    '0x10',
    'NaN',
    'Infinity',
    '-Infinity',
    '1_0',
    '１',
  ])('refused: %s is no number', (text) => {
    expect(refusal(text)).toMatch(/^syntax at/);
  });
});

describe('what is refused, and where', () => {
  it.each([
    ['nothing', '', 'empty at 0'],
    ['white space', ' \r\n\t', 'empty at 4'],
    ['a byte order mark', '\u{feff}{}', 'byte-order-mark at 0'],
    ['a truncated object', '{"a":1', 'syntax at 6'],
    ['a truncated string', '{"a', 'syntax at 3'],
    ['a truncated long string', `"${'a'.repeat(100)}`, 'syntax at 101'],
    ['a string that ends in a backslash', '"a\\', 'syntax at 3'],
    ['a string that ends in an escaped quote', '"a\\"', 'syntax at 4'],
    ['a truncated word', 'tru', 'syntax at 0'],
    ['a word with another letter', 'nul1', 'syntax at 0'],
    ['a comma too many in an array', '[1,]', 'syntax at 3'],
    ['a comma too many in an object', '{"a":1,}', 'syntax at 7'],
    ['a comma in front', '[,1]', 'syntax at 1'],
    ['no comma', '[1 2]', 'syntax at 3'],
    ['no colon', '{"a" 1}', 'syntax at 5'],
    ['no name', '{:1}', 'syntax at 1'],
    ['a name without quotes', '{a:1}', 'syntax at 1'],
    ['a number for a name', '{1:1}', 'syntax at 1'],
    ['a brace for a bracket', '[1}', 'syntax at 2'],
    ['a raw line feed in a string', '"a\nb"', 'syntax at 2'],
    ['a raw tab far into a string', `"${'a'.repeat(100)}\tb"`, 'syntax at 101'],
    ['a raw NUL behind an escape', '"\\n\u{0}"', 'syntax at 3'],
    ['an escape of its own', String.raw`"\x41"`, 'syntax at 0'],
    ['an escape with too few digits', String.raw`"\u004"`, 'syntax at 0'],
    ['an escape with other digits', String.raw`"\u00g0"`, 'syntax at 0'],
    ['a place counted in bytes', '["é€😹",x]', 'syntax at 13'],
  ])('%s', (_, text, expected) => {
    expect(refusal(text)).toBe(expected);
  });

  it.each([0, 10, 23, 24, 25, 100])(
    'a raw control character behind %i others in a string, with and without an escape',
    (length) => {
      const accepted: string[] = [];
      for (let code = 0; code < 0x20; code++) {
        const rest = 'a'.repeat(length) + String.fromCharCode(code);
        if (refusal(`"${rest}b"`) !== `syntax at ${length + 1}`) accepted.push(`without, ${code}`);
        if (refusal(`"\\n${rest}b"`) !== `syntax at ${length + 3}`) accepted.push(`with, ${code}`);
      }
      expect(accepted).toEqual([]);
    },
  );

  it('repeats nothing of the text', () => {
    const secret = 'hunter2hunter2';
    for (const text of [
      `{"${secret}":1,"${secret}":2}`,
      `["${secret}", ${secret}]`,
      `"${secret}\\u12"`,
      `[1e999, "${secret}"]`,
    ]) {
      const result = read(text);
      expect(JSON.stringify(result)).not.toContain('hunter2');
      expect(result.ok).toBe(false);
    }
  });
});

describe('limits', () => {
  const limits = (changed: Partial<JsonLimits>): JsonLimits => ({
    bytesMax: 1000,
    depthMax: 4,
    keysMax: 5,
    itemsMax: 9,
    ...changed,
  });

  it('counts bytes, not characters, before anything else', () => {
    expect(refusal('"é"', limits({ bytesMax: 4 }))).toBe('accepted');
    expect(refusal('"éa"', limits({ bytesMax: 4 }))).toBe('too-large at 4');
    expect(refusal(Buffer.alloc(5, 0xff), limits({ bytesMax: 4 }))).toBe('too-large at 4');
  });

  it.each([
    ['[[[[1]]]]', 'accepted'],
    ['[[[[[1]]]]]', 'too-deep at 4'],
    ['[{"a":[{"b":1}]}]', 'accepted'],
    ['[{"a":[{"b":{}}]}]', 'too-deep at 12'],
    ['[[[[]]],[[[]]],[[[]]]]', 'accepted'],
  ])('counts arrays and objects inside each other: %s', (text, expected) => {
    expect(refusal(text, limits({ keysMax: 20 }))).toBe(expected);
  });

  it.each([
    ['{"a":1,"b":2,"c":3,"d":4}', 'accepted'],
    ['{"a":1,"b":2,"c":3,"d":4,"e":5}', 'too-many-keys at 25'],
    ['[{"a":1},{"a":1}]', 'accepted'],
    ['[{"a":1},{"a":1},{"a":1}]', 'too-many-keys at 17'],
    ['[[],{},[],{}]', 'accepted'],
    ['[[],{},[],{},[]]', 'too-many-keys at 13'],
    ['[1,2,3,4,5,"6",null,true]', 'accepted'],
    ['[1,2,3,4,[5,6,7,8]]', 'accepted'],
    ['[1,2,3,4,[5,6,7,8],9]', 'too-many-items at 19'],
  ])('counts members, arrays and objects together, and items of all arrays: %s', (text, expected) => {
    expect(refusal(text, limits({}))).toBe(expected);
  });
});
