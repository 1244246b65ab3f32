import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ok } from '../../../src/core/result.ts';
import type { Authenticator } from '../../../src/ports/authenticator.ts';
import { createListening, createNameAuthenticator } from '../../support/fake-gateway.ts';
import type { HostStream } from '../../support/host-stream.ts';
import { bearer, mcpRequest, openSession, withHeaders } from '../../support/mcp-request.ts';
import {
  getRequest,
  listenRequest,
  openStream,
  startPlane,
  tellAll,
  TOOLS,
  TOOLS_CHANGED,
} from '../../support/plane-streams.ts';
import { sendRaw } from '../../support/raw-http.ts';
import { type RunningPlane, startMcpPlane } from '../../support/start-mcp-plane.ts';

// What ends a stream, in both eras: rights, room, readers and the end of the gateway.

describe('any stream', () => {
  const kinds = ['GET', 'listen'] as const;
  async function openOf(kind: (typeof kinds)[number], plane: RunningPlane, who = 'alice'): Promise<HostStream> {
    if (kind === 'GET') return openStream(plane.port, getRequest(await openSession(plane.port, who), [], who));
    return openStream(plane.port, withHeaders(listenRequest(), [bearer(who)]));
  }
  const farewells = {
    GET: [],
    listen: [
      { resultType: 'complete', _meta: expect.objectContaining({ 'io.modelcontextprotocol/subscriptionId': 'l-1' }) },
    ],
  };
  const resultsOf = (stream: HostStream) => stream.events.flatMap(({ message }) => message?.result ?? []);

  it.each(kinds)('is kept alive with comments: %s', async (kind) => {
    const plane = await startPlane({ limits: { streamKeepAliveMs: 60 } });
    const stream = await openOf(kind, plane);
    await expect.poll(() => stream.comments(), { timeout: 4_000 }).toBeGreaterThanOrEqual(3);
  });

  it.each(kinds)('ends when the gateway says that nothing may be told there any more: %s', async (kind) => {
    const plane = await startPlane();
    const stop = new AbortController();
    plane.gateway.onListen = (request) => ({
      ...createListening(request),
      enter: () => ({ signal: stop.signal, stoppedBy: null, outliveHost: () => undefined, leave: () => undefined }),
    });
    const stream = await openOf(kind, plane);
    stop.abort();
    await expect(stream.ended).resolves.toBe('end');
    expect(resultsOf(stream)).toEqual(farewells[kind]);
  });

  it.each(kinds)('tells nothing more once its credential is not good any more, and ends: %s', async (kind) => {
    let isGood = true;
    const names = createNameAuthenticator();
    const authenticator: Authenticator = {
      authenticate: (text) =>
        isGood ? names.authenticate(text) : { ok: false, error: { kind: 'expired', detail: 'over' } },
    };
    const plane = await startPlane({ authenticator });
    const stream = await openOf(kind, plane);
    isGood = false;
    tellAll(plane, TOOLS);
    await expect(stream.ended).resolves.toBe('end');
    expect(stream.methods()).not.toContain(TOOLS_CHANGED);
    expect(resultsOf(stream)).toEqual(farewells[kind]);
  });

  it.each(kinds)('ends when its credential expires, also when there is nothing to tell: %s', async (kind) => {
    let isGood = true;
    const names = createNameAuthenticator();
    const authenticator: Authenticator = {
      authenticate: (text) =>
        isGood ? names.authenticate(text) : { ok: false, error: { kind: 'expired', detail: 'over' } },
    };
    const plane = await startPlane({ authenticator, limits: { streamKeepAliveMs: 60 } });
    const stream = await openOf(kind, plane);
    isGood = false;
    await expect(stream.ended).resolves.toBe('end');
  });

  it.each(kinds)('ends when its credential has come to mean somebody else: %s', async (kind) => {
    let who = 'Bearer alice';
    const names = createNameAuthenticator();
    const authenticator: Authenticator = {
      authenticate: (text) => names.authenticate(text === undefined ? text : who),
    };
    const plane = await startPlane({ authenticator });
    const stream = await openOf(kind, plane);
    who = 'Bearer bob';
    tellAll(plane, TOOLS);
    await expect(stream.ended).resolves.toBe('end');
    expect(stream.methods()).not.toContain(TOOLS_CHANGED);
  });

  it.each(kinds)('ends in good order when the gateway stops, and does not keep it from stopping: %s', async (kind) => {
    const plane = await startMcpPlane({ limits: { drainTimeoutMs: 60_000 } });
    const stream = await openOf(kind, plane);
    await plane.plane.close();
    await expect(stream.ended).resolves.toBe('end');
    expect(resultsOf(stream)).toEqual(farewells[kind]);
  });

  it.each(kinds)('is refused to a person who has as many as one may have: %s', async (kind) => {
    const plane = await startPlane({ limits: { noticeStreamsPerPrincipalMax: 2 } });
    const first = await openOf(kind, plane);
    await openOf(kind, plane);
    const refused = await openOf(kind, plane);
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '5']);
    expect((await openOf(kind, plane, 'bob')).status).toBe(200);
    first.close();
    await expect.poll(async () => (await openOf(kind, plane)).status).toBe(200);
  });

  it.each(kinds)('is refused when the listener has no room for one more: %s', async (kind) => {
    const plane = await startPlane({ limits: { streamsMax: 2 } });
    await openOf(kind, plane, 'alice');
    await openOf(kind, plane, 'bob');
    expect((await openOf(kind, plane, 'bob')).status).toBe(503);
  });

  it.each(kinds)('is taken from a reader who does not read, before much is held: %s', async (kind) => {
    const plane = await startPlane({ limits: { streamBufferBytesMax: 4 * 1024 } });
    const stream = await openOf(kind, plane);
    stream.stopReading();
    const uri = `a:${'x'.repeat(2000)}`;
    // More than the system takes for a connection whose other side does not read.
    for (let i = 0; i < 100_000 && !(await isOver(stream)); i++) {
      for (let n = 0; n < 100; n++) tellAll(plane, { kind: 'resource-updated', uri });
      await sleep(1);
    }
    await expect(stream.ended).resolves.toBe('cut');
    expect((await sendRaw(plane.port, mcpRequest('modern', 'ping'))).status).not.toBe(500);
    expect(plane.reports).toEqual([]);
  });

  it('waits for a credential that is looked up, and tells in order', async () => {
    const names = createNameAuthenticator();
    const authenticator: Authenticator = {
      async authenticate(text) {
        await sleep(5);
        const found = await names.authenticate(text);
        return found.ok ? ok(found.value) : found;
      },
    };
    const plane = await startPlane({ authenticator });
    const stream = await openOf('listen', plane);
    for (let n = 0; n < 20; n++) tellAll(plane, { kind: 'resource-updated', uri: `a:${n}` });
    await stream.received('notifications/resources/updated', 20);
    expect(stream.events.slice(1).map(({ message }) => message?.params?.['uri'])).toEqual(
      Array.from({ length: 20 }, (_, n) => `a:${n}`),
    );
  });
});

async function isOver(stream: HostStream): Promise<boolean> {
  return (await Promise.race([stream.ended, Promise.resolve('open')])) !== 'open';
}
