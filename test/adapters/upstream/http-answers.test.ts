import { describe, expect, it } from 'vitest';
import type { UpstreamFault } from '../../../src/ports/upstream.ts';
import { type Reply, type SeenRequest, event, startScriptedUpstream } from '../../support/scripted-upstream.ts';
import { callOf, faultOf, resultText, startHttpRig } from '../../support/upstream-rig.ts';

type Answer = (request: SeenRequest, reply: Reply) => void;

const RESULT = '{"content":[{"type":"text","text":"hi"}]}';
const answerTo = (request: SeenRequest, result: unknown = JSON.parse(RESULT)): object => ({
  jsonrpc: '2.0',
  id: request.message?.id,
  result,
});

/** What a modern upstream answers with these bytes in place of its `result`. */
const withResult =
  (result: string): Answer =>
  (request, reply) =>
    reply.json(`{"jsonrpc":"2.0","id":${request.message?.id},"result":${result}}`);

/** The result is `RESULT` where none is given. */
const TAKEN: readonly (readonly [sentence: string, answer: Answer, result?: string])[] = [
  ['its media type in capitals', (request, reply) => reply.json(answerTo(request), { type: 'Application/JSON' })],
  [
    'its media type with parameters',
    (request, reply) => reply.json(answerTo(request), { type: 'application/json ;charset=utf-8' }),
  ],
  ['HTTP 201', (request, reply) => reply.json(answerTo(request), { status: 201 })],
  ['HTTP 206', (request, reply) => reply.json(answerTo(request), { status: 206 })],
  [
    '103 before it',
    (request, reply) => {
      reply.raw('HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n');
      reply.json(answerTo(request));
    },
  ],
  ['resultType at the beginning', withResult(`{"resultType":"complete",${RESULT.slice(1)}`)],
  ['resultType at the end', withResult(`${RESULT.slice(0, -1)}, "resultType" : "complete" }`), RESULT],
  [
    'resultType in the middle',
    withResult('{"isError":false,"resultType":"complete","content":[]}'),
    '{"isError":false,"content":[]}',
  ],
  [
    'resultType written with an escape',
    withResult('{"isError":false,"result\\u0054ype":"complete","content":[]}'),
    '{"isError":false,"content":[]}',
  ],
  ['resultType alone', withResult('{ "resultType":"complete" }'), '{}'],
  [
    'what the upstream says of caching, which is the gateway’s to say',
    withResult('{"ttlMs":9,"contents":[],"cacheScope":"public","x":1,"resultType":"complete"}'),
    '{"contents":[],"x":1}',
  ],
  [
    'resultType inside its content only',
    withResult('{"content":[{"resultType":"task"}]}'),
    '{"content":[{"resultType":"task"}]}',
  ],
  [
    'line breaks between its tokens',
    withResult('{\r\n  "resultType": "complete",\n  "content": [\r]\n}'),
    '{"content": [ ]}',
  ],
  [
    'escaped line breaks in its text',
    withResult('{"content":[{"text":"a\\n\\ndata: x\\r\\n"}]}'),
    '{"content":[{"text":"a\\n\\ndata: x\\r\\n"}]}',
  ],
  [
    'numbers no double can hold',
    withResult('{"structuredContent":{"id":9007199254740993}}'),
    '{"structuredContent":{"id":9007199254740993}}',
  ],
  ['members that nobody knows', withResult('{"content":[],"x":{"__proto__":1}}'), '{"content":[],"x":{"__proto__":1}}'],
  ['an event stream', (request, reply) => reply.events(event(answerTo(request)))],
  [
    'a media type of events in capitals',
    (request, reply) => {
      const text = event(answerTo(request));
      reply.json(text, { type: 'TEXT/Event-Stream; charset=utf-8' });
    },
  ],
  ['an event stream with CR only', (request, reply) => reply.events(event(answerTo(request), '\r'))],
  ['an event stream with CRLF', (request, reply) => reply.events(event(answerTo(request), '\r\n'))],
  [
    'a byte order mark and comments before it',
    (request, reply) => reply.events(`\ufeff: hello\n\n:\n${event(answerTo(request))}`),
  ],
  [
    'data over several lines',
    (request, reply) =>
      reply.events(`data: {"jsonrpc":"2.0",\ndata: "id":${request.message?.id},\ndata: "result":${RESULT}}\n\n`),
  ],
  ['its event cut into single bytes', (request, reply) => reply.events(...event(answerTo(request)).split(''))],
  ['an event of type message', (request, reply) => reply.events(`event: message\n${event(answerTo(request))}`)],
  [
    'an undecodable event before it',
    (request, reply) => reply.events(event('{nonsense'), event('{"jsonrpc":"2.0"'), event(answerTo(request))),
  ],
  [
    'notifications before it',
    (request, reply) =>
      reply.events(
        event({ jsonrpc: '2.0', method: 'notifications/message', params: { data: 'x' } }),
        event(answerTo(request)),
      ),
  ],
  [
    'an event of another type before it',
    (request, reply) =>
      reply.events(`event: ping\n${event(answerTo(request, { content: ['wrong'] }))}`, event(answerTo(request))),
  ],
  [
    'an answer to another id before it',
    (request, reply) =>
      reply.events(event({ ...answerTo(request, { content: ['wrong'] }), id: 999 }), event(answerTo(request))),
  ],
  [
    'an answer to its id as text before it',
    (request, reply) =>
      reply.events(
        event({ ...answerTo(request, { content: ['wrong'] }), id: String(request.message?.id) }),
        event(answerTo(request)),
      ),
  ],
  [
    'an event with an id and empty data before it',
    (request, reply) => reply.events('id: 1\nretry: 10\ndata:\n\n', event(answerTo(request))),
  ],
  [
    'an event with a name twice in its envelope before it',
    (request, reply) =>
      reply.events(
        event(
          `{"jsonrpc":"2.0","id":${request.message?.id},"id":${request.message?.id},"result":{"content":["wrong"]}}`,
        ),
        event(answerTo(request)),
      ),
  ],
];

