import { afterAll, beforeAll, expect, it } from 'vitest';
import { openLegacyHost } from '../support/conversing-host.ts';
import type { TestGateway } from '../support/run-gateway.ts';
import {
  event,
  type Reply,
  type ScriptedUpstream,
  type SeenRequest,
  startScriptedUpstream,
} from '../support/scripted-upstream.ts';
import { openShop, type Shop, SHOP_POLICY } from '../support/shop.ts';

// Class G, the streams of calls: a host that loses its connection comes back for the rest, and nobody else does.

let upstream: ScriptedUpstream;
let gateway: TestGateway;
let tokens: Shop['tokens'];
let held: Reply[] = [];

beforeAll(async () => {
  upstream = await startScriptedUpstream({ era: 'legacy', sessions: true });
  upstream.on('tools/call', (_request, reply) => void held.push(reply));
  ({ gateway, tokens } = await openShop(upstream));
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const openHost = (who: 'alice' | 'bob', revision?: string) =>
  openLegacyHost({ port: gateway.mcpPort, token: tokens[who], capabilities: {} }, revision);
type Host = Awaited<ReturnType<typeof openHost>>;

/** A stream as far as it was read, and the way to lose it. */
async function follow(host: Host, init: RequestInit) {
  const gone = new AbortController();
  const headers = { ...host.headers, ...(init.headers as object) };
  const response = await fetch(`http://127.0.0.1:${gateway.mcpPort}/mcp`, { ...init, headers, signal: gone.signal });
  let text = '';
  const ended = (async () => {
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) text += chunk;
  })().catch(() => undefined);
  const until = (part: RegExp) => expect.poll(() => text).toMatch(part);
  return { text: () => text, type: response.headers.get('content-type'), ended, until, lose: () => gone.abort() };
}

function call(host: Host, accept = 'application/json, text/event-stream', args: object = {}) {
  const message = { jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name: 'shop__echo', arguments: args } };
  return follow(host, { method: 'POST', body: JSON.stringify(message), headers: { accept } });
}

const comeBack = (host: Host, lastEventId: string) =>
  follow(host, { method: 'GET', headers: { 'last-event-id': lastEventId } });

const answer = (text: string): void => {
  for (const reply of held.splice(0)) reply.result({ content: [{ type: 'text', text }] });
};

function loseCall(host: Host, args: object = {}): Promise<string> {
  held = [];
  return loseCallToo(host, args);
}

async function loseCallToo(host: Host, args: object): Promise<string> {
  const before = held.length;
  const stream = await call(host, undefined, args);
  await stream.until(/^id: (\S+)\nretry: \d+\ndata:\n\n/);
  const [, id = ''] = /^id: (\S+)/.exec(stream.text()) ?? [];
  // Where the machine is slow, the stream begins before the upstream has the call.
  await expect.poll(() => held.length).toBe(before + 1);
  stream.lose();
  return id;
}

it('begins with an id, goes on without its host, and tells the rest to the one that comes back, once or twice', async () => {
  const host = await openHost('alice');
  const id = await loseCall(host);
  const cancelled = upstream.seen('notifications/cancelled').length;
  await new Promise((resolve) => setTimeout(resolve, 100));
  const back = await comeBack(host, id);
  answer('the rest');
  await back.ended;
  expect(back.text()).toMatch(/^id: \S+-1\nevent: message\ndata: .*"id":7.*the rest/);
  expect(upstream.seen('notifications/cancelled').length).toBe(cancelled);
  const again = await comeBack(host, id);
  await again.ended;
  expect(again.text()).toBe(back.text());
  const [, last = ''] = /^id: (\S+)/.exec(back.text()) ?? [];
  const after = await comeBack(host, last);
  await after.ended;
  expect(after.text()).toBe('');
});

it('G06 tells nobody in another session, also of the same person', async () => {
  const host = await openHost('alice');
  const id = await loseCall(host);
  answer('canary-of-alice');
  for (const other of [await openHost('bob'), await openHost('alice')]) {
    for (const guess of [id, `${id.slice(0, -1)}0`, 'stream_x-0', id.repeat(40)]) {
      const stream = await comeBack(other, guess);
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(stream.text()).not.toContain('canary-of-alice');
      stream.lose();
    }
  }
  const own = await comeBack(host, id);
  await own.until(/canary-of-alice/);
});

it('tells nothing of a tool that is stopped by now, or that the person may not use any more', async () => {
  const host = await openHost('alice');
  const id = await loseCall(host);
  answer('canary-of-alice');
  const stopped = { scope: { upstream: 'shop' }, reason: 'drill' };
  const pulled = await gateway.admin('POST', '/api/kill-switch', stopped);
  const during = await comeBack(host, id);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(during.text()).not.toContain('canary-of-alice');
  during.lose();
  await gateway.admin('DELETE', `/api/kill-switch/${(pulled.json as { id: string }).id}`);
  const after = await comeBack(host, id);
  await after.until(/canary-of-alice/);
});

it('goes on for nobody whose other credential was revoked after they came back, and for the one who comes back after that', async () => {
  const host = await openHost('alice');
  const id = await loseCall(host);
  const other = await gateway.issue({ user: 'alice', groups: ['staff'] });
  const headers = { ...host.headers, authorization: `Bearer ${other.token}` };
  const elsewhere = await comeBack({ ...host, headers }, id);
  expect((await gateway.admin('DELETE', `/api/tokens/${other.id}`)).status).toBe(200);
  await elsewhere.ended;
  answer('canary-of-alice');
  expect(elsewhere.text()).not.toContain('canary');
  const back = await comeBack(host, id);
  await back.until(/canary-of-alice/);
});

