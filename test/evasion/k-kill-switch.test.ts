import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ask, decide, issueDeciders } from '../support/approvals-desk.ts';
import { attack, callHonestly, refused, startWorld, type World } from '../support/evasion-world.ts';
import { HOSTS, initialize } from '../support/host-request.ts';
import { parseAnswerBody } from '../support/mcp-request.ts';
import { TRANSPORTS } from '../support/recording-upstream.ts';
import { startIn } from '../support/run-gateway.ts';
import { verifyLog } from '../support/verify-log.ts';

// Class K: the switch stops what it says, at once and for as long as it says, and nothing else.

const MODERN = '2026-07-28';
const CONFIG = 'limits: { requests: 16 }\n';

const pull = async (world: World, scope: object, more: object = {}): Promise<string> => {
  const answer = await world.gateway.admin('POST', '/api/kill-switch', { scope, reason: 'drill', ...more });
  expect([answer.status, answer.body]).toEqual([200, expect.any(String)]);
  return String(answer.json['id']);
};
const release = async (world: World, id: string): Promise<number> =>
  (await world.gateway.admin('DELETE', `/api/kill-switch/${id}`)).status;
const releaseAll = async (world: World): Promise<void> => {
  const { json } = await world.gateway.admin('GET', '/api/kill-switch');
  for (const { id } of json['killSwitches'] as readonly { id: string }[]) await release(world, id);
};

describe.each(TRANSPORTS)('before an upstream over %s', (transport) => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ transport, config: CONFIG });
  });
  afterEach(() => releaseAll(world));
  afterAll(() => world.close());

  const call = (marker: string, name = 'crm__read_y') =>
    world.send(world.request(MODERN, { params: { name, arguments: { marker } } }));

  it('K01 no call that begins after the answer is ever seen by the upstream', async () => {
    for (let round = 0; round < 8; round++) {
      const early = Array.from({ length: 6 }, (_, index) => call(`early ${round} ${index}`));
      const id = await pull(world, { all: true });
      const late = await Promise.all(Array.from({ length: 6 }, (_, index) => call(`late ${round} ${index}`)));
      expect(new Set(late.map(({ status }) => status))).toEqual(new Set([503]));
      for (const answer of await Promise.all(early)) expect([200, 503]).toContain(answer.status);
      await release(world, id);
    }
    await callHonestly(world, MODERN);
    expect(world.crm.calls().filter(({ text }) => text.includes('"late '))).toEqual([]);
    const entries = await world.newEntries();
    const byCall = Map.groupBy(
      entries.filter(({ kind }) => kind === 'decision' || kind === 'outcome'),
      (entry) => entry['callId'],
    );
    for (const [decision, ...outcomes] of byCall.values()) {
      expect(outcomes).toHaveLength(decision?.['decision'] === 'allow' ? 1 : 0);
    }
  });

  it('K02 a call that runs is ended, its host told, and its outcome recorded', async () => {
    await world.newEntries();
    const callsBefore = world.crm.calls().length;
    const running = [call('a', 'crm__slow_x'), call('b', 'crm__slow_x')];
    await expect.poll(() => world.crm.calls().length).toBe(callsBefore + 2);
    await pull(world, { tool: 'crm/slow_x' });
    for (const answer of await Promise.all(running)) {
      expect(parseAnswerBody(answer).error).toMatchObject({ code: -31002 });
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '60']);
    }
    const outcomes = (await world.newEntries()).filter(({ kind }) => kind === 'outcome');
    expect(outcomes.map((entry) => entry['outcome'])).toEqual(['killed', 'killed']);
    if (transport === 'stdio') {
      await expect.poll(() => world.crm.bytes().match(/notifications\/cancelled/g)?.length).toBe(2);
    }
    await expect(callHonestly(world, MODERN)).resolves.toBeUndefined();
  });
});

