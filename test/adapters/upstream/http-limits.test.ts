import { type Socket, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createHttpUpstream } from '../../../src/adapters/upstream/http/create-http-upstream.ts';
import { UPSTREAM_LIMITS } from '../../../src/adapters/upstream/limits.ts';
import type { UpstreamFault } from '../../../src/ports/upstream.ts';
import { createFixedClock } from '../../support/fixed-clock.ts';
import { type Reply, type SeenRequest, event } from '../../support/scripted-upstream.ts';
import { TEST_CLIENT, callOf, connectAnywhere, faultOf, resultText, startHttpRig } from '../../support/upstream-rig.ts';

const LIMITS = {
  firstByteTimeoutMs: 300,
  idleTimeoutMs: 300,
  callTimeoutMs: 1_500,
  answerBytesMax: 100_000,
  eventsPerCallMax: 50,
};

const drip =
  (chunk: (n: number) => string, gapMs: number) =>
  (_request: SeenRequest, reply: Reply): void => {
    const stream = reply.stream();
    let n = 0;
    const timer = setInterval(() => (reply.socket.destroyed ? clearInterval(timer) : stream.write(chunk(n++))), gapMs);
  };

/** Endless answers that the other side must stop. */
const flood =
  (head: string, chunk: string) =>
  (_request: SeenRequest, reply: Reply): void => {
    reply.raw(head);
    const more = (): void => {
      while (!reply.socket.destroyed && reply.socket.write(chunk));
    };
    reply.socket.on('drain', more);
    more();
  };

const JSON_HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';
const EVENTS_HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n';
const X = 'x'.repeat(65_536);

describe.concurrent('an upstream that does not stop, or does not begin', () => {
  it.for<
    readonly [sentence: string, kind: UpstreamFault['kind'], answer: (request: SeenRequest, reply: Reply) => void]
  >([
    ['never answers', 'timeout', () => undefined],
    [
      'sends headers and nothing more',
      'timeout',
      (_request, reply) => reply.raw(`${JSON_HEAD}Content-Length: 500\r\n\r\n`),
    ],
    ['stops in the middle of its headers', 'timeout', (_request, reply) => reply.raw(JSON_HEAD)],
    [
      'stops in the middle of its body',
      'timeout',
      (_request, reply) => reply.raw(`${JSON_HEAD}Content-Length: 500\r\n\r\n{`),
    ],
    ['drips one byte at a time', 'timeout', drip(() => 'x', 50)],
    ['drips comments for ever', 'timeout', drip(() => ': still here\n\n', 50)],
    [
      'announces a body that is too large',
      'too-large',
      (_request, reply) => reply.raw(`${JSON_HEAD}Content-Length: 100001\r\n\r\n{`),
    ],
    ['sends a body without an end', 'too-large', flood(`${JSON_HEAD}\r\n`, X)],
    ['sends an event without an end', 'too-large', flood(EVENTS_HEAD, `data: ${X}\n`)],
    ['sends a line without an end', 'too-large', flood(EVENTS_HEAD, X)],
    ['sends comments without an end', 'too-large', flood(EVENTS_HEAD, `:${X}\n`)],
    [
      'sends events without an end',
      'too-large',
      flood(EVENTS_HEAD, event({ jsonrpc: '2.0', method: 'notifications/x' })),
    ],
    ['sends an error page without an end', 'too-large', flood('HTTP/1.1 500 Oh\r\nContent-Type: text/html\r\n\r\n', X)],
  ])('%s', async ([_sentence, kind, answer], { expect, onTestFinished: onFinished }) => {
    const { server, upstream } = await startHttpRig({ setting: '2026-07-28', limits: LIMITS, onFinished });
    resultText(await upstream.call(callOf()));
    const sockets: Socket[] = [];
    server.on('tools/call', (request, reply) => {
      sockets.push(reply.socket);
      answer(request, reply);
    });
    expect(faultOf(await upstream.call(callOf()))).toMatchObject({ kind, dispatched: true });
    await expect.poll(() => sockets.map(({ destroyed }) => destroyed), { timeout: 5_000 }).toEqual([true]);
    server.on('tools/call', undefined);
    resultText(await upstream.call(callOf()));
  });

  it('lets go of a stream that goes on after its answer', async ({ expect, onTestFinished: onFinished }) => {
    const { server, upstream } = await startHttpRig({ setting: '2026-07-28', limits: LIMITS, onFinished });
    resultText(await upstream.call(callOf()));
    const sockets: Socket[] = [];
    server.on('tools/call', (request, reply) => {
      sockets.push(reply.socket);
      reply.stream().write(event({ jsonrpc: '2.0', id: request.message?.id, result: {} }));
    });
    expect(resultText(await upstream.call(callOf()))).toBe('{}');
    await expect.poll(() => sockets.map(({ destroyed }) => destroyed), { timeout: 5_000 }).toEqual([true]);
  });

  it('takes an answer of exactly the limit, and not one byte more', async ({ expect, onTestFinished: onFinished }) => {
    const { server, upstream } = await startHttpRig({ setting: '2026-07-28', limits: LIMITS, onFinished });
    resultText(await upstream.call(callOf()));
    const answerOf = (request: SeenRequest, bytes: number): string => {
      const [start, end] = [`{"jsonrpc":"2.0","id":${request.message?.id},"result":{"x":"`, '"}}'];
      return `${start}${'y'.repeat(bytes - start.length - end.length)}${end}`;
    };
    server.on('tools/call', (request, reply) => reply.json(answerOf(request, LIMITS.answerBytesMax)));
    expect(resultText(await upstream.call(callOf())).length).toBeGreaterThan(99_900);
    server.on('tools/call', (request, reply) => reply.json(answerOf(request, LIMITS.answerBytesMax + 1)));
    expect(faultOf(await upstream.call(callOf())).kind).toBe('too-large');
  });

  it('holds only so much for all unfinished answers together', async ({ expect, onTestFinished: onFinished }) => {
    const limits = { ...LIMITS, heldBytesMax: 250_000 };
    const { server, upstream } = await startHttpRig({ setting: '2026-07-28', limits, onFinished });
    resultText(await upstream.call(callOf()));
    server.on('tools/call', (_request, reply) =>
      reply.raw(`${JSON_HEAD}Content-Length: 99000\r\n\r\n${'x'.repeat(90_000)}`),
    );
    const outcomes = await Promise.all(Array.from({ length: 4 }, () => upstream.call(callOf())));
    const kinds = outcomes.map((outcome) => faultOf(outcome).kind).sort();
    expect(kinds).toEqual(['overloaded', 'overloaded', 'timeout', 'timeout']);
    server.on('tools/call', undefined);
    resultText(await upstream.call(callOf()));
  });
});