it('goes on for nobody whose other client was stopped after they came back', async () => {
  const host = await openHost('alice');
  const id = await loseCall(host);
  const other = await gateway.issue({ user: 'alice', groups: ['staff'] });
  const headers = { ...host.headers, authorization: `Bearer ${other.token}` };
  const elsewhere = await comeBack({ ...host, headers }, id);
  await gateway.admin('POST', '/api/kill-switch', { scope: { client: other.id }, reason: 'drill' });
  await elsewhere.ended;
  answer('canary-of-alice');
  expect(elsewhere.text()).not.toContain('canary');
  const back = await comeBack(host, id);
  await back.until(/canary-of-alice/);
});

it('ends when its host cancels it after the loss', async () => {
  const host = await openHost('alice');
  await loseCall(host);
  const before = upstream.seen('notifications/cancelled').length;
  await host.post({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 7 } });
  await expect.poll(() => upstream.seen('notifications/cancelled').length).toBe(before + 1);
});

it('ends with its session', async () => {
  const host = await openHost('alice');
  await loseCall(host);
  const before = upstream.seen('notifications/cancelled').length;
  await fetch(`http://127.0.0.1:${gateway.mcpPort}/mcp`, { method: 'DELETE', headers: host.headers });
  await expect.poll(() => upstream.seen('notifications/cancelled').length).toBe(before + 1);
});

it('goes on for so many hosts that hang up, and no more', async () => {
  const host = await openHost('bob');
  const before = upstream.seen('notifications/cancelled').length;
  for (let lost = 0; lost < 17; lost++) await loseCall(host);
  await expect.poll(() => upstream.seen('notifications/cancelled').length).toBe(before + 1);
  await fetch(`http://127.0.0.1:${gateway.mcpPort}/mcp`, { method: 'DELETE', headers: host.headers });
  await expect.poll(() => upstream.seen('notifications/cancelled').length).toBe(before + 17);
});

it('is plain JSON where it is quick, events from the start where the host names those first, and without ids before that', async () => {
  const host = await openHost('alice');
  held = [];
  upstream.on('tools/call', undefined);
  expect((await call(host)).type).toBe('application/json');
  upstream.on('tools/call', (_request, reply) => void held.push(reply));

  const preferred = await call(host, 'text/event-stream, application/json');
  expect(preferred.text() + preferred.type).toContain('text/event-stream');
  await preferred.until(/^id: /);
  await expect.poll(() => held.length).toBe(1);
  answer('x');
  await preferred.ended;

  const older = await openHost('alice', '2025-06-18');
  const plain = call(older);
  await expect.poll(() => held.length).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 200));
  answer('x');
  expect((await plain).type).toBe('application/json');
});

it.each(['2025-03-26', '2025-06-18'])(
  'of %s gives ids with what is told, and hosts come back with those',
  async (revision) => {
    const host = await openHost('alice', revision);
    const other = await openHost('alice', revision);
    let token: unknown;
    let stream: ReturnType<Reply['stream']> | undefined;
    let requestId: unknown;
    const script = (request: SeenRequest, reply: Reply): void => {
      token = (request.message?.params?.['_meta'] as { progressToken?: unknown } | undefined)?.progressToken;
      requestId = request.message?.id;
      stream = reply.stream();
    };
    upstream.on('tools/call', script);
    const tell = (progress: number): void =>
      stream?.write(
        event({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: token, progress } }),
      );
    const message = {
      jsonrpc: '2.0',
      id: 7,
      method: 'tools/call',
      params: { name: 'shop__echo', arguments: {}, _meta: { progressToken: 'p' } },
    };
    const accept = 'application/json, text/event-stream';
    const first = follow(host, { method: 'POST', body: JSON.stringify(message), headers: { accept } });
    await expect.poll(() => stream).toBeDefined();
    tell(1);
    const opened = await first;
    await opened.until(/"progress":1/);
    // No event without data, which hosts of these revisions could not read.
    expect(opened.text()).not.toMatch(/^data:\s*$/m);
    const [, id = ''] = /^id: (\S+)/m.exec(opened.text()) ?? [];
    expect(id).not.toBe('');
    opened.lose();
    await new Promise((resolve) => setTimeout(resolve, 100));
    tell(2);
    stream?.write(event({ jsonrpc: '2.0', id: requestId, result: { content: [{ type: 'text', text: 'the rest' }] } }));
    stream?.end();
    const stranger = await comeBack(other, id);
    const back = await comeBack(host, id);
    await back.until(/the rest/);
    expect(back.text()).toContain('"progress":2');
    expect(back.text()).not.toContain('"progress":1');
    expect(stranger.text()).not.toContain('the rest');
    stranger.lose();
    upstream.on('tools/call', (_request, reply) => void held.push(reply));
  },
);

it('tells nothing of a call with arguments that the policy denies by now, and of one with others it does', async () => {
  const host = await openHost('alice');
  const [denied, allowed] = [await loseCall(host, { of: 'board' }), await loseCallToo(host, { of: 'staff' })];
  answer('canary-of-board-and-staff');
  const rule = "  - { id: board, tools: [echo], when: args.of == 'board', effect: deny }\n";
  gateway.home.writePolicy('shop.yaml', SHOP_POLICY + rule);
  const loaded = async () => (await gateway.entriesAfter(0)).filter(({ change }) => change === 'policy-loaded').length;
  await expect.poll(loaded).toBe(2);
  const still = await comeBack(host, allowed);
  await still.until(/canary-of-board-and-staff/);
  const stream = await comeBack(host, denied);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(stream.text()).not.toContain('canary');
  stream.lose();
});
