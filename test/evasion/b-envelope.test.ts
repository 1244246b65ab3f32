import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  attack,
  callHonestly,
  decisionsIn,
  refused,
  sampleOf,
  secretsIn,
  startWorld,
  type Seen,
  type World,
} from '../support/evasion-world.ts';
import { HOSTS, type Host, metaOf } from '../support/host-request.ts';
import { parseAnswerBody } from '../support/mcp-request.ts';
import { sendRaw } from '../support/raw-http.ts';

// Class B: what is no JSON-RPC request of MCP. None of it does anything, and all of it is recorded.

type Body = (meta: string) => string;
const call = (inner: string) => (meta: string) =>
  `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{${inner},${meta}}}`;
const READ = '"name":"crm__read_x"';
const honest = call(READ);
const changed = (from: string, to: string) => (meta: string) => honest(meta).replace(from, to);
const id = (json: string) => changed('"id":1', `"id":${json}`);
const version = (json: string) => changed('"jsonrpc":"2.0"', json);

const NO_MESSAGE: readonly (readonly [string, Body])[] = [
  ['B01 a list and a call in a batch', (meta) => `[${honest(meta).replace('call', 'list')},${honest(meta)}]`],
  ['B01 a batch of a thousand', (meta) => `[${Array(1000).fill(honest(meta)).join(',')}]`],
  ['B02 a batch of one', (meta) => `[${honest(meta)}]`],
  ['B02 an empty batch', () => '[]'],
  ['B02 a batch in a batch', (meta) => `[[${honest(meta)}]]`],
  ['B03 a call without an id', changed('"id":1,', '')],
  ['B04 an id that is null', id('null')],
  ['B05 an id that is an object', id('{}')],
  ['B05 an id that is a list', id('[1]')],
  ['B05 an id that is true', id('true')],
  ['B05 an id that is a fraction', id('1.5')],
  ['B05 an empty id', id('""')],
  ['B05 an id of 257 bytes', id(`"${'a'.repeat(257)}"`)],
  ['B05 an id of 10 kB', id(`"${'a'.repeat(10_000)}"`)],
  ['B05 an id of 100 characters and 300 bytes', id(`"${'\u20ac'.repeat(100)}"`)],
  ['B10 an answer that nobody waits for', () => '{"jsonrpc":"2.0","id":5,"result":{}}'],
  ['B10 an error that nobody waits for', () => '{"jsonrpc":"2.0","id":5,"error":{"code":1,"message":"x"}}'],
  ['B10 an answer without an id', () => '{"jsonrpc":"2.0","result":{}}'],
  ['B11 a request and an answer in one', changed('"id":1', '"id":1,"result":{}')],
  ['B11 a request and an error in one', changed('"id":1', '"id":1,"error":{"code":1,"message":"x"}')],
  ['B11 a result and an error', () => '{"jsonrpc":"2.0","id":5,"result":{},"error":{"code":1,"message":"x"}}'],
  ['B11 a request with a result that is null', changed('"id":1', '"id":1,"result":null')],
  ['B12 another JSON-RPC', version('"jsonrpc":"1.0"')],
  ['B12 JSON-RPC as a number', version('"jsonrpc":2.0')],
  ['B12 JSON-RPC with a blank', version('"jsonrpc":"2.0 "')],
  ['B12 no JSON-RPC', (meta) => honest(meta).replace('"jsonrpc":"2.0",', '')],
  ['B13 a method that is a list', changed('"tools/call"', '["tools/call"]')],
  ['B13 a method that is null', changed('"tools/call"', 'null')],
  ['B13 an empty method', changed('"tools/call"', '""')],
  ['B13 a method of 129 characters', changed('"tools/call"', `"${'a'.repeat(129)}"`)],
];

const NO_PARAMS: readonly (readonly [string, Body])[] = [
  ['B15 a list', () => '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":["crm__delete_x",{}]}'],
  ['B15 a text', () => '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":"crm__read_x"}'],
  ['B15 null', () => '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":null}'],
];

/** The name is what `Mcp-Name` mirrors, so a modern host is told of that first. */
const NO_NAME: readonly (readonly [string, Body])[] = [
  ['B16 a list of names', call('"name":["crm__read_x","crm__delete_x"]')],
  ['B16 an object', call('"name":{"toString":"crm__read_x"}')],
  ['B16 a number', call('"name":1')],
  ['B16 null', call('"name":null')],
  ['B16 no name', call('"title":"crm__read_x"')],
];

