import { describe, expect, it, onTestFinished } from 'vitest';
import { UPSTREAM_LIMITS, type UpstreamLimits } from '../../../src/adapters/upstream/limits.ts';
import { createSseUpstream } from '../../../src/adapters/upstream/sse/create-sse-upstream.ts';
import type { Upstream } from '../../../src/ports/upstream.ts';
import { createFixedClock, type FixedClock } from '../../support/fixed-clock.ts';
import { answerHonestly, type EventServer, startEventServer, TOOL } from '../../support/scripted-events.ts';
import { callOf, connectAnywhere, faultOf, resultText, TEST_CLIENT } from '../../support/upstream-rig.ts';

interface Rig {
  readonly server: EventServer;
  readonly upstream: Upstream;
  readonly clock: FixedClock;
  readonly reports: readonly string[];
}

async function startRig(limits: Partial<UpstreamLimits> = {}): Promise<Rig> {
  const server = await startEventServer();
  const clock = createFixedClock();
  const reports: string[] = [];
  const upstream = createSseUpstream(
    {
      name: 'old',
      url: server.url,
      headers: { 'x-app-token': 'canary' },
      client: TEST_CLIENT,
      limits: { ...UPSTREAM_LIMITS, closeTimeoutMs: 200, ...limits },
      connect: connectAnywhere(),
    },
    { clock, report: ({ problem }) => void reports.push(problem) },
  );
  onTestFinished(async () => {
    await upstream.close();
    await server.close();
  });
  return { server, upstream, clock, reports };
}

const never = new AbortController().signal;

describe('an upstream over HTTP with SSE', () => {
  it('is introduced to, listed and called, over one stream and with the credential in each request', async () => {
    const { server, upstream } = await startRig();
    const listed = await upstream.listTools({ principal: 'alice' }, never);
    expect(listed.ok && listed.value.map(({ name }) => name)).toEqual([TOOL.name]);
    expect(resultText(await upstream.call(callOf({ argumentsJson: '{"a":1}' })))).toContain('{\\"a\\":1}');
    const methods = server.posted.map(({ body }) => (JSON.parse(body) as { method: string }).method);
    expect(methods).toEqual(['initialize', 'notifications/initialized', 'tools/list', 'tools/call']);
    expect(server.opened).toHaveLength(1);
    const all = [...server.opened, ...server.posted];
    expect(all.every(({ headers }) => headers['x-app-token'] === 'canary')).toBe(true);
    expect(upstream.status()).toMatchObject({ state: 'ready', era: 'legacy', revision: '2024-11-05' });
  });

  it('has a stream of its own for each person, and answers cross between none of them', async () => {
    const { server, upstream } = await startRig();
    const people = ['alice', 'bob', 'carol'];
    const texts = await Promise.all(
      people.map(async (person) =>
        resultText(await upstream.call(callOf({ argumentsJson: `{"who":"${person}"}` }, person))),
      ),
    );
    texts.forEach((text, index) => expect(text).toContain(people[index]));
    expect(server.opened).toHaveLength(3);
  });

  it('answers calls that run at once by their ids, in whatever order', async () => {
    const { server, upstream } = await startRig();
    const held: (() => void)[] = [];
    server.onMessage = (message, stream) => {
      if (message.method !== 'tools/call') return answerHonestly(message, stream);
      held.push(() => answerHonestly(message, stream));
      if (held.length === 3) for (const answer of held.reverse()) answer();
    };
    const calls = [1, 2, 3].map((a) => upstream.call(callOf({ argumentsJson: `{"a":${a}}` })));
    const texts = (await Promise.all(calls)).map(resultText);
    texts.forEach((text, index) => expect(text).toContain(`{\\"a\\":${index + 1}}`));
  });

  it('may have run a call whose stream is lost, and is reached again after a pause', async () => {
    const { server, upstream, clock } = await startRig();
    server.onMessage = (message, stream) => {
      if (message.method === 'tools/call') server.cutStreams();
      else answerHonestly(message, stream);
    };
    expect(faultOf(await upstream.call(callOf()))).toMatchObject({ kind: 'unreachable', dispatched: true });
    server.onMessage = answerHonestly;
    const soon = faultOf(await upstream.call(callOf()));
    expect(soon).toMatchObject({ kind: 'unreachable', dispatched: false });
    clock.advance(60_000);
    expect(resultText(await upstream.call(callOf()))).toContain('a');
  });

  it('is told when a call is given up', async () => {
    const { server, upstream } = await startRig();
    server.onMessage = (message, stream) => {
      if (message.method !== 'tools/call') answerHonestly(message, stream);
    };
    const abort = new AbortController();
    const call = upstream.call(callOf({ signal: abort.signal }));
    await expect.poll(() => server.posted.some(({ body }) => body.includes('tools/call'))).toBe(true);
    abort.abort();
    expect(faultOf(await call)).toMatchObject({ kind: 'aborted', dispatched: true });
    await expect.poll(() => server.posted.some(({ body }) => body.includes('notifications/cancelled'))).toBe(true);
  });

  it('is closed for with the gateway', async () => {
    const { server, upstream } = await startRig();
    await upstream.call(callOf());
    expect(server.streams()).toBe(1);
    await upstream.close();
    await expect.poll(() => server.streams()).toBe(0);
    expect(faultOf(await upstream.call(callOf()))).toMatchObject({ dispatched: false });
  });
});

