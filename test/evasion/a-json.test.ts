import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attack, refused, sampleOf, startWorld, type Seen, type World } from '../support/evasion-world.ts';
import { HOSTS, metaOf } from '../support/host-request.ts';
import { jsonParsingSuite } from '../support/json-parsing-suite.ts';
import { parseAnswerBody } from '../support/mcp-request.ts';
import { TRANSPORTS } from '../support/recording-upstream.ts';

// Class A: JSON that two readers could understand differently. Either it is refused, or what the policy saw is what the upstream gets.

/** A body, given the `_meta` that this kind of host must send. */
type Body = (meta: string) => string | Uint8Array;
type Row = readonly [name: string, body: Body];

/** A `tools/call` with this much of its `params` in the attacker's own spelling. */
const call = (inner: string) => (meta: string) =>
  `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{${inner},${meta}}}`;
const READ = '"name":"crm__read_x"';
const args = (json: string) => call(`${READ},"arguments":${json}`);
/** An honest call with one part of its text replaced. */
const changed = (from: string, to: string) => (meta: string) => call(READ)(meta).replace(from, to);
const before = (text: string) => (meta: string) => text + call(READ)(meta);
const behind = (text: string) => (meta: string) => call(READ)(meta) + text;
/** One character is one byte. */
const bytes = (body: (meta: string) => string) => (meta: string) => Buffer.from(body(meta), 'latin1');
const deep = (inner: string, levels: number): string => '{"a":'.repeat(levels) + inner + '}'.repeat(levels);
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const keys = (count: number): string => Array.from({ length: count }, (_, index) => `"k${index}":0`).join(',');

const NO_JSON: readonly Row[] = [
  ['A01 a name twice, the harmless one first', call(`${READ},"name":"crm__delete_x"`)],
  ['A01 a name twice, the harmless one last', call(`"name":"crm__delete_x",${READ}`)],
  ['A01 a name twice, the second one escaped', call(`${READ},"n\\u0061me":"crm__delete_x"`)],
  ['A01 an argument twice', args('{"id":1,"id":2}')],
  ['A01 an argument twice, six levels down', args(deep('{"a":1,"a":2}', 6))],
  ['A01 __proto__ twice', args('{"__proto__":1,"__proto__":2}')],
  ['A01 the arguments twice', call(`${READ},"arguments":{"id":1},"arguments":{"id":2}`)],
  ['A01 the params twice', changed('"params":', '"params":{"name":"crm__delete_x"},"params":')],
  ['A01 the id twice', changed('"id":1', '"id":1,"id":2')],
  ['A01 _meta twice', call(`${READ},"_meta":{}`)],
  ['A02 the method twice', changed('"method":', '"method":"tools/list","method":')],
  ['A14 a lone surrogate in the name', call('"name":"crm__read_x\\ud800"')],
  ['A14 a lone surrogate in an argument', args('{"a":"\\udc00"}')],
  ['A14 a lone surrogate in the name of an argument', args('{"\\ud800":1}')],
  ['A14 two surrogates in the wrong order', args('{"a":"\\udc00\\ud800"}')],
  ['A15 an overlong slash', bytes(args('{"a":"\u00c0\u00af"}'))],
  ['A15 UTF-8 that is cut off', bytes(args('{"a":"\u00e2\u0082"}'))],
  ['A15 a surrogate written in UTF-8 (CESU-8)', bytes(args('{"a":"\u00ed\u00a0\u0080"}'))],
  ['A15 a byte that is in no UTF-8', bytes(args('{"a":"\u00ff"}'))],
  ['A15 a code point beyond Unicode', bytes(args('{"a":"\u00f4\u0090\u0080\u0080"}'))],
  ['A15 UTF-16 with a byte order mark', (meta) => Buffer.from(before('\ufeff')(meta), 'utf16le')],
  ['A17 65 levels', args(`{"a":${nested(62)}}`)],
  ['A17 5,000 levels', args(`{"a":${nested(5_000)}}`)],
  ['A17 1,000,000 levels', args(`{"a":${nested(1_000_000)}}`)],
  ['A17 levels that never close', args('['.repeat(100_000))],
  ['A18 too many keys in too few bytes', args(`{${keys(30_000)}}`)],
  ['A18 too many empty objects', args(`{"a":[${'{},'.repeat(30_000)}0]}`)],
  ['A19 something behind the message', behind(' x')],
  ['A19 a second message behind the first', (meta) => call(READ)(meta).repeat(2)],
  ['A19 a second message on a line of its own', (meta) => `${call(READ)(meta)}\n${call(READ)(meta)}`],
  ['A19 NUL behind the message', behind('\u0000')],
  ['A19 a no-break space before the message', before('\u00a0')],
  ['A19 a byte order mark', before('\ufeff')],
  ['A19 what keeps browsers from running JSON', before(")]}'\n")],
  ['A19 single quotes', call("'name':'crm__read_x'")],
  ['A19 a comment', call(`${READ}/* read only */`)],
  ['A19 a comma too many', args('{"a":1,}')],
  ['A19 NaN', args('{"a":NaN}')],
  ['A19 a bare line feed in a string', call('"name":"crm__read_x\n"')],
  ['A19 a number with a leading zero', args('{"a":010}')],
  ['A19 a number in hexadecimal', args('{"a":0x10}')],
  ['A19 a number with a plus', args('{"a":+1}')],
  ['A19 an escape that JSON has not', call('"name":"crm__read\\x5fx"')],
  ['A19 a literal in capitals', args('{"a":True}')],
  ['A19 nothing', () => ''],
  ['A19 white space alone', () => ' \n\t'],
];