const NO_CALL: readonly (readonly [string, Body])[] = [
  ['B15 arguments that are a list', call(`${READ},"arguments":["crm__delete_x"]`)],
  ['B15 arguments that are a text', call(`${READ},"arguments":"{}"`)],
  ['B15 arguments that are null', call(`${READ},"arguments":null`)],
];

const METHODS: readonly string[] = `
  Tools/Call TOOLS/CALL tools//call /tools/call tools/call/ tools/call?x tools/call#x tools.call tools%2fcall tools/call;x
  tools/callMany tools call * x-vendor/exec __proto__ constructor rpc.discover
  resources/write prompts/set completion
  sampling/createMessage elicitation/create roots/list
  notifications/cancelled notifications/tools/list_changed notifications/initialized
`
  .trim()
  .split(/\s+/);
/** No header can carry these, so a modern request with one disagrees with itself. */
const UNMIRRORABLE: readonly string[] = [
  'tools/call ',
  ' tools/call',
  'tools/call\u0000',
  'tools/call\n',
  'tools\u2215call',
  'tools/\u0441all',
  'tools/call\u200b',
  '\ufefftools/call',
  '\uff54ools/call',
];

describe.each(['http, modern', 'stdio'] as const)('before an upstream over %s', (transport) => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ transport });
  });
  afterAll(() => world.close());

  // As for JSON: none of it depends on the upstream.
  const hosts = transport === 'stdio' ? HOSTS.slice(0, 1) : HOSTS;
  const few = <T>(rows: readonly T[]): readonly T[] => (transport === 'stdio' ? sampleOf(rows) : rows);
  describe.each(hosts)('a host that speaks %s', (host) => {
    const isModern = host === '2026-07-28';
    const attackWith = (body: Body): Promise<Seen> =>
      attack(world, host, world.request(host, { params: { name: 'crm__read_x' }, body: body(metaOf(host)) }));
    const unknownMethod = refused(isModern ? 404 : 200, -32601, 'method_denied');
    const disagrees = refused(400, -32020, 'malformed');

    it.each(few(NO_MESSAGE))('%s', async (_name, body) => {
      expect(await attackWith(body)).toEqual(refused(400, -32600, 'malformed'));
    });
    it.each(few(NO_PARAMS))('%s as params', async (_name, body) => {
      expect(await attackWith(body)).toEqual(refused(400, -32602, 'malformed'));
    });
    it.each(few(NO_NAME))('%s as name', async (_name, body) => {
      expect(await attackWith(body)).toEqual(isModern ? disagrees : refused(200, -32602, 'malformed'));
    });
    it.each(few(NO_CALL))('%s', async (_name, body) => {
      expect(await attackWith(body)).toEqual(refused(200, -32602, 'malformed'));
    });
    it('B03 a list without an id', async () => {
      const body = `{"jsonrpc":"2.0","method":"tools/list","params":{${metaOf(host)}}}`;
      const request = world.request(host, { method: 'tools/list', body });
      expect(await attack(world, host, request)).toEqual(refused(400, -32600, 'malformed'));
    });

    it.each(few(METHODS))('B13, B14 %s', async (method) => {
      const params = { name: 'crm__read_x' };
      const request = world.request(host, { method, params, headers: [['Mcp-Name', null]] });
      expect(await attack(world, host, request)).toEqual(unknownMethod);
    });
    it.each(few(UNMIRRORABLE))('B13 %j', async (method) => {
      const headers = [['Mcp-Method', isModern ? 'tools/call' : null]] as const;
      const request = world.request(host, { method, params: { name: 'crm__read_x' }, headers });
      expect(await attack(world, host, request)).toEqual(isModern ? disagrees : unknownMethod);
    });
    it('B13 a method that holds a credential', async () => {
      const request = world.request(host, { method: `tools/${world.crm.credential}` });
      expect(await attack(world, host, request)).toEqual(unknownMethod);
    });
    it('B16 a name that holds a credential', async () => {
      const { credential } = world.crm;
      const tried = [
        ['/mcp', credential, 'tool_unknown'],
        ['/mcp', `crm__${credential}`, 'class_unclassified'],
        ['/mcp/crm', `read_${world.tokens.alice}`, 'no_rule'],
      ] as const;
      for (const [path, name, reason] of tried) {
        const request = world.request(host, { path, params: { name } });
        expect(await attack(world, host, request)).toEqual(refused(200, -32602, reason));
      }
    });

    it('B18 of the params only the name and the arguments go on', async () => {
      const params = {
        name: 'crm__read_x',
        arguments: { a: 1 },
        tool: 'delete_x',
        toolName: 'delete_x',
        args: { b: 2 },
        Arguments: { c: 3 },
        task: { ttl: 1 },
        _meta: { 'com.example/run': 'delete_x', 'x-injected': true, related: { taskId: 'x' } },
      };
      const answer = await world.send(world.request(host, { params }));
      expect(answer.status).toBe(200);
      const sent = world.crm.calls().at(-1)?.params ?? {};
      const { name, arguments: args, _meta: meta = {}, ...others } = sent;
      expect({ name, args, others }).toEqual({ name: 'read_x', args: { a: 1 }, others: {} });
      const ours = Object.keys(meta as object).filter((key) => !key.startsWith('io.modelcontextprotocol/'));
      expect(ours).toEqual([]);
    });

    const badTokens = ['{}', '[]', 'null', '1.5', '""', `"${'a'.repeat(300)}"`];
    it.each(badTokens)('B18 %.20s as progress token', async (token) => {
      const meta = metaOf(host).replace('{', `{"progressToken":${token},`).replace(',}', '}');
      expect(await attackWith(() => call(READ)(meta))).toEqual(refused(200, -32602, 'malformed'));
    });
    it.each(['["x"]', '"x"', 'null'])('B18 %s as _meta', async (meta) => {
      const seen = await attackWith(() => honest(`"_meta":${meta}`));
      expect(seen).toEqual(refused(isModern ? 400 : 200, -32602, 'malformed'));
    });

    it('B05 an id comes back as it was, whatever is in it', async () => {
      for (const wanted of ['</script>', '\r\n\r\ndata: x', '\u2028', '1', 0, -1, 9007199254740991]) {
        const answer = await world.send(world.request(host, { id: wanted, params: { name: 'crm__read_x' } }));
        expect(JSON.parse(Buffer.from(answer.body, 'latin1').toString())).toMatchObject({ id: wanted });
      }
    });

    it('B06 two requests with one id are answered each on its own connection', async () => {
      const people = ['alice', 'bob', 'alice', 'bob', 'alice'] as const;
      const answers = await Promise.all(
        people.map((person, index) => {
          const params = { name: 'crm__read_y', arguments: { mine: `${person} ${index}` } };
          // Only alice owns the session; bob speaks of no session at all.
          const own: Host = person === 'bob' && host.includes('session') ? '2025-11-25' : host;
          return world.send(world.request(own, { id: 7, params, token: world.tokens[person] }));
        }),
      );
      const texts = answers.map((answer) => JSON.stringify(parseAnswerBody(answer).result?.['content']));
      for (const [index, text] of texts.entries()) expect(text).toContain(`${people[index]} ${index}`);
    });
  });
});