describe('K06 a switch for a part', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterEach(() => releaseAll(world));
  afterAll(() => world.close());

  const status = async (name: string, token: string, args = {}): Promise<string> => {
    const answer = await world.send(world.request(MODERN, { params: { name, arguments: args }, token }));
    const { error, result } = parseAnswerBody(answer);
    if (error !== undefined) return String(error.code);
    return result?.['isError'] === true ? 'pending' : 'ran';
  };
  /** What each may do: alice and bob read from both and write to one. */
  const picture = async (): Promise<string> => {
    const { alice, bob } = world.tokens;
    const cells = [];
    for (const token of [alice, bob]) {
      for (const name of ['crm__read_x', 'crm__read_y', 'mail__read_x', 'crm__update_x', 'crm__manage_x']) {
        cells.push(
          (await status(name, token, name.endsWith('manage_x') ? { action: 'get' } : {})) === '-31002' ? 'x' : '.',
        );
      }
    }
    return cells.join('');
  };

  it.each<[string, () => object, string]>([
    ['nothing', () => ({ principal: 'nobody' }), '..........'],
    ['everything', () => ({ all: true }), 'xxxxxxxxxx'],
    ['writes', () => ({ writes: true }), '...x....x.'],
    ['an upstream', () => ({ upstream: 'crm' }), 'xx.xxxx.xx'],
    ['another upstream', () => ({ upstream: 'mail' }), '..x....x..'],
    ['a tool', () => ({ tool: 'crm/read_x' }), 'x....x....'],
    ['a tool under its name for hosts', () => ({ tool: 'crm/crm__read_x' }), '..........'],
    ['a tool in capitals', () => ({ tool: 'crm/READ_X' }), '..........'],
    ['a person', () => ({ principal: 'alice' }), 'xxxxx.....'],
    ['a person in capitals', () => ({ principal: 'ALICE' }), '..........'],
    ['a client', () => ({ client: world.tokenIds.bob }), '.....xxxxx'],
  ])('stops %s and nothing else', async (_name, scope, wanted) => {
    await pull(world, scope());
    expect(await picture()).toBe(wanted);
  });

  it('is released without releasing another that overlaps it', async () => {
    const wide = await pull(world, { upstream: 'crm' });
    const narrow = await pull(world, { tool: 'crm/read_x' });
    const same = await pull(world, { tool: 'crm/read_x' });
    expect(await release(world, wide)).toBe(200);
    expect(await picture()).toBe('x....x....');
    expect(await release(world, narrow)).toBe(200);
    expect(await picture()).toBe('x....x....');
    expect(await release(world, narrow)).toBe(404);
    expect(await release(world, same)).toBe(200);
    expect(await picture()).toBe('..........');
  });

  it('ends by itself when it says so, and not before', async () => {
    await pull(world, { all: true }, { expiresAt: new Date(Date.now() + 5000).toISOString() });
    expect(await status('crm__read_x', world.tokens.alice)).toBe('-31002');
    await expect.poll(() => status('crm__read_x', world.tokens.alice), { interval: 200 }).toBe('ran');
  });

  it.each<[string, object]>([
    ['no scope', { reason: 'x' }],
    ['an empty scope', { scope: {}, reason: 'x' }],
    ['all, but not', { scope: { all: false }, reason: 'x' }],
    ['all as a text', { scope: { all: 'true' }, reason: 'x' }],
    ['two scopes in one', { scope: { upstream: 'mail', all: true }, reason: 'x' }],
    ['a tool without its upstream', { scope: { tool: 'read_x' }, reason: 'x' }],
    ['an empty name', { scope: { principal: '' }, reason: 'x' }],
    ['no reason', { scope: { all: true } }],
    ['an empty reason', { scope: { all: true }, reason: ' ' }],
    ['an end in the past', { scope: { all: true }, reason: 'x', expiresAt: '2020-01-01T00:00:00Z' }],
    ['an end that is no time', { scope: { all: true }, reason: 'x', expiresAt: 'tomorrow' }],
    ['somebody else’s name', { scope: { all: true }, reason: 'x', by: 'olivia' }],
  ])('is not pulled with %s, and whoever tried is told so', async (_name, body) => {
    expect((await world.gateway.admin('POST', '/api/kill-switch', body)).status).toBe(400);
    expect(await picture()).toBe('..........');
  });

  it('is pulled and released by nobody but an operator', async () => {
    const deciders = await issueDeciders(world);
    const id = await pull(world, { tool: 'crm/read_y' });
    const strangers = [
      [world.tokens.alice, 403],
      [deciders.olivia.token, 403],
      ['x', 401],
      [null, 401],
    ] as const;
    for (const [token, wanted] of strangers) {
      const body = { scope: { all: true }, reason: 'x' };
      expect((await world.gateway.admin('POST', '/api/kill-switch', body, token)).status).toBe(wanted);
      expect((await world.gateway.admin('DELETE', `/api/kill-switch/${id}`, undefined, token)).status).toBe(wanted);
    }
    expect(await picture()).toBe('.x....x...');
  });

  it.each(HOSTS)('stops every call, list and new session of %s, and says nothing of why', async (host) => {
    await pull(world, { principal: 'bob' }, { reason: 'canary-reason' });
    const own = host.includes('session') ? '2025-11-25' : host;
    for (const method of ['tools/call', 'tools/list']) {
      const request = world.request(own, { method, params: { name: 'crm__read_x' }, token: world.tokens.bob });
      expect(await attack(world, host, request)).toEqual(refused(503, -31002, 'kill_switch'));
      expect((await world.send(request)).text).not.toContain('canary-reason');
    }
    expect(await initialize(world.gateway.mcpPort, world.tokens.bob)).toBe('');
  });
});

