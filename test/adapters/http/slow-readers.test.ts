import type { Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { McpPlaneLimits } from '../../../src/adapters/http/plane-options.ts';
import type { JsonObject } from '../../../src/core/json/value.ts';
import type { UpstreamLimits } from '../../../src/adapters/upstream/limits.ts';
import { textResult } from '../../support/fake-gateway.ts';
import { mcpRequest } from '../../support/mcp-request.ts';
import { sendRaw, sendUnread } from '../../support/raw-http.ts';
import { event, type SeenRequest, type Reply } from '../../support/scripted-upstream.ts';
import { startMcpPlane } from '../../support/start-mcp-plane.ts';
import { callOf, startHttpRig } from '../../support/upstream-rig.ts';

const MB = 1_000_000;
/** More than the kernel takes off a connection whose other end does not read. */
const ANSWER_BYTES = 12 * MB;

interface Wish {
  readonly plane?: Partial<McpPlaneLimits>;
  readonly upstream?: Partial<UpstreamLimits>;
}

type Wanted = JsonObject & { readonly bytes: number; readonly events?: boolean };

/** A real listener and the real way to an upstream, with nothing between them that decides. */
async function startBetween({ plane: planeLimits = {}, upstream: limits = {} }: Wish = {}) {
  const { server, upstream } = await startHttpRig({ setting: '2026-07-28', limits });
  const running = await startMcpPlane({
    limits: { unreadBytesMax: 20 * MB, drainTimeoutMs: 100, ...planeLimits },
  });
  onTestFinished(() => running.plane.close());
  const faults: string[] = [];
  const answered = { count: 0 };
  running.gateway.onCall = async ({ context, args, stream }) => {
    const { signal, principal } = context;
    const argumentsJson = JSON.stringify(args);
    const outcome = await upstream.call(callOf({ argumentsJson, signal, room: () => stream.room() }, principal.id));
    if (!outcome.ok) faults.push(outcome.error.kind);
    answered.count += 1;
    return outcome.ok && outcome.value.kind === 'result'
      ? { kind: 'result', json: outcome.value.json }
      : textResult('failed');
  };
  const sockets: Socket[] = [];
  server.on('tools/call', (request, reply) => {
    sockets.push(reply.socket);
    answerWith(request, reply, request.message?.params?.['arguments'] as Wanted);
  });
  return { port: running.port, faults, sockets, answered, upstream, gateway: running.gateway };
}

/** So that each call has a connection of its own, of which can be told how much is left. */
const CLOSING = { Connection: 'close' };

function answerWith(request: SeenRequest, reply: Reply, { bytes, events }: Wanted): void {
  const result = { content: [{ type: 'text', text: 'x'.repeat(bytes) }] };
  if (events !== true) return reply.result(result, { headers: CLOSING });
  const stream = reply.stream(CLOSING);
  stream.write(event({ jsonrpc: '2.0', id: request.message?.id, result }));
  stream.end();
}

function requestOf(who: string, args: Wanted) {
  const request = mcpRequest('legacy', 'tools/call', { name: 'a', arguments: args });
  const headers = (request.headers ?? []).map(([name, value]) =>
    name === 'Authorization' ? ([name, `Bearer ${who}`] as const) : ([name, value] as const),
  );
  return { ...request, headers };
}

/** Calls and does not read. */
function callUnread(port: number, who: string, args: Wanted): Socket {
  const socket = sendUnread(port, requestOf(who, args));
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** What the upstream could not get rid of. */
const unsentOf = (sockets: readonly Socket[]): number[] => sockets.map(({ writableLength }) => writableLength);
const areWaiting = (sockets: readonly Socket[]): boolean[] => unsentOf(sockets).map((bytes) => bytes > 5 * MB);

async function readAll(socket: Socket): Promise<number> {
  let bytes = 0;
  socket.on('data', (chunk) => (bytes += chunk.length));
  socket.resume();
  await new Promise((resolve) => socket.once('close', resolve));
  return bytes;
}

describe.each([
  { events: false, others: 2 },
  // Of events nobody can tell how long they are, so one may take more than there is.
  { events: true, others: 3 },
])('readers that do not read, with answers that are events: $events', ({ events, others: count }) => {
  it('have their upstream wait, and others are served meanwhile', { timeout: 10_000 }, async () => {
    const { port, sockets, answered, faults } = await startBetween();
    const first = callUnread(port, 'alice', { bytes: ANSWER_BYTES, events });
    await expect.poll(() => answered.count).toBe(1);
    const others = Array.from({ length: count }, () => callUnread(port, 'alice', { bytes: ANSWER_BYTES, events }));
    await expect.poll(() => sockets.length).toBe(1 + count);
    await expect.poll(() => areWaiting(sockets).filter(Boolean)).toHaveLength(2);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(areWaiting(sockets).filter(Boolean)).toHaveLength(2);

    for (const who of ['alice', 'bob']) {
      expect((await sendRaw(port, requestOf(who, { bytes: 10_000 }))).status).toBe(200);
    }
    const large = await sendRaw(port, requestOf('bob', { bytes: 4 * MB }));
    expect(large.body.length).toBeGreaterThan(4 * MB);
    expect(areWaiting(sockets).filter(Boolean)).toHaveLength(2);

    const read = await Promise.all([first, ...others].map(readAll));
    expect(read.every((bytes) => bytes > ANSWER_BYTES)).toBe(true);
    expect(faults).toEqual([]);
  });
});

it('readers that do not read leave their upstream free for the calls of others', { timeout: 10_000 }, async () => {
  const { port, sockets } = await startBetween({ upstream: { concurrentMax: 2, waitTimeoutMs: 500 } });
  for (let n = 1; n <= 5; n++) {
    callUnread(port, 'alice', { bytes: ANSWER_BYTES });
    await expect.poll(() => sockets.length).toBe(n);
  }
  await expect.poll(() => areWaiting(sockets).filter(Boolean)).toHaveLength(4);
  expect((await sendRaw(port, requestOf('bob', { bytes: 10 }))).body).toContain('xxxxxxxxxx');
});

it('a reader that is gone, or stalls for too long, makes room for whoever waits', { timeout: 10_000 }, async () => {
  const { port, sockets, answered, faults } = await startBetween({ plane: { stalledReaderTimeoutMs: 700 } });
  callUnread(port, 'alice', { bytes: ANSWER_BYTES });
  await expect.poll(() => answered.count).toBe(1);
  const second = callUnread(port, 'alice', { bytes: ANSWER_BYTES });
  const third = callUnread(port, 'alice', { bytes: ANSWER_BYTES });
  await expect.poll(() => areWaiting(sockets)).toEqual([false, true, true]);
  second.destroy();
  await expect.poll(() => sockets[1]?.destroyed).toBe(true);
  await expect.poll(() => unsentOf(sockets), { timeout: 5_000 }).toEqual([0, expect.any(Number), 0]);
  expect(await readAll(third)).toBeGreaterThan(ANSWER_BYTES);
  expect(faults).toEqual(['aborted']);
});

it('a reader that takes a little now and then is let go', { timeout: 10_000 }, async () => {
  const limits = { stalledReaderTimeoutMs: 500, readBytesPerSecondMin: 12 * MB };
  const { port, answered, gateway } = await startBetween({ plane: limits });
  const socket = callUnread(port, 'alice', { bytes: ANSWER_BYTES });
  await expect.poll(() => answered.count).toBe(1);
  const sip = setInterval(() => socket.read(60_000), 50);
  onTestFinished(() => clearInterval(sip));
  const gone = new Promise((resolve) => socket.once('close', resolve));
  await gone;
  expect(gateway.calls).toHaveLength(1);
});

it('an answer that waits for too long is given up, and its upstream told', { timeout: 10_000 }, async () => {
  const { port, sockets, answered, faults, upstream } = await startBetween({ upstream: { unreadTimeoutMs: 300 } });
  callUnread(port, 'alice', { bytes: ANSWER_BYTES });
  await expect.poll(() => answered.count).toBe(1);
  const given = await sendRaw(port, requestOf('alice', { bytes: ANSWER_BYTES }));
  expect(given.body).toContain('failed');
  expect(faults).toEqual(['unread']);
  expect(sockets[1]?.destroyed).toBe(true);
  expect(upstream.status().state).toBe('ready');
});

it('more than may wait are given up at once', { timeout: 10_000 }, async () => {
  const { port, sockets, answered, faults } = await startBetween({ plane: { unreadWaitsMax: 1 } });
  callUnread(port, 'alice', { bytes: ANSWER_BYTES });
  await expect.poll(() => answered.count).toBe(1);
  callUnread(port, 'alice', { bytes: ANSWER_BYTES });
  await expect.poll(() => areWaiting(sockets)).toEqual([false, true]);
  expect((await sendRaw(port, requestOf('alice', { bytes: ANSWER_BYTES }))).body).toContain('failed');
  expect(faults).toEqual(['unread']);
});
