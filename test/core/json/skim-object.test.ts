import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SkimLimits, skimNestedObject, skimObject } from '../../../src/core/json/skim-object.ts';

const LIMITS: SkimLimits = { bytesMax: 8 * 1024 * 1024, depthMax: 64, membersMax: 100 };

const refusal = (text: string | Uint8Array, limits: Partial<SkimLimits> = {}) => {
  const result = skimObject(Buffer.from(text), { ...LIMITS, ...limits });
  return result.ok ? 'accepted' : `${result.error.kind} at ${result.error.offset}`;
};
const membersOf = (text: string) => {
  const bytes = Buffer.from(text);
  const result = skimObject(bytes, LIMITS);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return Object.fromEntries(
    [...result.value].map(([name, { start, end }]) => [name, bytes.toString('utf8', start, end)]),
  );
};

describe('the members that are found', () => {
  it.each([
    ['{}', {}],
    [' { } ', {}],
    ['{"a":1}', { a: '1' }],
    ['{"é":"€","b":[1,{"a":2}]}', { é: '"€"', b: '[1,{"a":2}]' }],
    ['\n{ "a" :\t-1.5e+10 ,\r\n "b" : { "a" : null } }\n', { a: '-1.5e+10', b: '{ "a" : null }' }],
    [String.raw`{"r\u0065sult":"\"}{\\"}`, { result: String.raw`"\"}{\\"` }],
    ['{"a":[],"b":{},"c":true,"d":false}', { a: '[]', b: '{}', c: 'true', d: 'false' }],
    [
      '{"n":[0,-0,1e400,9007199254740993,0.10000000000000000055]}',
      { n: '[0,-0,1e400,9007199254740993,0.10000000000000000055]' },
    ],
  ])('%s', (text, members) => {
    expect(membersOf(text)).toEqual(members);
  });

  it('with the place of each name', () => {
    const result = skimObject(Buffer.from('{ "a" : 1, "b":2}'), LIMITS);
    expect(result.ok && [...result.value]).toEqual([
      ['a', { nameStart: 2, start: 8, end: 9 }],
      ['b', { nameStart: 11, start: 15, end: 16 }],
    ]);
  });

  it('of the envelope and of the result in one go, counted from the same beginning', () => {
    const text = '{"jsonrpc":"2.0","id":1,"result":{"content":[],"resultType":"complete","isError":false}}';
    const bytes = Buffer.from(text);
    const skimmed = skimNestedObject(bytes, LIMITS, 'result');
    if (!skimmed.ok) throw new Error(skimmed.error.detail);
    expect([...skimmed.value.members.keys()]).toEqual(['jsonrpc', 'id', 'result']);
    const places = [...(skimmed.value.inner ?? [])].map(([name, { start, end }]) => [name, text.slice(start, end)]);
    expect(places).toEqual([
      ['content', '[]'],
      ['resultType', '"complete"'],
      ['isError', 'false'],
    ]);
  });

  it.each(['{"result":[]}', '{"result":"{}"}', '{"other":{}}', '{"a":{"result":{}}}'])(
    'no inner ones in %s',
    (text) => {
      const skimmed = skimNestedObject(Buffer.from(text), LIMITS, 'result');
      expect(skimmed.ok && skimmed.value.inner).toBeNull();
    },
  );

  it('names that mean something to JavaScript are names', () => {
    const skimmed = skimObject(Buffer.from('{"__proto__":1,"constructor":2}'), LIMITS);
    expect(skimmed.ok && [...skimmed.value.keys()]).toEqual(['__proto__', 'constructor']);
  });
});