describe('an answer that is taken', () => {
  it.each(TAKEN.map(([sentence, answer, result = RESULT]) => [sentence, answer, result] as const))(
    '%s',
    async (_sentence, answer, result) => {
      const { server, upstream } = await startHttpRig({ setting: '2026-07-28' });
      server.on('tools/call', answer);
      expect(resultText(await upstream.call(callOf()))).toBe(result);
      server.on('tools/call', undefined);
      resultText(await upstream.call(callOf()));
    },
  );

  it('is the first of two, whatever follows (M05)', async () => {
    const { server, upstream, reports } = await startHttpRig({ setting: '2026-07-28' });
    server.on('tools/call', (request, reply) => {
      const error = { jsonrpc: '2.0', id: request.message?.id, error: { code: 1, message: 'no' } };
      reply.events(event(answerTo(request)) + event(answerTo(request, { content: ['second'] })) + event(error));
    });
    expect(resultText(await upstream.call(callOf()))).toBe(RESULT);
    expect(reports).toContain('the upstream answered one request twice; the first answer counts');
  });

  it('says that the tool failed', async () => {
    const { server, upstream } = await startHttpRig({ setting: '2026-07-28' });
    server.on('tools/call', withResult('{"content":[],"isError":true}'));
    expect(await upstream.call(callOf())).toMatchObject({ ok: true, value: { kind: 'result', isError: true } });
  });

  it('of a legacy upstream may have any resultType, which is left out all the same', async () => {
    const { server, upstream } = await startHttpRig({ setting: 'legacy' });
    server.on('tools/call', withResult('{"resultType":"whatever","content":[]}'));
    expect(resultText(await upstream.call(callOf()))).toBe('{"content":[]}');
  });
});