describe('of a modern host, which continues no round that never was', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.close());

  it.each([
    ['"requestState":"x"', 'input_unexpected'],
    ['"requestState":"x","inputResponses":{}', 'input_unexpected'],
    ['"requestState":null', 'malformed'],
    ['"inputResponses":null', 'malformed'],
    ['"inputResponses":{"a":1}', 'malformed'],
  ])('B18 %s', async (member, reason) => {
    const body = call(`${READ},${member}`)(metaOf('2026-07-28'));
    const request = world.request('2026-07-28', { params: { name: 'crm__read_x' }, body });
    expect(await attack(world, '2026-07-28', request)).toEqual(refused(200, -32602, reason));
  });
});

describe('B20 cancelling', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.close());

  const cancel = (requestId: number, token: string, host: Host = '2025-11-25 in a session'): Promise<unknown> => {
    const body = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId } });
    return world.send(world.request(host, { body, token }));
  };
  const slowCall = (requestId: number) =>
    world.send(
      world.request('2025-11-25 in a session', { id: requestId, params: { name: 'crm__slow_x', arguments: {} } }),
    );

  it('ends a call that runs; decision and outcome are there once each, and nobody else can do it', async () => {
    await world.newEntries();
    const running = slowCall(11);
    await expect.poll(() => world.crm.calls().at(-1)?.tool).toBe('slow_x');
    await cancel(11, world.tokens.bob);
    await cancel(11, world.tokens.alice, '2025-11-25');
    await cancel(11, world.tokens.alice, '2026-07-28');
    await cancel(12, world.tokens.alice);
    expect((await world.newEntries()).filter(({ kind }) => kind === 'outcome')).toEqual([]);
    await cancel(11, world.tokens.alice);
    expect(parseAnswerBody(await running).result).toMatchObject({ isError: true });
    const ended = (await world.newEntries()).filter(({ kind }) => kind === 'outcome');
    expect(ended).toMatchObject([{ outcome: 'aborted' }]);
  });

  it('at any moment leaves one decision, one outcome, and a call that was sent once or never', async () => {
    await world.newEntries();
    const rounds = 25;
    const callsBefore = world.crm.calls().length;
    for (let round = 0; round < rounds; round++) {
      const running = slowCall(100 + round);
      await new Promise((resolve) => setTimeout(resolve, round % 5));
      await cancel(100 + round, world.tokens.alice);
      // A cancel that came too early found nothing to end; the later one does.
      await expect.poll(() => world.crm.calls().length).toBeGreaterThanOrEqual(callsBefore);
      const again = setInterval(() => void cancel(100 + round, world.tokens.alice), 20);
      expect(parseAnswerBody(await running).result).toMatchObject({ isError: true });
      clearInterval(again);
    }
    const entries = await world.newEntries();
    const byCall = Map.groupBy(
      entries.filter(({ kind }) => kind === 'decision' || kind === 'outcome'),
      (entry) => entry['callId'],
    );
    expect(byCall.size).toBe(rounds);
    for (const own of byCall.values()) expect(own.map(({ kind }) => kind)).toEqual(['decision', 'outcome']);
    const neverSent = entries.filter((entry) => entry['outcome'] === 'not-dispatched').length;
    expect(world.crm.calls().length - callsBefore).toBeLessThanOrEqual(rounds - neverSent);
  });

  it('by hanging up ends the call of a modern host', async () => {
    await world.newEntries();
    const request = world.request('2026-07-28', { params: { name: 'crm__slow_x', arguments: {} } });
    const callsBefore = world.crm.calls().length;
    const body = String(request.body);
    const head = (request.headers ?? []).map((pair) => `${pair.join(': ')}\r\n`).join('');
    const socket = connect(world.gateway.mcpPort, '127.0.0.1');
    socket.write(`POST /mcp HTTP/1.1\r\nHost: localhost\r\n${head}Content-Length: ${body.length}\r\n\r\n${body}`);
    await expect.poll(() => world.crm.calls().length).toBe(callsBefore + 1);
    socket.destroy();
    await expect
      .poll(async () => (await world.newEntries()).filter(({ kind }) => kind === 'outcome'))
      .toMatchObject([{ outcome: 'aborted' }]);
  });
});

describe('notifications', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.close());

  it.each(HOSTS)('B03 of %s that nobody governs are taken, do nothing, and are recorded', async (host) => {
    await world.newEntries();
    const before = world.crm.bytes().length;
    for (const method of [
      'notifications/tools/list_changed',
      'notifications/message',
      'notifications/evil',
      'tools/x',
    ]) {
      const body = JSON.stringify({ jsonrpc: '2.0', method, params: { token: world.crm.credential } });
      const answer = await world.send(world.request(host, { method, body }));
      expect([method, answer.status, answer.body]).toEqual([method, 202, '']);
    }
    expect(world.crm.bytes().length).toBe(before);
    await callHonestly(world, host);
    const entries = await world.newEntries();
    expect(decisionsIn(entries).slice(0, -1)).toMatchObject(Array(4).fill({ reason: 'method_denied' }));
    expect(secretsIn(world, JSON.stringify(entries))).toEqual([]);
  });

  it('none is taken without a credential', async () => {
    const body = '{"jsonrpc":"2.0","method":"notifications/initialized"}';
    const answer = await sendRaw(world.gateway.mcpPort, world.request('2026-07-28', { token: null, body }));
    expect(answer.status).toBe(401);
  });
});
