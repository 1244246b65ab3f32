import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { LIST_KINDS, type UpstreamNotice, type Wish } from '../../../src/core/mcp/notices.ts';
import { event, type Reply, type SeenRequest } from '../../support/scripted-upstream.ts';
import { callOf, type HttpRig, type HttpRigOptions, resultText, startHttpRig } from '../../support/upstream-rig.ts';

// What an upstream over HTTP tells beside its answers: GET streams of legacy sessions, subscriptions/listen of modern ones.

const NOTHING: Wish = { lists: [], resourceUris: [] };
const LISTS: Wish = { lists: LIST_KINDS, resourceUris: [] };
const FAST = { attendRetryMs: 30, attendRetryMsMax: 60 };
const TOOLS_CHANGED = { jsonrpc: '2.0', method: 'notifications/tools/list_changed' };
const updated = (uri: string) => ({ jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri } });

type Stream = ReturnType<Reply['stream']>;

interface NoticeRig extends HttpRig {
  readonly told: (readonly [UpstreamNotice, string | null])[];
  /** The streams that the upstream opened, each with the request for it. */
  readonly streams: { readonly request: SeenRequest; readonly stream: Stream; readonly reply: Reply }[];
}

async function startRig(options: HttpRigOptions): Promise<NoticeRig> {
  const rig = await startHttpRig({ ...options, limits: { ...FAST, ...options.limits } });
  const told: NoticeRig['told'] = [];
  const streams: NoticeRig['streams'] = [];
  rig.upstream.onNotice((notice, principal) => told.push([notice, principal]));
  rig.server.on('GET', (request, reply) => void streams.push({ request, reply, stream: reply.stream() }));
  rig.server.on('subscriptions/listen', (request, reply) => {
    const stream = reply.stream();
    stream.write(
      event(marked(request, { jsonrpc: '2.0', method: 'notifications/subscriptions/acknowledged', params: {} })),
    );
    streams.push({ request, reply, stream });
  });
  rig.server.on('resources/subscribe', (_request, reply) => reply.result({}));
  rig.server.on('resources/unsubscribe', (_request, reply) => reply.result({}));
  return { ...rig, told, streams };
}

function marked(
  request: SeenRequest,
  message: { readonly params?: object; readonly method?: string; readonly jsonrpc?: string },
): object {
  const meta = { 'io.modelcontextprotocol/subscriptionId': request.message?.id };
  return { ...message, params: { ...message.params, _meta: meta } };
}

async function until(isDone: () => boolean): Promise<void> {
  await expect.poll(isDone).toBe(true);
}

const lastOf = ({ streams }: NoticeRig) => streams.at(-1) ?? expect.unreachable('no stream');