describe('a call that is given up', () => {
  it('before it starts, is not sent', async () => {
    const { server, upstream } = await startHttpRig({ setting: 'legacy' });
    const fault = faultOf(await upstream.call(callOf({ signal: AbortSignal.abort() })));
    expect(fault).toMatchObject({ kind: 'aborted', dispatched: false });
    expect(server.requests).toHaveLength(0);
  });

  it('modern: while it runs, is cancelled by closing its answer', async () => {
    const { server, upstream } = await startHttpRig({ setting: '2026-07-28' });
    const controller = new AbortController();
    const sockets: Socket[] = [];
    server.on('tools/call', (_request, reply) => {
      sockets.push(reply.socket);
      controller.abort();
    });
    const fault = faultOf(await upstream.call(callOf({ signal: controller.signal })));
    expect(fault).toMatchObject({ kind: 'aborted', dispatched: true });
    await expect.poll(() => sockets.map(({ destroyed }) => destroyed)).toEqual([true]);
    expect(server.seen('notifications/cancelled')).toHaveLength(0);
  });

  it('legacy: while it runs, is cancelled by a notification in its session', async () => {
    const { server, upstream } = await startHttpRig({ setting: 'legacy', sessions: true });
    const controller = new AbortController();
    server.on('tools/call', () => controller.abort());
    const fault = faultOf(await upstream.call(callOf({ signal: controller.signal })));
    expect(fault).toMatchObject({ kind: 'aborted', dispatched: true });
    await expect.poll(() => server.seen('notifications/cancelled')).toHaveLength(1);
    const [call] = server.seen('tools/call');
    const [cancelled] = server.seen('notifications/cancelled');
    expect(cancelled?.message?.params).toEqual({ requestId: call?.message?.id });
    expect(cancelled?.headers.get('mcp-session-id')).toBe(call?.headers.get('mcp-session-id'));
  });

  it('while the handshake runs, is not sent; the handshake goes on for others', async () => {
    const { server, upstream } = await startHttpRig({ setting: 'legacy' });
    const controller = new AbortController();
    server.on('initialize', (_request, reply) => {
      controller.abort();
      setTimeout(() => reply.result({ protocolVersion: '2025-11-25', capabilities: {} }), 50);
    });
    const [fault, other] = await Promise.all([
      upstream.call(callOf({ signal: controller.signal })),
      upstream.call(callOf()),
    ]);
    expect(faultOf(fault)).toMatchObject({ kind: 'aborted', dispatched: false });
    resultText(other);
    expect(server.seen('initialize')).toHaveLength(1);
    expect(server.seen('tools/call')).toHaveLength(1);
  });
});