const NO_MESSAGE: readonly Row[] = [
  ['A05 the method in another case', changed('"method"', '"Method"')],
  ['A05 the method in another case, beside the right one', changed('"id":1', '"id":1,"METHOD":"tools/list"')],
  ['A05 the params in another case, beside the right ones', changed('"id":1', '"id":1,"Params":{}')],
  ['A05 the params with a long s, which folds to an s', changed('"id":1', '"id":1,"param\u017f":{}')],
  ['A05 the params with a zero-width space', changed('"id":1', '"id":1,"params\u200b":{}')],
  ['A05 a member that nobody knows', changed('"id":1', '"id":1,"extra":1')],
  ['A07 __proto__ in the envelope', changed('"id":1', '"id":1,"__proto__":{"method":"tools/list"}')],
  ['A07 constructor in the envelope', changed('"id":1', '"id":1,"constructor":{}')],
  ['A10 an id that a double would change', changed('"id":1', '"id":9007199254740993')],
  ['A10 an id beyond the exact integers', changed('"id":1', '"id":9007199254740992')],
  ['A10 an id that is not finite', changed('"id":1', '"id":1e400')],
  ['A19 null', () => 'null'],
  ['A19 a text', () => '"tools/call"'],
  ['A19 a number', () => '1'],
];

const NO_EXACT_NUMBER: readonly Row[] = [
  ['A11 an argument that is not finite', args('{"amount":1e400}')],
  ['A11 an argument that is minus infinity', args('{"amount":-1e400}')],
  ['A11 an argument that a double would change', args('{"amount":9007199254740993}')],
  ['A11 an argument too small to be anything but zero', args('{"amount":1e-400}')],
  ['A11 an argument with more digits than a double has', args('{"amount":0.1000000000000000055511}')],
  ['A11 such a number deep inside', args(deep('[1e999]', 20))],
  ['A11 such a number beside the arguments', call(`${READ},"timeout":1e999`)],
];

/** Arguments that are allowed, and what of them the upstream may get: the canonical form of what the policy saw. */
const CARRIED: readonly (readonly [name: string, sent: string, received: string])[] = [
  ['A07 __proto__', '{"__proto__":{"scopes":["admin"]}}', '{"__proto__":{"scopes":["admin"]}}'],
  ['A07 constructor', '{"constructor":{"prototype":{"canary":1}}}', '{"constructor":{"prototype":{"canary":1}}}'],
  ['A07 toString and toJSON', '{"toJSON":"x","toString":null}', '{"toJSON":"x","toString":null}'],
  ['A13 names that look like integers', '{"b":1,"2":1,"1":1,"10":1}', '{"1":1,"10":1,"2":1,"b":1}'],
  ['A13 names sorted by UTF-16 units', '{"\\ufb33":1,"\\ud83d\\ude00":2}', '{"\ud83d\ude00":2,"\ufb33":1}'],
  ['A11 numbers in other spellings', '{"a":1.0,"b":1e2,"c":-0,"d":0.10}', '{"a":1,"b":100,"c":0,"d":0.1}'],
  ['A11 the last exact integer', '{"a":9007199254740991}', '{"a":9007199254740991}'],
  ['A17 61 levels', `{"a":${nested(60)}}`, `{"a":${nested(60)}}`],
  ['A19 white space and escapes', '{ "a" :\t"\\u0041\\/" }', '{"a":"A/"}'],
  ['A14 a pair of surrogates', '{"a":"\\ud83d\\ude00"}', '{"a":"\ud83d\ude00"}'],
  ['A14 NUL as an escape', '{"a":"\\u0000","\\u0000":1}', '{"\\u0000":1,"a":"\\u0000"}'],
  ['A14 text in two normal forms', '{"a":"\\u00e9","b":"e\\u0301"}', '{"a":"\u00e9","b":"e\u0301"}'],
  ['A05 names that differ in case alone', '{"id":1,"ID":2}', '{"ID":2,"id":1}'],
];