describe('a legacy upstream', () => {
  const legacy: HttpRigOptions = { setting: 'legacy', era: 'legacy', sessions: true };

  it('is asked for a stream in the session of each who listens, and in nobody else’s', async () => {
    const rig = await startRig(legacy);
    resultText(await rig.upstream.call(callOf({}, 'carol')));
    expect(rig.server.seen('GET')).toHaveLength(0);
    await Promise.all(['alice', 'bob'].map((principal) => rig.upstream.attend({ principal }, LISTS)));
    const gets = rig.server.seen('GET');
    expect(gets.map(({ headers }) => [headers.get('accept'), headers.get('mcp-protocol-version')])).toEqual([
      ['text/event-stream', '2025-11-25'],
      ['text/event-stream', '2025-11-25'],
    ]);
    const sessions = gets.map(({ headers }) => headers.get('mcp-session-id'));
    expect(new Set([...sessions, undefined]).size).toBe(3);
    for (const { stream } of rig.streams) stream.write(event(TOOLS_CHANGED));
    await until(() => rig.told.length === 2);
    expect(new Set(rig.told.map(([, principal]) => principal))).toEqual(new Set(['alice', 'bob']));
  });

  it('subscribes to resources before it resolves, unsubscribes from those not wanted, and stops with nothing', async () => {
    const rig = await startRig(legacy);
    const alice = { principal: 'alice' };
    const asked = () =>
      rig.server.requests.flatMap(({ message }) =>
        message?.method?.startsWith('resources/') === true
          ? [`${message.method.slice(10)} ${String(message.params?.['uri'])}`]
          : [],
      );
    await rig.upstream.attend(alice, { lists: [], resourceUris: ['a:1', 'a:2'] });
    expect(asked()).toEqual(['subscribe a:1', 'subscribe a:2']);
    lastOf(rig).stream.write(event(updated('a:1')));
    await until(() => rig.told.length === 1);
    expect(rig.told).toEqual([[{ kind: 'resource-updated', uri: 'a:1' }, 'alice']]);
    await rig.upstream.attend(alice, { lists: [], resourceUris: ['a:2', 'a:3'] });
    expect(asked().slice(2)).toEqual(['subscribe a:3', 'unsubscribe a:1']);
    expect(rig.streams).toHaveLength(1);
    const open = rig.server.openConnections();
    await rig.upstream.attend(alice, NOTHING);
    await until(() => rig.server.openConnections() < open);
    await sleep(100);
    expect(rig.streams).toHaveLength(1);
  });

  it('has a lost stream taken up where it was lost, in the same session', async () => {
    const rig = await startRig(legacy);
    await rig.upstream.attend({ principal: 'alice' }, LISTS);
    const { stream, request } = lastOf(rig);
    stream.write(`id: e-7\nretry: 200\n${event(TOOLS_CHANGED)}`);
    await until(() => rig.told.length === 1);
    stream.end();
    await until(() => rig.streams.length === 2);
    const again = lastOf(rig).request.headers;
    expect(again.get('last-event-id')).toBe('e-7');
    expect(again.get('mcp-session-id')).toBe(request.headers.get('mcp-session-id'));
  });

  it('that forgot the session is listened to in a new one, with the same subscriptions', async () => {
    const rig = await startRig(legacy);
    await rig.upstream.attend({ principal: 'alice' }, { ...LISTS, resourceUris: ['a:1'] });
    rig.server.forgetSessions();
    rig.server.on('GET', ({ headers }, reply) =>
      headers.get('mcp-session-id') === rig.streams[0]?.request.headers.get('mcp-session-id')
        ? reply.status(404)
        : void rig.streams.push({ request: { headers } as SeenRequest, reply, stream: reply.stream() }),
    );
    lastOf(rig).reply.cut();
    await until(() => rig.streams.length === 2);
    expect(rig.server.seen('initialize')).toHaveLength(2);
    expect(rig.server.seen('resources/subscribe')).toHaveLength(2);
  });

  it('without a stream is asked once in its session, and heard on the streams of calls', async () => {
    const rig = await startRig(legacy);
    rig.server.on('GET', (_request, reply) => reply.status(405));
    await rig.upstream.attend({ principal: 'alice' }, { ...LISTS, resourceUris: ['a:1'] });
    rig.server.on('tools/call', ({ message }, reply) =>
      reply.events(event(updated('a:1')), event({ jsonrpc: '2.0', id: message?.id, result: { content: [] } })),
    );
    resultText(await rig.upstream.call(callOf()));
    expect(rig.told).toEqual([[{ kind: 'resource-updated', uri: 'a:1' }, 'alice']]);
    await sleep(150);
    expect(rig.server.seen('GET')).toHaveLength(1);
    await rig.upstream.attend({ principal: 'alice' }, { ...LISTS, resourceUris: ['a:1', 'a:2'] });
    expect(rig.server.seen('resources/subscribe')).toHaveLength(2);
  });

  it.each([
    ['is busy', 503],
    ['refuses the credential', 401],
    ['has a stream open still', 409],
  ])('that %s is asked again, with pauses', async (_what, status) => {
    const rig = await startRig(legacy);
    rig.server.on('GET', (_request, reply) => reply.status(status));
    await rig.upstream.attend({ principal: 'alice' }, LISTS);
    await until(() => rig.server.seen('GET').length >= 3);
    const tries = rig.server.seen('GET').length;
    await sleep(200);
    expect(rig.server.seen('GET').length - tries).toBeLessThanOrEqual(5);
  });

  it('that pings there is answered in its session, and refused what it asks of a host', async () => {
    const rig = await startRig(legacy);
    await rig.upstream.attend({ principal: 'alice' }, LISTS);
    const { stream, request } = lastOf(rig);
    stream.write(event({ jsonrpc: '2.0', id: 'p', method: 'ping' }));
    stream.write(event({ jsonrpc: '2.0', id: 's', method: 'sampling/createMessage', params: {} }));
    const answers = () => rig.server.requests.filter(({ message }) => message?.id === 'p' || message?.id === 's');
    await until(() => answers().length === 2);
    expect(answers().map(({ message }) => message?.result ?? message?.error?.code)).toEqual([{}, -32601]);
    expect(answers()[0]?.headers.get('mcp-session-id')).toBe(request.headers.get('mcp-session-id'));
    expect(rig.uninvited).toEqual(['sampling/createMessage']);
  });

  it.each<[string, (stream: Stream, reply: Reply) => void]>([
    ['garbage', (stream) => stream.write('garbage\n\ndata: {"half\n\n: comment\r\r')],
    ['messages of other types', (stream) => stream.write(`event: other\n${event(TOOLS_CHANGED)}`)],
    ['answers that nobody waits for', (stream) => stream.write(event({ jsonrpc: '2.0', id: 1, result: {} }))],
    [
      'notifications that are none of ours',
      (stream) => stream.write(event({ jsonrpc: '2.0', method: 'notifications/x' })),
    ],
    ['a URI that is no text', (stream) => stream.write(event({ ...updated(''), params: { uri: 7 } }))],
    ['one huge line', (stream) => stream.write(`data: ${'x'.repeat(300_000)}\n\n`)],
    ['the end', (_stream, reply) => reply.cut()],
  ])('that sends %s is heard as before', async (_what, send) => {
    const rig = await startRig(legacy);
    await rig.upstream.attend({ principal: 'alice' }, LISTS);
    const { stream, reply } = lastOf(rig);
    send(stream, reply);
    await sleep(50);
    expect(rig.told).toEqual([]);
    if (rig.server.openConnections() === 0 || reply.socket.destroyed) await until(() => rig.streams.length > 1);
    await sleep(300);
    lastOf(rig).stream.write(event(TOOLS_CHANGED));
    await until(() => rig.told.length === 1);
  });

  it('that floods is made to wait, and what it says often is told once in a turn', async () => {
    const rig = await startRig(legacy);
    await rig.upstream.attend({ principal: 'alice' }, LISTS);
    const { stream, reply } = lastOf(rig);
    const flood = event(TOOLS_CHANGED).repeat(10_000);
    for (let i = 0; i < 60; i++) stream.write(flood);
    await sleep(300);
    // 40 MB were sent; a second's worth is read, and the rest waits where it came from.
    expect(reply.socket.writableLength).toBeGreaterThan(10_000_000);
    expect(rig.told.length).toBeLessThan(500);
    resultText(await rig.upstream.call(callOf()));
  });

  it('is let go when the gateway closes it', async () => {
    const rig = await startRig(legacy);
    await rig.upstream.attend({ principal: 'alice' }, LISTS);
    await rig.upstream.close();
    await until(() => rig.server.openConnections() === 0);
    expect(rig.server.seen('DELETE')).toHaveLength(1);
  });
});