describe('K03, K08 a gateway that is full', () => {
  it('hears of the switch, and lets go of everything that it holds', async () => {
    const world = await startWorld({ config: CONFIG });
    try {
      // Of sixteen places one person gets twelve.
      const held = Array.from({ length: 12 }, () =>
        world.send(world.request(MODERN, { params: { name: 'crm__slow_x', arguments: {} } })),
      );
      const isFull = async () => (await world.send(world.request(MODERN, { params: { name: 'crm__read_x' } }))).status;
      await expect.poll(isFull).toBe(503);
      await pull(world, { all: true });
      for (const answer of await Promise.all(held)) expect(parseAnswerBody(answer).error?.code).toBe(-31002);
      await releaseAll(world);
      await expect(callHonestly(world, MODERN)).resolves.toBeUndefined();
    } finally {
      await world.close();
    }
  });

  it('K03 ends the streams of hosts that wait', async () => {
    const world = await startWorld();
    try {
      const headers = [['Accept', 'application/json, text/event-stream']] as const;
      const params = { name: 'crm__update_x', arguments: { a: 1 } };
      const request = world.request(MODERN, { params, headers });
      const head = (request.headers ?? []).map((pair) => `${pair.join(': ')}\r\n`).join('');
      const body = String(request.body);
      const socket = connect(world.gateway.mcpPort, '127.0.0.1');
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString();
      });
      const ended = new Promise((resolve) => socket.once('end', resolve));
      socket.write(
        `POST /mcp HTTP/1.1\r\nHost: localhost\r\n${head}Connection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
      await expect.poll(() => text).toContain('text/event-stream');
      await pull(world, { upstream: 'crm' });
      await ended;
      expect(text).toContain('-31002');
    } finally {
      await world.close();
    }
  });
});

describe('K04, K05, K10 a switch and a store', () => {
  it('K04 outlives a restart', async () => {
    const world = await startWorld();
    try {
      await pull(world, { upstream: 'crm' });
      await world.gateway.stop();
      world.gateway = await startIn(world.gateway.home);
      const { json } = await world.gateway.admin('GET', '/api/kill-switch');
      expect(json['killSwitches']).toMatchObject([{ scope: { upstream: 'crm' }, reason: 'drill' }]);
      const bytesBefore = world.crm.bytes().length;
      expect(await ask(world, {}, { tool: 'crm__read_x' })).toMatchObject({ status: '-31002' });
      expect(world.crm.bytes().length).toBe(bytesBefore);
      expect(await ask(world, {}, { tool: 'mail__read_x' })).toMatchObject({ status: 'ran' });
    } finally {
      await world.close();
    }
  });

  it('that ended while no process ran leaves its end in the log, once', async () => {
    const world = await startWorld();
    const changes = async (): Promise<readonly unknown[]> =>
      (await world.gateway.entriesAfter(0)).filter(({ kind }) => kind === 'kill-switch').map(({ change }) => change);
    try {
      const endsMs = Date.now() + 1000;
      await pull(world, { upstream: 'crm' }, { expiresAt: new Date(endsMs).toISOString() });
      await world.gateway.stop();
      await expect.poll(() => Date.now() > endsMs, { timeout: 10_000 }).toBe(true);
      for (let start = 0; start < 2; start++) {
        world.gateway = await startIn(world.gateway.home);
        await expect.poll(changes).toEqual(['on', 'expired']);
        await world.gateway.stop();
      }
      expect(verifyLog(world.gateway.home.storeFile).faults).toEqual([]);
      world.gateway = await startIn(world.gateway.home);
    } finally {
      await world.close();
    }
  });

  it('K05 is in force at once though nothing can be written, and is recorded when something can', async () => {
    const world = await startWorld();
    const lock = new DatabaseSync(world.gateway.home.storeFile, { timeout: 5000 });
    try {
      await world.newEntries();
      const deciders = await issueDeciders(world);
      const waiting = await ask(world, { before: 'the lock' });
      lock.exec('BEGIN IMMEDIATE');
      const params = { name: 'crm__read_x', arguments: {} };
      const callsBefore = world.crm.calls().length;
      const unrecorded = await world.send(world.request(MODERN, { params }));
      expect([unrecorded.status, parseAnswerBody(unrecorded).error?.code]).toEqual([503, -31001]);
      const pulled = await world.gateway.admin('POST', '/api/kill-switch', { scope: { all: true }, reason: 'drill' });
      expect(pulled).toMatchObject({ status: 200, json: { recorded: false } });
      expect(parseAnswerBody(await world.send(world.request(MODERN, { params }))).error?.code).toBeOneOf([
        -31001, -31002,
      ]);
      // Everything else that would have to be recorded is refused: a release above all.
      expect(await release(world, String(pulled.json['id']))).toBe(503);
      expect((await decide(world, waiting.approvalId, 'approve', deciders.olivia.token)).status).toBe(503);
      expect((await world.gateway.admin('POST', '/api/tokens', { user: 'x', ttl: '1h' })).status).toBe(503);
      const ready = await world.gateway.admin('GET', '/readyz', undefined, null);
      expect([ready.status, ready.json]).toEqual([503, { ready: false, checks: { store: 'failing', running: 'ok' } }]);

      lock.exec('ROLLBACK');
      const kinds = async () => (await world.newEntries()).filter(({ kind }) => kind === 'kill-switch').length;
      await expect.poll(kinds, { timeout: 20_000, interval: 200 }).toBe(1);
      expect(world.crm.calls().length).toBe(callsBefore);
      expect(await release(world, String(pulled.json['id']))).toBe(200);
      await expect(callHonestly(world, MODERN)).resolves.toBeUndefined();
    } finally {
      lock.close();
      await world.close();
    }
  });

  it('K10 is on at a start that cannot read whether it was', async () => {
    const world = await startWorld();
    try {
      await world.gateway.stop();
      const dir = join(world.gateway.home.dir, 'data');
      const [reserved = ''] = readdirSync(dir).filter((name) => name.endsWith('.kill'));
      const file = join(dir, reserved);
      writeFileSync(file, Buffer.alloc(readFileSync(file).length, 'x'));
      world.gateway = await startIn(world.gateway.home);
      const { json } = await world.gateway.admin('GET', '/api/kill-switch');
      expect(json['killSwitches']).toMatchObject([{ scope: { all: true }, by: 'gateway' }]);
      const bytesBefore = world.crm.bytes().length;
      expect(await ask(world, {}, { tool: 'crm__read_x' })).toMatchObject({ status: '-31002' });
      expect(world.crm.bytes().length).toBe(bytesBefore);
    } finally {
      await world.close();
    }
  });
});