describe('an endpoint', () => {
  it.each([
    ['on another host', 'http://127.0.0.2:1/messages'],
    ['on another port', 'http://127.0.0.1:1/messages'],
    ['of another scheme', 'https://127.0.0.1/messages'],
    ['without a scheme, on another host', '//127.0.0.2/messages'],
    ['with a back slash, on another host', '/\\127.0.0.2/messages'],
    ['with credentials', 'http://user:secret@127.0.0.1/messages'],
    ['in a script', 'javascript:alert(1)'],
    ['in a file', 'file:///etc/passwd'],
    ['of 5,000 characters', `/${'x'.repeat(5000)}`],
    ['that is empty', ''],
    ['that is no address', 'http://['],
  ])('%s is refused, and nothing is posted anywhere', async (_what, endpoint) => {
    const { server, upstream } = await startRig({ handshakeTimeoutMs: 300 });
    server.onStream = (stream, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      stream.send('endpoint', endpoint);
    };
    expect(faultOf(await upstream.call(callOf()))).toMatchObject({ dispatched: false });
    expect(server.posted).toEqual([]);
  });

  it('is named once: a second one ends the conversation', async () => {
    const { server, upstream, reports } = await startRig();
    server.onMessage = (message, stream) => {
      if (message.method !== 'tools/call') return answerHonestly(message, stream);
      stream.send('endpoint', '/elsewhere');
      answerHonestly(message, stream);
    };
    await upstream.call(callOf());
    await expect.poll(() => reports.join()).toContain('the endpoint was named twice');
    expect(server.posted.some(({ path }) => path.startsWith('/elsewhere'))).toBe(false);
  });

  it('may be a whole address of the same origin', async () => {
    const { server, upstream } = await startRig();
    server.onStream = (stream, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      stream.send('endpoint', new URL(`/deep/messages?session=${stream.number}`, server.url).href);
    };
    expect(resultText(await upstream.call(callOf()))).toContain('a');
    expect(server.posted[0]?.path).toBe('/deep/messages?session=1');
  });
});

describe('a server that does not keep to the protocol', () => {
  it.each<[string, (server: EventServer) => void]>([
    [
      'answers with a page',
      (server) => (server.onStream = (_, res) => res.writeHead(200, { 'content-type': 'text/html' }).end()),
    ],
    ['answers with 405', (server) => (server.onStream = (_, res) => res.writeHead(405).end())],
    ['sends elsewhere', (server) => (server.onStream = (_, res) => res.writeHead(302, { location: '/other' }).end())],
    [
      'names no endpoint',
      (server) =>
        (server.onStream = (_, res) => res.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()),
    ],
    ['takes no message', (server) => (server.postStatus = 404)],
    ['answers messages with a redirect', (server) => (server.postStatus = 307)],
    [
      'ends the stream at once',
      (server) => (server.onStream = (_, res) => res.writeHead(200, { 'content-type': 'text/event-stream' }).end()),
    ],
    [
      'sends an event without end',
      (server) =>
        (server.onStream = (stream, res) => {
          res.writeHead(200, { 'content-type': 'text/event-stream' });
          stream.send('endpoint', `/messages?session=${stream.number}`);
          stream.raw(`data: ${'x'.repeat(200_000)}`);
        }),
    ],
  ])('%s: the call fails in time, and did not run', async (_what, misbehave) => {
    const { server, upstream } = await startRig({ handshakeTimeoutMs: 300, answerBytesMax: 100_000 });
    misbehave(server);
    expect(faultOf(await upstream.call(callOf()))).toMatchObject({ dispatched: false });
    await expect.poll(() => server.streams()).toBe(0);
  });

  it.each([
    ['other events', 'event: ping\ndata: {"jsonrpc":"2.0","id":3,"result":{"content":[]}}\n\n'],
    ['garbage', 'event: message\ndata: {"jsonrpc":"2.0","id":\n\n'],
    ['comments and unknown fields', ': hello\nfoo: bar\n\n'],
    ['an answer to nothing', 'event: message\ndata: {"jsonrpc":"2.0","id":999,"result":{}}\n\n'],
    ['an empty message', 'event: message\ndata:\n\n'],
  ])('sends %s before the answer, which is read nevertheless', async (_what, noise) => {
    const { server, upstream } = await startRig();
    server.onMessage = (message, stream) => {
      if (message.method === 'tools/call') stream.raw(noise);
      answerHonestly(message, stream);
    };
    expect(resultText(await upstream.call(callOf()))).toContain('{\\"a\\":1}');
  });

  it('answers twice: the first answer counts', async () => {
    const { server, upstream } = await startRig();
    server.onMessage = (message, stream) => {
      answerHonestly(message, stream);
      if (message.method === 'tools/call') {
        const again = { jsonrpc: '2.0', id: message.id, result: { content: [{ type: 'text', text: 'second' }] } };
        stream.send('message', JSON.stringify(again));
      }
    };
    expect(resultText(await upstream.call(callOf()))).not.toContain('second');
    expect(resultText(await upstream.call(callOf()))).not.toContain('second');
  });

  it('asks for sampling in between, and is told that it cannot', async () => {
    const { server, upstream, reports } = await startRig();
    server.onMessage = (message, stream) => {
      if (message.method === 'tools/call')
        stream.send('message', '{"jsonrpc":"2.0","id":"q","method":"sampling/createMessage","params":{}}');
      answerHonestly(message, stream);
    };
    await upstream.call(callOf());
    await expect.poll(() => server.posted.some(({ body }) => body.includes('-32601'))).toBe(true);
    expect(reports.join()).toContain('sampling/createMessage');
  });
});
