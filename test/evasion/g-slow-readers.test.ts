import type { Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hostRequest } from '../support/host-request.ts';
import { sendRaw, sendUnread } from '../support/raw-http.ts';
import type { TestGateway } from '../support/run-gateway.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { openShop, type Shop } from '../support/shop.ts';

// Class G, readers that do not read: the gateway keeps a part of what they do not read, and the rest stays with the upstream.

const MB = 1_000_000;
const ANSWER_BYTES = 6 * MB;
/** Of three quarters of 64 MiB, which one person may leave unread. */
const UNREAD_MAX = 8;
const READERS = 14;

let upstream: ScriptedUpstream;
let gateway: TestGateway;
let tokens: Shop['tokens'];
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
  ({ gateway, tokens } = await openShop(upstream));
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

const callUnread = (): Socket => sendUnread(gateway.mcpPort, callOf('alice', ANSWER_BYTES));

const waiting = (): number => sockets.filter(({ writableLength }) => writableLength > 2 * MB).length;

it('have their upstream wait, take nothing from others, and leave nothing behind', { timeout: 60_000 }, async () => {
  const readers = Array.from({ length: READERS }, callUnread);
  await expect.poll(() => sockets.length).toBe(READERS);
  // One more than fits is let through where nobody could go on otherwise.
  await expect.poll(waiting).toBeLessThanOrEqual(READERS - UNREAD_MAX);
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
  await expect.poll(async () => (await outcomes()).length).toBe(READERS + 3);
  const ended = await outcomes();
  expect(ended.filter((outcome) => outcome === 'aborted').length).toBeGreaterThanOrEqual(READERS - UNREAD_MAX - 1);
  expect(new Set(ended)).toEqual(new Set(['ok', 'aborted']));
  const again = await sendRaw(gateway.mcpPort, callOf('alice', ANSWER_BYTES));
  expect(again.body.length).toBeGreaterThan(ANSWER_BYTES);
});
