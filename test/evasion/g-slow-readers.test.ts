import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hostRequest } from '../support/host-request.ts';
import { sendRaw } from '../support/raw-http.ts';
import { runGateway, type TestGateway } from '../support/run-gateway.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';

// Class G, readers that do not read: the gateway keeps a part of what they do not read, and the rest stays with the upstream.

const POLICY = `
version: 1
upstream: shop
classes: { read: ['*'] }
rules:
  - { id: read, who: { groups: [staff] }, tools: { class: read }, effect: allow }
`;
const MB = 1_000_000;
const ANSWER_BYTES = 6 * MB;
/** Of three quarters of 64 MiB, which one person may leave unread. */
const UNREAD_MAX = 8;
const READERS = 14;

let upstream: ScriptedUpstream;
let gateway: TestGateway;
let tokens: Readonly<Record<'alice' | 'bob', string>>;
/** One for each call, in order. */
const sockets: Socket[] = [];

beforeAll(async () => {
  upstream = await startScriptedUpstream({ era: 'modern' });
  upstream.on('tools/call', (request, reply) => {
    const args = request.message?.params?.['arguments'] as { bytes: number };
    sockets.push(reply.socket);
    const result = { content: [{ type: 'text', text: 'x'.repeat(args.bytes) }] };
    // A connection for each call, of which can be told how much of its answer is left.
    reply.result(result, { headers: { Connection: 'close' } });
  });
  gateway = await runGateway({
    config: `upstreams:\n  shop: ${JSON.stringify({ url: upstream.url })}\n`,
    policies: { 'shop.yaml': POLICY },
  });
  const tokenOf = async (user: string) => (await gateway.issue({ user, groups: ['staff'] })).token;
  tokens = { alice: await tokenOf('alice'), bob: await tokenOf('bob') };
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const callOf = (who: 'alice' | 'bob', bytes: number) =>
  hostRequest('2026-07-28', '', {
    method: 'tools/call',
    params: { name: 'shop__echo', arguments: { bytes } },
    token: tokens[who],
  });

function callUnread(): Socket {
  const { headers = [], body = '' } = callOf('alice', ANSWER_BYTES);
  const socket = connect(gateway.mcpPort, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.pause();
  const lines = [...headers, ['Content-Length', `${Buffer.byteLength(body)}`]].map((pair) => `${pair.join(': ')}\r\n`);
  socket.write(`POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:${gateway.mcpPort}\r\n${lines.join('')}\r\n`);
  socket.write(body);
  return socket;
}

const waiting = (): number => sockets.filter(({ writableLength }) => writableLength > 2 * MB).length;

it('have their upstream wait, take nothing from others, and leave nothing behind', { timeout: 60_000 }, async () => {
  const readers = Array.from({ length: READERS }, callUnread);
  await expect.poll(() => sockets.length, { timeout: 10_000 }).toBe(READERS);
  // One more than fits is let through where nobody could go on otherwise.
  await expect.poll(waiting, { timeout: 10_000 }).toBeLessThanOrEqual(READERS - UNREAD_MAX);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(waiting()).toBeGreaterThanOrEqual(READERS - UNREAD_MAX - 1);

  const small = await Promise.all([
    sendRaw(gateway.mcpPort, callOf('alice', 10)),
    sendRaw(gateway.mcpPort, callOf('bob', 10)),
  ]);
  expect(small.map(({ status }) => status)).toEqual([200, 200]);
  const large = await sendRaw(gateway.mcpPort, callOf('bob', ANSWER_BYTES));
  expect([large.status, large.body.length > ANSWER_BYTES]).toEqual([200, true]);

  for (const reader of readers) reader.destroy();
  const outcomes = async () =>
    (await gateway.entriesAfter(0)).filter(({ kind }) => kind === 'outcome').map(({ outcome }) => outcome);
  await expect.poll(async () => (await outcomes()).length, { timeout: 10_000 }).toBe(READERS + 3);
  const ended = await outcomes();
  expect(ended.filter((outcome) => outcome === 'aborted').length).toBeGreaterThanOrEqual(READERS - UNREAD_MAX - 1);
  expect(new Set(ended)).toEqual(new Set(['ok', 'aborted']));
  const again = await sendRaw(gateway.mcpPort, callOf('alice', ANSWER_BYTES));
  expect(again.body.length).toBeGreaterThan(ANSWER_BYTES);
});