describe('an upstream that is not there', () => {
  it('is unreachable, and saw nothing', async () => {
    const { server, upstream } = await startHttpRig({ setting: '2026-07-28' });
    resultText(await upstream.call(callOf()));
    await server.close();
    // Until the client has noticed that its idle connection is gone, the outcome of a call is honestly unknown.
    const fault = { kind: 'unreachable', dispatched: false, detail: 'no connection (ECONNREFUSED)' };
    await expect.poll(async () => faultOf(await upstream.call(callOf()))).toEqual(fault);
    expect(upstream.status()).toMatchObject({
      state: 'failing',
      lastFault: 'unreachable: no connection (ECONNREFUSED)',
    });
  });

  it('is unreachable where its certificate is not trusted', async () => {
    const plain = createServer((socket) => socket.end('this is no TLS'));
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    const { port } = plain.address() as { port: number };
    const options = { name: 'tls', url: `https://127.0.0.1:${port}/mcp`, era: 'legacy' as const, headers: {} };
    const upstream = createHttpUpstream(
      { ...options, client: TEST_CLIENT, limits: UPSTREAM_LIMITS, connect: connectAnywhere() },
      { clock: createFixedClock(), report: () => undefined },
    );
    expect(faultOf(await upstream.call(callOf()))).toMatchObject({ kind: 'unreachable', dispatched: false });
    await upstream.close();
    plain.close();
  });
});

describe('too many calls at once', () => {
  it('wait for a place, in order, and are turned away when too many wait', async () => {
    const limits = { concurrentMax: 2, waitingMax: 2, waitTimeoutMs: 5_000 };
    const { server, upstream } = await startHttpRig({ setting: 'legacy', limits });
    resultText(await upstream.call(callOf()));
    const held: (() => void)[] = [];
    server.on('tools/call', (_request, reply) => void held.push(() => reply.result({ content: [] })));
    const calls = [1, 2, 3, 4, 5].map((n) => upstream.call(callOf({ argumentsJson: `{"n":${n}}` })));
    expect(faultOf(await (calls[4] ?? Promise.reject(new Error())))).toMatchObject({
      kind: 'overloaded',
      dispatched: false,
    });
    const order = (): unknown[] =>
      server
        .seen('tools/call')
        .slice(1)
        .map(({ message }) => message?.params?.['arguments']);
    await expect.poll(order).toEqual([{ n: 1 }, { n: 2 }]);
    held.shift()?.();
    await expect.poll(order).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    while (server.seen('tools/call').length < 5) {
      held.shift()?.();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    while (held.length > 0) held.shift()?.();
    for (const outcome of await Promise.all(calls.slice(0, 4))) expect(resultText(outcome)).toBe('{"content":[]}');
  });

  it('wait no longer than the limit, and not after they are given up', async () => {
    const limits = { concurrentMax: 1, waitingMax: 5, waitTimeoutMs: 100 };
    const { server, upstream } = await startHttpRig({ setting: 'legacy', limits });
    const controller = new AbortController();
    let finish = (): void => undefined;
    server.on('tools/call', (_request, reply) => {
      finish = () => reply.result({ content: [] });
    });
    const first = upstream.call(callOf());
    const late = upstream.call(callOf());
    const gone = upstream.call(callOf({ signal: controller.signal }));
    controller.abort();
    expect(faultOf(await gone)).toMatchObject({ kind: 'aborted', dispatched: false });
    expect(faultOf(await late)).toMatchObject({ kind: 'overloaded', dispatched: false });
    await expect.poll(() => server.seen('tools/call')).toHaveLength(1);
    finish();
    resultText(await first);
    server.on('tools/call', undefined);
    resultText(await upstream.call(callOf()));
    expect(server.seen('tools/call')).toHaveLength(2);
  });
});