describe('a modern upstream', () => {
  const modern: HttpRigOptions = { setting: '2026-07-28', era: 'modern' };
  const filterOf = ({ request }: { readonly request: SeenRequest }) => request.message?.params?.['notifications'];

  it('is asked once for all that a principal wants, and hears only what belongs to that', async () => {
    const rig = await startRig(modern);
    await rig.upstream.attend({ principal: 'alice' }, { lists: ['tools'], resourceUris: ['a:1'] });
    const { stream, request } = lastOf(rig);
    expect(filterOf({ request })).toEqual({ toolsListChanged: true, resourceSubscriptions: ['a:1'] });
    expect([request.headers.get('mcp-method'), request.headers.get('mcp-protocol-version')]).toEqual([
      'subscriptions/listen',
      '2026-07-28',
    ]);
    stream.write(event(TOOLS_CHANGED));
    stream.write(event(marked({ ...request, message: { jsonrpc: '2.0', id: 'other' } }, TOOLS_CHANGED)));
    stream.write(event(marked(request, { jsonrpc: '2.0', method: 'notifications/prompts/list_changed' } as object)));
    stream.write(event(marked(request, updated('a:1'))));
    stream.write(event(marked(request, TOOLS_CHANGED)));
    await until(() => rig.told.length === 2);
    expect(rig.told).toEqual([
      [{ kind: 'resource-updated', uri: 'a:1' }, 'alice'],
      [{ kind: 'list-changed', list: 'tools' }, 'alice'],
    ]);
  });

  it('is asked anew for another wish, and the old request ends after that', async () => {
    const rig = await startRig(modern);
    const alice = { principal: 'alice' };
    await rig.upstream.attend(alice, { lists: ['tools'], resourceUris: [] });
    await rig.upstream.attend(alice, { lists: ['tools'], resourceUris: ['a:1'] });
    expect(rig.streams.map(filterOf)).toEqual([
      { toolsListChanged: true },
      { toolsListChanged: true, resourceSubscriptions: ['a:1'] },
    ]);
    await until(() => rig.streams[0]?.reply.socket.destroyed === true);
    await sleep(100);
    expect(rig.streams).toHaveLength(2);
    expect(lastOf(rig).reply.socket.destroyed).toBe(false);
  });

  it('is asked again when it ends the stream, in good order or not', async () => {
    const rig = await startRig(modern);
    await rig.upstream.attend({ principal: 'alice' }, LISTS);
    const { stream, request } = lastOf(rig);
    stream.write(event({ jsonrpc: '2.0', id: request.message?.id, result: { resultType: 'complete' } }));
    stream.end();
    await until(() => rig.streams.length === 2);
    lastOf(rig).reply.cut();
    await until(() => rig.streams.length === 3);
    expect(rig.streams.map(filterOf)).toEqual(Array(3).fill(filterOf(lastOf(rig))));
  });

  it('that does not offer it is not asked again soon', async () => {
    const rig = await startRig(modern);
    rig.server.on('subscriptions/listen', (_request, reply) => reply.error(-32601, 'no', { status: 404 }));
    await rig.upstream.attend({ principal: 'alice' }, LISTS);
    await sleep(200);
    expect(rig.server.seen('subscriptions/listen')).toHaveLength(1);
  });
});