describe.each(TRANSPORTS)('before an upstream over %s', (transport) => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ transport });
  });
  afterAll(() => world.close());

  // The reading is the same whatever the upstream; over the others, one kind of host and a sample are enough.
  const isFirst = transport === 'http, modern';
  const hosts = isFirst ? HOSTS : HOSTS.slice(-1);
  const few = <T>(rows: readonly T[]): readonly T[] => (isFirst ? rows : sampleOf(rows));
  describe.each(hosts)('a host that speaks %s is refused', (host) => {
    const attackWith = (body: Body): Promise<Seen> =>
      attack(world, host, world.request(host, { params: { name: 'crm__read_x' }, body: body(metaOf(host)) }));

    it.each(few(NO_JSON))('%s', async (_name, body) => {
      expect(await attackWith(body)).toEqual(refused(400, -32700, 'malformed'));
    });
    it.each(few(NO_MESSAGE))('%s', async (_name, body) => {
      expect(await attackWith(body)).toEqual(refused(400, -32600, 'malformed'));
    });
    it.each(few(NO_EXACT_NUMBER))('%s', async (_name, body) => {
      expect(await attackWith(body)).toEqual(refused(400, -32602, 'malformed'));
    });
    it('A18 12 MB', async () => {
      const body = args(`{"a":"${'a'.repeat(12_000_000)}"}`);
      expect(await attackWith(body)).toEqual(refused(413, -32600, 'malformed'));
    });
    it('A05 the name in another case', async () => {
      const [status, code] = host === '2026-07-28' ? [400, -32020] : [200, -32602];
      expect(await attackWith(call('"Name":"crm__read_x"'))).toEqual(refused(status, code, 'malformed'));
    });

    const inherited = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__'];
    it.each(inherited)('A09 a tool named %s', async (name) => {
      const bare = world.request(host, { params: { name } });
      expect(await attack(world, host, bare)).toEqual(refused(200, -32602, 'tool_unknown'));
      const prefixed = world.request(host, { params: { name: `crm__${name}` } });
      expect(await attack(world, host, prefixed)).toEqual(refused(200, -32602, 'class_unclassified'));
    });
  });

  describe.each(hosts)('of a host that speaks %s the upstream gets what was decided on', (host) => {
    it.each(CARRIED)('%s', async (_name, sent, received) => {
      const body = args(sent)(metaOf(host));
      const answer = await world.send(world.request(host, { params: { name: 'crm__read_x' }, body }));
      expect(parseAnswerBody(answer).result).not.toHaveProperty('isError');
      expect(world.crm.calls().at(-1)?.text).toContain(`"arguments":${received}`);
      expect({}).not.toHaveProperty('canary');
    });

    it('A19 the line separators of JavaScript, as one line', async () => {
      const body = args('{"a":"\\u2028\\u2029"}')(metaOf(host));
      await world.send(world.request(host, { params: { name: 'crm__read_x' }, body }));
      expect(world.crm.calls().at(-1)?.params['arguments']).toEqual({ a: '\u2028\u2029' });
    });
  });
});

describe('A19 the public suite of JSON texts', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.close());

  it('what must be refused is refused, whole and as an argument', async () => {
    const wrong = jsonParsingSuite().filter((one) => one.expect === 'reject');
    expect(wrong.length).toBeGreaterThan(150);
    const callsBefore = world.crm.calls().length;
    const [head = '', tail = ''] = args('\u0000')(metaOf('2026-07-28')).split('\u0000');
    for (const { name, bytes: text } of wrong) {
      for (const body of [text, Buffer.concat([Buffer.from(head), text, Buffer.from(tail)])]) {
        const answer = await world.send(world.request('2026-07-28', { params: { name: 'crm__read_x' }, body }));
        expect([name, answer.status]).toEqual([name, 400]);
      }
    }
    expect(world.crm.calls().length).toBe(callsBefore);
    const kinds = new Set((await world.newEntries()).map(({ kind }) => kind));
    expect([...kinds]).toEqual(['refusal']);
  });
});
