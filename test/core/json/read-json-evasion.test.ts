import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src/core/json/canonical-json.ts';
import { REQUEST_LIMITS } from '../../../src/core/json/limits.ts';
import { readJson } from '../../../src/core/json/read-json.ts';

// Ways to have the policy see another call than the upstream does, as far as reading JSON can stop them.

const kindOf = (text: string | Uint8Array, limits = REQUEST_LIMITS) => {
  const result = readJson(Buffer.from(text), limits);
  return result.ok ? 'accepted' : result.error.kind;
};
const sentFor = (text: string) => {
  const result = readJson(Buffer.from(text), REQUEST_LIMITS);
  return result.ok ? canonicalJson(result.value) : result.error.kind;
};

describe('one call for the policy and another one for the upstream', () => {
  it.each([
    ['A01: the name of the tool twice', '{"method":"tools/call","params":{"name":"read_x","name":"delete_x"}}'],
    ['A02: the method twice', '{"method":"tools/list","method":"tools/call"}'],
    ['A02: the second time with an escape', String.raw`{"method":"tools/list","m\u0065thod":"tools/call"}`],
    ['A02: the same value both times', '{"id":1,"id":1}'],
    ['A02: null at first', '{"id":null,"id":1}'],
    ['A02: inside an array inside an argument', '{"a":[[{"b":1,"c":2,"b":3}]]}'],
    ['A02: `__proto__` twice', '{"__proto__":1,"__proto__":2}'],
    ['A02: an empty name twice', '{"":1,"":2}'],
  ])('%s', (_, text) => {
    expect(kindOf(text)).toBe('duplicate-key');
  });

  it.each([
    ['A10: an id that Node rounds', '{"id":9007199254740993}', 'inexact-number'],
    ['A11: an amount that becomes null', '{"amount":1e400}', 'inexact-number'],
    ['A11: an amount that changes', '{"amount":9007199254740993}', 'inexact-number'],
    ['A14: a lone surrogate as a value', String.raw`{"name":"\ud800"}`, 'lone-surrogate'],
    ['A14: a lone surrogate as a name', String.raw`{"\udfaa":1}`, 'lone-surrogate'],
    ['A14: two halves in the wrong order', String.raw`["\udd1e\ud834"]`, 'lone-surrogate'],
    ['A14: half a pair in front of a whole one', String.raw`["\ud83d😹"]`, 'lone-surrogate'],
    ['A14: half a pair in front of another escape', String.raw`["\ud83d\n"]`, 'lone-surrogate'],
    ['A19: something after the object', '{"a":1}x', 'syntax'],
    ['A19: two objects', '{"a":1}{"b":2}', 'syntax'],
    ['A19: two lines', '{"a":1}\n{"b":2}', 'syntax'],
    ['A19: a NUL after the object', '{"a":1}\u{0}', 'syntax'],
    ['A19: NaN', '{"a":NaN}', 'syntax'],
    ['A19: a comment', '{"a":1/* no */}', 'syntax'],
    ['A19: single quotes', "{'a':1}", 'syntax'],
    ['A19: a no-break space between tokens', '{"a":\u{a0}1}', 'syntax'],
    ['A19: a line separator between tokens', '{"a":\u{2028}1}', 'syntax'],
    ['A19: a byte order mark between tokens', '{"a":\u{feff}1}', 'syntax'],
  ])('%s', (_, text, kind) => {
    expect(kindOf(text)).toBe(kind);
  });

  it.each([
    ['overlong', [0x22, 0xc0, 0xaf, 0x22]],
    ['truncated', [0x22, 0xe2, 0x82, 0x22]],
    ['cut off at the end', [0x22, 0xf0, 0x9f]],
    ['a lone continuation byte', [0x22, 0x81, 0x22]],
    ['an encoded surrogate', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['above U+10FFFF', [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22]],
    ['UTF-16', [0x5b, 0x00, 0x5d, 0xd8]],
  ])('A15: bytes that are not UTF-8: %s', (_, bytes) => {
    expect(kindOf(Uint8Array.from(bytes))).toBe('not-utf8');
  });

  it('A13: names like array indices are sent in the one canonical order', () => {
    expect(sentFor('{"b":1,"2":1,"10":1,"1":1,"!":1}')).toBe('{"!":1,"1":1,"10":1,"2":1,"b":1}');
    expect(sentFor('{"10":1,"2":1,"!":1,"1":1,"b":1}')).toBe('{"!":1,"1":1,"10":1,"2":1,"b":1}');
  });
});

describe('names that mean something to JavaScript', () => {
  const hostile =
    '{"__proto__":{"scopes":["admin"]},"constructor":{"prototype":{"scopes":1}},"toString":1,"hasOwnProperty":2}';

  it('A07: are plain data, and are sent as they came', () => {
    expect(sentFor(hostile)).toBe(
      '{"__proto__":{"scopes":["admin"]},"constructor":{"prototype":{"scopes":1}},"hasOwnProperty":2,"toString":1}',
    );
  });

  it('A07: change neither the object nor the prototype of all objects', () => {
    const before = Object.getOwnPropertyNames(Object.prototype).toSorted();
    const result = readJson(Buffer.from(hostile), REQUEST_LIMITS);
    if (!result.ok || typeof result.value !== 'object' || result.value === null) throw new Error('not read');
    expect(Object.getPrototypeOf(result.value)).toBeNull();
    expect(Reflect.get(result.value, 'scopes')).toBeUndefined();
    expect(Object.getOwnPropertyNames(Object.prototype).toSorted()).toEqual(before);
    expect(Reflect.get({}, 'scopes')).toBeUndefined();
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'])(
    'A09: %s is absent where it was not sent',
    (name) => {
      for (const text of ['{}', '{"a":1}', '{"a":{},"b":[]}']) {
        const result = readJson(Buffer.from(text), REQUEST_LIMITS);
        expect(result.ok && Reflect.has(result.value as object, name)).toBe(false);
      }
    },
  );
});

describe('texts that cost more than they are worth', () => {
  const roomy = { ...REQUEST_LIMITS, bytesMax: 64 * 1024 * 1024 };

  // A reader that goes to the bottom of these overflows its stack, or takes longer than the test may.
  it.each([
    ['arrays', '['],
    ['objects', '{"a":'],
    ['both', '[{"a":'],
  ])('A17: 5,000,000 %s inside each other are refused at the 65th', (_, opening) => {
    expect(kindOf(opening.repeat(5_000_000), roomy)).toBe('too-deep');
    expect(kindOf(opening.repeat(1000))).toBe('too-deep');
  });

  it('A17: the deepest that is accepted can be written again', () => {
    const deepest = `${'['.repeat(64)}${']'.repeat(64)}`;
    expect(sentFor(deepest)).toBe(deepest);
    expect(kindOf(`[${deepest}]`)).toBe('too-deep');
  });

  it('A18: a million members are refused by size, or else by number', () => {
    const text = `{${Array.from({ length: 1_000_000 }, (_, index) => `"k${index}":${index}`).join(',')}}`;
    expect(kindOf(text)).toBe('too-large');
    expect(kindOf(text, roomy)).toBe('too-many-keys');
  });

  it('A18: a million numbers are refused by number, long before they are many bytes', () => {
    expect(kindOf(`[${'1,'.repeat(1_000_000)}1]`)).toBe('too-many-items');
  });

  it.each(['[]', '{}', '[[[[]]]]'])(
    'A18: a million times %s, which costs the engine more than its bytes, too',
    (unit) => {
      expect(kindOf(`[${`${unit},`.repeat(1_000_000)}1]`, roomy)).toBe('too-many-keys');
    },
  );
});