describe('an answer that is not taken', () => {
  it.each<readonly [sentence: string, kind: UpstreamFault['kind'], answer: Answer]>([
    [
      'HTML under 200',
      'invalid-answer',
      (_request, reply) => reply.status(200, '<h1>hi</h1>', { 'Content-Type': 'text/html' }),
    ],
    [
      'JSON under text/plain',
      'invalid-answer',
      (request, reply) => reply.json(answerTo(request), { type: 'text/plain' }),
    ],
    [
      'JSON under a type that holds its name',
      'invalid-answer',
      (request, reply) => reply.json(answerTo(request), { type: 'text/plain; x="application/json"' }),
    ],
    [
      'JSON under application/json-patch',
      'invalid-answer',
      (request, reply) => reply.json(answerTo(request), { type: 'application/json-patch+json' }),
    ],
    ['JSON under no type', 'invalid-answer', (request, reply) => reply.status(200, JSON.stringify(answerTo(request)))],
    [
      'JSON under two types',
      'invalid-answer',
      (request, reply) => reply.json(answerTo(request), { headers: { 'content-type': 'text/html' } }),
    ],
    [
      'an encoded body',
      'invalid-answer',
      (request, reply) => reply.json(answerTo(request), { headers: { 'content-encoding': 'gzip' } }),
    ],
    ['HTML under JSON', 'invalid-answer', (_request, reply) => reply.json('<h1>hi</h1>')],
    ['an empty body', 'invalid-answer', (_request, reply) => reply.json('')],
    ['202 without a body', 'invalid-answer', (_request, reply) => reply.status(202)],
    ['204', 'invalid-answer', (_request, reply) => reply.raw('HTTP/1.1 204 No\r\n\r\n')],
    [
      'the answer to another request',
      'invalid-answer',
      (request, reply) => reply.json({ ...answerTo(request), id: 999 }),
    ],
    [
      'the answer to its id as text',
      'invalid-answer',
      (request, reply) => reply.json({ ...answerTo(request), id: String(request.message?.id) }),
    ],
    ['an array of answers', 'invalid-answer', (request, reply) => reply.json([answerTo(request)])],
    [
      'a notification',
      'invalid-answer',
      (_request, reply) => reply.json({ jsonrpc: '2.0', method: 'notifications/progress', params: {} }),
    ],
    ['jsonrpc 1.0', 'invalid-answer', (request, reply) => reply.json({ ...answerTo(request), jsonrpc: '1.0' })],
    [
      'result and error',
      'invalid-answer',
      (request, reply) => reply.json({ ...answerTo(request), error: { code: 1, message: 'x' } }),
    ],
    [
      'neither result nor error',
      'invalid-answer',
      (request, reply) => reply.json({ jsonrpc: '2.0', id: request.message?.id }),
    ],
    [
      'an error without a code',
      'invalid-answer',
      (request, reply) => reply.json({ jsonrpc: '2.0', id: request.message?.id, error: { message: 'x' } }),
    ],
    [
      'a member of the envelope twice',
      'invalid-answer',
      (request, reply) => reply.json(`{"jsonrpc":"2.0","id":${request.message?.id},"result":{},"result":${RESULT}}`),
    ],
    ['a result that is text', 'invalid-answer', withResult('"hi"')],
    ['a result that is null', 'invalid-answer', withResult('null')],
    ['a member of the result twice', 'invalid-answer', withResult('{"content":[],"content":["x"]}')],
    [
      'a member of the result twice, once escaped',
      'invalid-answer',
      withResult('{"isError":false,"isErr\\u006fr":true}'),
    ],
    ['isError as text', 'invalid-answer', withResult('{"content":[],"isError":"false"}')],
    ['isError as null', 'invalid-answer', withResult('{"content":[],"isError":null}')],
    [
      'a modern result that asks a host which cannot be asked',
      'not-asked',
      withResult('{"resultType":"input_required","inputRequests":{"a":{"method":"roots/list"}}}'),
    ],
    [
      'a modern result that asks for input and names none',
      'invalid-answer',
      withResult('{"resultType":"input_required"}'),
    ],
    ['a modern result that is a task', 'invalid-answer', withResult('{"resultType":"task","taskId":"1"}')],
    ['a modern result of an unknown type', 'invalid-answer', withResult('{"resultType":"Complete","content":[]}')],
    ['a raw line break inside a text', 'invalid-answer', withResult('{"content":["a\nb"]}')],
    ['a NUL inside a text', 'invalid-answer', withResult('{"content":["a\u0000b"]}')],
    ['a result that stops half-way', 'invalid-answer', withResult('{"content":[')],
    ['a result too deep to check', 'invalid-answer', withResult(`{"content":${'['.repeat(5000)}${']'.repeat(5000)}}`)],
    [
      'garbage after the result',
      'invalid-answer',
      (request, reply) => reply.json(`${JSON.stringify(answerTo(request))}x`),
    ],
    [
      'a redirect',
      'invalid-answer',
      (_request, reply) => reply.status(307, '', { location: 'http://127.0.0.1:1/elsewhere' }),
    ],
    [
      '401 with a challenge',
      'invalid-answer',
      (_request, reply) => reply.status(401, '', { 'www-authenticate': 'Bearer realm="x"' }),
    ],
    [
      'an HTML 404',
      'invalid-answer',
      (_request, reply) => reply.status(404, '<h1>no</h1>', { 'Content-Type': 'text/html' }),
    ],
    [
      '500 with HTML',
      'unreachable',
      (_request, reply) => reply.status(500, '<h1>no</h1>', { 'Content-Type': 'text/html' }),
    ],
    ['503', 'unreachable', (_request, reply) => reply.status(503)],
    ['a result under HTTP 500', 'unreachable', (request, reply) => reply.json(answerTo(request), { status: 500 })],
    [
      'an error for no id under HTTP 200',
      'invalid-answer',
      (_request, reply) => reply.json({ jsonrpc: '2.0', id: null, error: { code: 1, message: 'x' } }),
    ],
    ['a stream that ends without an answer', 'invalid-answer', (_request, reply) => reply.events(': hi\n\n')],
    [
      'a stream whose answer is cut off',
      'invalid-answer',
      (request, reply) => reply.events(event(answerTo(request)).slice(0, -1)),
    ],
    [
      'no HTTP',
      'invalid-answer',
      (_request, reply) => {
        reply.raw('SSH-2.0-OpenSSH_9.2\r\n');
        reply.socket.end();
      },
    ],
    [
      'two lengths that differ',
      'invalid-answer',
      (_request, reply) =>
        reply.raw(
          'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nContent-Length: 5\r\n\r\n{}xyz',
        ),
    ],
    [
      'more headers than are taken',
      'too-large',
      (request, reply) => reply.json(answerTo(request), { headers: { 'x-long': 'x'.repeat(70_000) } }),
    ],
    [
      'a body shorter than it was to be',
      'unreachable',
      (_request, reply) => {
        reply.raw('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{');
        setTimeout(() => reply.socket.end(), 20);
      },
    ],
    ['a connection that is cut', 'unreachable', (_request, reply) => reply.cut()],
    [
      'a connection that is cut half-way',
      'unreachable',
      (_request, reply) => {
        reply.raw('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{');
        setTimeout(() => reply.cut(), 20);
      },
    ],
  ])('%s', async (_sentence, kind, answer) => {
    const { server, upstream } = await startHttpRig({
      setting: '2026-07-28',
      headers: { authorization: 'Bearer canary' },
    });
    resultText(await upstream.call(callOf()));
    server.on('tools/call', answer);
    const fault = faultOf(await upstream.call(callOf()));
    expect(fault).toMatchObject({ kind, dispatched: true });
    expect(JSON.stringify([fault, upstream.status()])).not.toMatch(/canary|hi<|realm|elsewhere|"a"/);
    expect(server.seen('tools/call')).toHaveLength(2); // never sent again
    server.on('tools/call', undefined);
    resultText(await upstream.call(callOf()));
  });

  it('does not follow a redirect, with or without credentials', async () => {
    const elsewhere = await startScriptedUpstream();
    const { server, upstream } = await startHttpRig({
      setting: '2026-07-28',
      headers: { authorization: 'Bearer canary' },
    });
    server.on('tools/call', (_request, reply) => reply.status(307, '', { location: elsewhere.url }));
    expect(faultOf(await upstream.call(callOf())).kind).toBe('invalid-answer');
    expect(elsewhere.bytesSeen()).toBe('');
    await elsewhere.close();
  });
});
