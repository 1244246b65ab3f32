import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createListening } from '../../support/fake-gateway.ts';
import type { HostStream } from '../../support/host-stream.ts';
import { type Header, mcpRequest, openSession, sessionRequest, withHeaders } from '../../support/mcp-request.ts';
import {
  getRequest,
  listenRequest,
  openStream,
  startPlane,
  tellAll,
  TOOLS,
  TOOLS_CHANGED,
} from '../../support/plane-streams.ts';
import { type RawRequest, sendRaw } from '../../support/raw-http.ts';

// Streams beside calls, over real sockets, before a gateway that lets everybody hear everything.

const ACKNOWLEDGED = 'notifications/subscriptions/acknowledged';

describe('GET in a session', () => {
  it('opens a stream that begins with an id and carries what is told, each with an id of its own', async () => {
    const plane = await startPlane();
    const stream = await openStream(plane.port, getRequest(await openSession(plane.port)));
    expect(stream.status).toBe(200);
    expect(stream.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    tellAll(plane, TOOLS);
    tellAll(plane, { kind: 'resource-updated', uri: 'a:1' });
    expect((await stream.received('notifications/resources/updated')).params).toEqual({ uri: 'a:1' });
    expect(stream.methods()).toEqual([TOOLS_CHANGED, 'notifications/resources/updated']);
    expect(new Set(stream.events.map(({ id }) => id)).size).toBe(3);
    expect(plane.gateway.admitted).toContain('GET');
  });

  it('sends no empty event to a host of an older revision, which could not read it', async () => {
    const plane = await startPlane();
    const stream = await openStream(plane.port, getRequest(await openSession(plane.port, 'alice', '2025-06-18')));
    tellAll(plane, TOOLS);
    await stream.received(TOOLS_CHANGED);
    expect(stream.events.map(({ message }) => message?.method)).toEqual([TOOLS_CHANGED]);
  });

  it.each<[string, number, readonly Header[], 'own' | 'none' | 'unknown']>([
    ['without a session', 405, [], 'none'],
    ['of the modern era', 405, [['MCP-Protocol-Version', '2026-07-28']], 'own'],
    ['that takes no event stream', 406, [['Accept', 'application/json']], 'own'],
    ['in a session that nobody has', 404, [], 'unknown'],
    ['in a session of somebody else', 404, [['Authorization', 'Bearer bob']], 'own'],
    ['in a session of alice through another client', 404, [['Authorization', 'Bearer alice@other']], 'own'],
    ['of another revision than the session', 400, [['MCP-Protocol-Version', '2025-03-26']], 'own'],
    ['without a credential', 401, [['Authorization', '']], 'own'],
  ])('%s is answered with %i', async (_what, status, changes, kind) => {
    const plane = await startPlane();
    const session = kind === 'own' ? await openSession(plane.port) : kind === 'none' ? null : 'session_unknown';
    const request = withHeaders(getRequest(''), [['Mcp-Session-Id', session], ...changes]);
    expect((await sendRaw(plane.port, request)).status).toBe(status);
    expect(plane.gateway.listens).toEqual([]);
    expect(plane.gateway.refusals).toHaveLength(1);
  });

  it('tells each thing once, on one of the streams of a session', async () => {
    const plane = await startPlane();
    const session = await openSession(plane.port);
    const streams = [
      await openStream(plane.port, getRequest(session)),
      await openStream(plane.port, getRequest(session)),
      await openStream(plane.port, getRequest(session)),
    ];
    expect(plane.gateway.listens).toHaveLength(1);
    tellAll(plane, TOOLS);
    await streams[2]?.received(TOOLS_CHANGED);
    await sleep(30);
    expect(streams.map((stream) => stream.methods().length)).toEqual([0, 0, 1]);
    streams[2]?.close();
    await streams[2]?.ended;
    await sleep(30);
    tellAll(plane, TOOLS);
    await streams[1]?.received(TOOLS_CHANGED);
    expect(streams[0]?.methods()).toEqual([]);
  });

  it('has a session end its oldest stream for one more than it may have', async () => {
    const plane = await startPlane();
    const session = await openSession(plane.port);
    const streams: HostStream[] = [];
    for (let i = 0; i < 5; i++) streams.push(await openStream(plane.port, getRequest(session)));
    await expect(streams[0]?.ended).resolves.toBe('end');
    tellAll(plane, TOOLS);
    await streams[4]?.received(TOOLS_CHANGED);
  });

  it('goes on after the event that the host saw last, each missed one once', async () => {
    const plane = await startPlane();
    const session = await openSession(plane.port);
    const first = await openStream(plane.port, getRequest(session));
    tellAll(plane, TOOLS);
    await first.received(TOOLS_CHANGED);
    const seen = first.events.at(-1)?.id ?? '';
    first.close();
    await sleep(30);
    for (let i = 0; i < 3; i++) tellAll(plane, { kind: 'list-changed', list: 'prompts' });
    const second = await openStream(plane.port, getRequest(session, [['Last-Event-ID', seen]]));
    await second.received('notifications/prompts/list_changed');
    await sleep(30);
    expect(second.methods()).toEqual(['notifications/prompts/list_changed']);
    expect(second.events.at(-1)?.id).not.toBe(seen);
  });

  it('takes what the gateway says may not be told any more out of what is sent again', async () => {
    const plane = await startPlane();
    plane.gateway.onListen = (request) => ({
      ...createListening(request),
      mayTell: ({ kind }) => kind === 'list-changed',
    });
    const session = await openSession(plane.port);
    const first = await openStream(plane.port, getRequest(session));
    const seen = first.events.at(-1)?.id ?? '';
    first.close();
    await sleep(30);
    tellAll(plane, { kind: 'resource-updated', uri: 'a:1' });
    tellAll(plane, TOOLS);
    const second = await openStream(plane.port, getRequest(session, [['Last-Event-ID', seen]]));
    await second.received(TOOLS_CHANGED);
    expect(second.methods()).toEqual([TOOLS_CHANGED]);
  });

  it.each([
    ['of a stream in another session of the same person', (id: string) => id],
    ['that is made up', () => 'stream_0000000000000000000000-0'],
    ['that is no id of ours', () => '1'],
    ['that is very long', () => 'x'.repeat(4000)],
    ['that counts below zero', (id: string) => id.replace(/-\d+$/, '--1')],
  ])('G06 an id %s leads nowhere, to a plain new stream', async (_what, change) => {
    const plane = await startPlane();
    const first = await openStream(plane.port, getRequest(await openSession(plane.port)));
    await sleep(20);
    const seen = first.events.at(-1)?.id ?? '';
    expect(seen).toMatch(/^stream_.{22}-0$/);
    first.close();
    await sleep(30);
    tellAll(plane, TOOLS);
    const other = await openSession(plane.port);
    const second = await openStream(plane.port, getRequest(other, [['Last-Event-ID', change(seen)]]));
    expect(second.status).toBe(200);
    plane.gateway.listens.at(-1)?.tell({ kind: 'list-changed', list: 'resources' });
    await second.received('notifications/resources/list_changed');
    expect(second.methods()).toEqual(['notifications/resources/list_changed']);
  });

  it('ends with its session', async () => {
    const plane = await startPlane();
    const session = await openSession(plane.port);
    const stream = await openStream(plane.port, getRequest(session));
    const end = await sendRaw(plane.port, { ...sessionRequest(session, 'ping'), method: 'DELETE', body: '' });
    expect(end.status).toBe(204);
    await expect(stream.ended).resolves.toBe('end');
  });

  it('keeps its session from ending for want of use, and ends when the session was taken for another', async () => {
    const plane = await startPlane({
      limits: { streamKeepAliveMs: 60, sessionIdleMs: 1_000, sessionsPerPrincipalMax: 1 },
    });
    const session = await openSession(plane.port);
    const stream = await openStream(plane.port, getRequest(session));
    for (let i = 0; i < 3; i++) {
      plane.clock.advance(600);
      const seen = stream.comments();
      await expect.poll(() => stream.comments(), { timeout: 4_000 }).toBeGreaterThanOrEqual(seen + 2);
    }
    expect((await sendRaw(plane.port, sessionRequest(session, 'ping'))).status).toBe(200);
    await openSession(plane.port);
    await expect(stream.ended).resolves.toBe('end');
  });
});

describe('subscriptions/listen', () => {
  it('acknowledges first what is granted, and marks everything with the id that it was asked with', async () => {
    const plane = await startPlane();
    plane.gateway.onListen = (request) => ({
      ...createListening(request),
      granted: { lists: ['tools'], taskIds: [], resourceUris: ['a:1'] },
    });
    const wish = { toolsListChanged: true, promptsListChanged: true, resourceSubscriptions: ['a:1', 'b:2'] };
    const stream = await openStream(plane.port, listenRequest(wish));
    expect(stream.headers['x-accel-buffering']).toBe('no');
    tellAll(plane, TOOLS);
    tellAll(plane, { kind: 'resource-updated', uri: 'a:1' });
    await stream.received('notifications/resources/updated');
    const meta = { 'io.modelcontextprotocol/subscriptionId': 'l-1' };
    expect(stream.events.map(({ message }) => message)).toEqual([
      {
        jsonrpc: '2.0',
        method: ACKNOWLEDGED,
        params: { _meta: meta, notifications: { toolsListChanged: true, resourceSubscriptions: ['a:1'] } },
      },
      { jsonrpc: '2.0', method: TOOLS_CHANGED, params: { _meta: meta } },
      { jsonrpc: '2.0', method: 'notifications/resources/updated', params: { _meta: meta, uri: 'a:1' } },
    ]);
    expect(stream.events.every(({ id }) => id === null)).toBe(true);
    expect(plane.gateway.listens).toEqual([
      expect.objectContaining({
        method: 'subscriptions/listen',
        wish: { lists: ['tools', 'prompts'], resourceUris: ['a:1', 'b:2'], taskIds: [] },
      }),
    ]);
  });

  it('serves many at once, each under its own id', async () => {
    const plane = await startPlane();
    const streams = await Promise.all([1, 2, 3].map((id) => openStream(plane.port, listenRequest(undefined, id))));
    tellAll(plane, TOOLS);
    const told = await Promise.all(streams.map((stream) => stream.received(TOOLS_CHANGED)));
    expect(told.map(({ params }) => params)).toEqual(
      [1, 2, 3].map((id) => ({ _meta: { 'io.modelcontextprotocol/subscriptionId': id } })),
    );
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a list', []],
    ['a text for a switch', { toolsListChanged: 'yes' }],
    ['one URI that is no list', { resourceSubscriptions: 'a:1' }],
    ['URIs that are no texts', { resourceSubscriptions: [1] }],
    ['an empty URI', { resourceSubscriptions: [''] }],
    ['a URI of 2049 characters', { resourceSubscriptions: [`a:${'x'.repeat(2047)}`] }],
    ['more URIs than one may name', { resourceSubscriptions: Array.from({ length: 101 }, (_, n) => `a:${n}`) }],
  ])('refuses %s as notifications', async (_what, notifications) => {
    const plane = await startPlane();
    const answer = await sendRaw(plane.port, mcpRequest('modern', 'subscriptions/listen', { notifications } as never));
    expect([answer.status, JSON.parse(answer.body)]).toEqual([
      200,
      expect.objectContaining({ id: 1, error: expect.objectContaining({ code: -32602 }) }),
    ]);
    expect(plane.gateway.listens).toEqual([]);
  });

  it('passes on why it is not granted, and opens no stream', async () => {
    const plane = await startPlane();
    const error = {
      kind: 'error',
      code: -31002,
      message: 'Stopped',
      data: null,
      httpStatus: 503,
      retryAfterSeconds: 60,
    } as const;
    plane.gateway.onListen = () => error;
    const answer = await sendRaw(plane.port, listenRequest());
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '60']);
  });

  it('is no method for a legacy host, and resources/subscribe none for a modern one or without a session', async () => {
    const plane = await startPlane();
    const codeOf = async (request: RawRequest) =>
      (JSON.parse((await sendRaw(plane.port, request)).body) as { error: { code: number } }).error.code;
    const session = await openSession(plane.port);
    expect(await codeOf(sessionRequest(session, 'subscriptions/listen', { notifications: {} }))).toBe(-32601);
    expect(await codeOf(mcpRequest('modern', 'resources/subscribe', { uri: 'a:1' }))).toBe(-32601);
    expect(await codeOf(mcpRequest('legacy', 'resources/subscribe', { uri: 'a:1' }))).toBe(-32601);
  });

  it('closes what it heard when the host goes away', async () => {
    const plane = await startPlane();
    const closed = new Promise<void>((resolve) => {
      plane.gateway.onListen = (request) => ({ ...createListening(request), close: () => resolve() });
    });
    const stream = await openStream(plane.port, listenRequest());
    stream.close();
    await expect(closed).resolves.toBeUndefined();
  });
});
