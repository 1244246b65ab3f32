import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src/core/json/canonical-json.ts';
import type { Json } from '../../../src/core/json/value.ts';

describe('numbers, RFC 8785 Appendix B', () => {
  it.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('%s is written %s', (bits, text) => {
    const number = Buffer.from(bits, 'hex').readDoubleBE();
    expect(canonicalJson(number)).toBe(text);
    // The other of the two writers: these names are out of order.
    expect(canonicalJson({ b: number, a: [number] })).toBe(`{"a":[${text}],"b":${text}}`);
  });

  it.each([
    ['NaN', '7fffffffffffffff'],
    ['infinity', '7ff0000000000000'],
    ['minus infinity', 'fff0000000000000'],
  ])('%s is no JSON', (_, bits) => {
    const number = Buffer.from(bits, 'hex').readDoubleBE();
    expect(() => canonicalJson(number)).toThrow(TypeError);
    expect(() => canonicalJson({ b: 1, a: [number] })).toThrow(TypeError);
  });
});

describe('names and strings', () => {
  it('names are sorted by UTF-16 code units, RFC 8785 section 3.2.3', () => {
    const sorted = ['\r', '1', '\u0080', 'ö', '€', '😀', '\ufb33'];
    for (const names of [sorted, sorted.toReversed(), ['€', '\r', '\ufb33', '1', '😀', '\u0080', 'ö']]) {
      const text = canonicalJson(Object.fromEntries(names.map((name) => [name, 0])));
      expect([...text.matchAll(/"((?:[^"\\]|\\.)+)":/gu)].map(([, name]) => JSON.parse(`"${name}"`) as string)).toEqual(
        sorted,
      );
    }
  });

  it('the example of RFC 8785 section 3.2.2', () => {
    const text = String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`;
    const value = JSON.parse(text) as Json;
    expect(canonicalJson(value)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  it.each<[string, Json]>([
    ['{}', {}],
    ['[]', []],
    ['[[],{},[{}]]', [[], {}, [{}]]],
    ['{"":{"":""}}', { '': { '': '' } }],
    ['{"A":1,"a":2,"aa":3,"b":4}', { b: 4, a: 2, aa: 3, A: 1 }],
    ['{"10":1,"9":2}', { 9: 2, 10: 1 }],
    ['{"!":1,"1":2}', { '!': 1, 1: 2 }],
    ['{"a":{"c":1,"d":2},"b":3}', { a: { d: 2, c: 1 }, b: 3 }],
    [`${String.raw`{"a\"\\\n":"\u0000\u001f`}\u{7f}"}`, { 'a"\\\n': '\u{0}\u{1f}\u{7f}' }],
    ['"\u{2028}\u{2029}é😹"', '\u{2028}\u{2029}é😹'],
  ])('%s', (text, value) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it('`toJSON` and the prototype of an object have no say', () => {
    const value = Object.setPrototypeOf({ b: 1, a: 2 }, { inherited: 3 }) as Json;
    expect(canonicalJson(value)).toBe('{"a":2,"b":1}');
    expect(canonicalJson({ toJSON: 'text', b: 1 })).toBe('{"b":1,"toJSON":"text"}');
  });

  it.each<[string, Json]>([
    ['alone', '\ud800'],
    ['in a name', { '\udfaa': 1 }],
    ['in a name out of order', { b: 1, '\udfaa': 1, a: 1 }],
    ['behind a backslash', '\\\ud800'],
    ['the wrong way round', ['\udd1e\ud834']],
  ])('a lone surrogate is no JSON: %s', (_, value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  });

  it('a text that only looks like an escaped surrogate is written as any other', () => {
    expect(canonicalJson(String.raw`\ud800`)).toBe(String.raw`"\\ud800"`);
    expect(canonicalJson({ b: String.raw`\\ud800`, a: '\\'.repeat(100_000) + 'ud800' })).toContain(
      String.raw`\\\\ud800`,
    );
  });

  it('undefined is no JSON', () => {
    expect(() => canonicalJson({ a: undefined } as unknown as Json)).toThrow(TypeError);
    expect(() => canonicalJson({ b: 1, a: [undefined] } as unknown as Json)).toThrow(TypeError);
  });
});