describe('what is refused, and where', () => {
  it.each([
    ['nothing', '', 'empty at 0'],
    ['white space', ' \n', 'empty at 2'],
    ['a byte order mark', '\u{feff}{}', 'byte-order-mark at 0'],
    ['an array', '[{}]', 'not-an-object at 0'],
    ['a string', ' "{}"', 'not-an-object at 1'],
    ['two objects', '{}{}', 'syntax at 2'],
    ['a closing brace too many', '{}}', 'syntax at 2'],
    ['an end inside an object', '{"a":1', 'syntax at 6'],
    ['an end inside an array', '{"a":[1', 'syntax at 7'],
    ['an end inside a string', '{"a":"b', 'syntax at 7'],
    ['an end inside an escape', '{"a":"b\\', 'syntax at 7'],
    ['an end inside a word', '{"a":tru', 'syntax at 5'],
    ['an end instead of a value', '{"a":', 'syntax at 5'],
    ['an end instead of an exponent', '{"a":1e', 'syntax at 7'],
    ['a wrong bracket', '{"a":[1}', 'syntax at 7'],
    ['a comma too many', '{"a":1,}', 'syntax at 7'],
    ['no colon', '{"a",1}', 'syntax at 4'],
    ['a leading zero', '{"a":01}', 'syntax at 5'],
    ['a name without quotes', '{a:1}', 'syntax at 1'],
    ['a raw line feed in a string', '{"a":"\n"}', 'syntax at 6'],
    ['a raw carriage return far into a string', `{"a":"${'b'.repeat(1000)}\r"}`, 'syntax at 1006'],
    ['a raw control character in a name further down', '{"a":{"b\u{1}":1}}', 'syntax at 8'],
    ['a wrong escape', String.raw`{"a":"\x"}`, 'syntax at 6'],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 'not-utf8 at 0'],
    ['a member twice', '{"isError":true,"a":1,"isError":false}', 'duplicate-key at 22'],
    ['a member twice, once with an escape', String.raw`{"isError":true,"is\u0045rror":false}`, 'duplicate-key at 16'],
    ['a member whose name has half a character', String.raw`{"\ud800":1}`, 'lone-surrogate at 1'],
  ])('%s', (_, text, expected) => {
    expect(refusal(text)).toBe(expected);
  });

  it.each(['g', '@', '`', '/', ':', 'G', ' '])('%s is no digit of an escape', (digit) => {
    for (const escape of [`${digit}000`, `0${digit}00`, `00${digit}0`, `000${digit}`]) {
      expect(refusal(`{"a":"\\u${escape}"}`)).toBe('syntax at 6');
    }
  });

  it('a member twice inside the result, where its members are listed', () => {
    const skimmed = skimNestedObject(Buffer.from('{"result":{"isError":true,"isError":false}}'), LIMITS, 'result');
    expect(!skimmed.ok && skimmed.error).toEqual({
      kind: 'duplicate-key',
      offset: 26,
      detail: 'a member name for the second time',
    });
  });

  it('not: what is said not to be checked', () => {
    expect(refusal(String.raw`{"a":{"b":1,"b":2,"c":"\ud800"}}`)).toBe('accepted');
  });
});

describe('limits', () => {
  it.each<[string, string, Partial<SkimLimits>, string]>([
    ['bytes', '{"a":1}', { bytesMax: 7 }, 'accepted'],
    ['one byte too many', '{"a":10}', { bytesMax: 7 }, 'too-large at 7'],
    ['depth', '{"a":[{"b":1}]}', { depthMax: 3 }, 'accepted'],
    ['one array too deep', '{"a":[{"b":[]}]}', { depthMax: 3 }, 'too-deep at 11'],
    ['members', '{"a":1,"b":{"c":1,"d":1,"e":1}}', { membersMax: 2 }, 'accepted'],
    ['one member too many', '{"a":1,"b":2,"c":3}', { membersMax: 2 }, 'too-many-keys at 13'],
  ])('%s', (_, text, limits, expected) => {
    expect(refusal(text, limits)).toBe(expected);
  });

  it('5,000,000 arrays inside each other are refused at the limit', () => {
    expect(refusal(`{"a":${'['.repeat(5_000_000)}`)).toBe('too-deep at 68');
  });
});

describe('strings of any length, at any place in memory', () => {
  // Short, middle and long strings are searched in three ways, and the middle way by words of four bytes.
  const fillings = {
    quote: String.raw`\"`,
    escape: String.raw`\u00e9`,
    letter: 'é',
    end: '"',
    feed: '\n',
    zero: '\u{0}',
    half: '\\',
  };
  const around = { compact: ['{"a":"', '"}'], pretty: ['{\n "a":"', '"\n}'] };

  for (const [style, [before = '', after = '']] of Object.entries(around)) {
    it.each(Object.entries(fillings))(`${style}, with one %s`, (_, filling) => {
      const differing: string[] = [];
      for (let length = 0; length < 300; length++) {
        const text = `${before}${'x'.repeat(length)}${filling}${'y'.repeat(300 - length)}\\n${after}`;
        const memory = Buffer.from(`\u{0}${' '.repeat(length % 5)}${text}`);
        if (skimObject(memory.subarray(1 + (length % 5)), LIMITS).ok !== isJson(text)) differing.push(text);
      }
      expect(differing).toEqual([]);
    });
  }

  it('a control character as the last one, wherever the memory ends', () => {
    const accepted: number[] = [];
    for (let length = 300; length < 310; length++) {
      if (refusal(`{"a":"${'x'.repeat(length)}\n"}`) !== `syntax at ${length + 6}`) accepted.push(length);
    }
    expect(accepted).toEqual([]);
  });

  it('one after the other, with quotes and escapes far apart', () => {
    const piece = fc.oneof(
      fc.constantFrom(String.raw`\"`, String.raw`\\`, String.raw`\n`),
      fc.nat({ max: 700 }).map((n) => 'x'.repeat(n)),
    );
    const string = fc.array(piece, { maxLength: 4 }).map((pieces) => `"${pieces.join('')}"`);
    const damage = fc.constantFrom('', '', '', '\t', '"', '\\');
    fc.assert(
      fc.property(fc.array(string, { maxLength: 6 }), damage, fc.nat(), (strings, put, place) => {
        const whole = `{"a":[${strings.join()}],"b":1}`;
        const at = place % whole.length;
        const text = whole.slice(0, at) + put + whole.slice(at);
        expect(skimObject(Buffer.from(text), LIMITS).ok).toBe(isJson(text));
      }),
      { numRuns: 2000 },
    );
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
