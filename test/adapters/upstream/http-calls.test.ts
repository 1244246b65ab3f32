import { describe, expect, it } from 'vitest';
import type { UpstreamProgress } from '../../../src/ports/upstream.ts';
import { event } from '../../support/scripted-upstream.ts';
import { callOf, faultOf, resultText, startHttpRig } from '../../support/upstream-rig.ts';

const RESULT = { content: [{ type: 'text', text: 'hi' }] };

describe('a call over HTTP', () => {
  it('modern: says everything itself, in the body and in the headers', async () => {
    const { server, upstream } = await startHttpRig({ setting: '2026-07-28', headers: { 'X-App-Token': 't0ken' } });
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    expect(resultText(await upstream.call(callOf({ traceparent })))).toBe(
      '{"content":[{"type":"text","text":"{\\"a\\":1}"}]}',
    );
    const [request] = server.seen('tools/call');
    expect(request?.path).toBe('/mcp');
    expect(request?.message).toEqual({
      jsonrpc: '2.0',
      id: expect.any(Number) as number,
      method: 'tools/call',
      params: {
        name: 'echo',
        arguments: { a: 1 },
        _meta: {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientCapabilities': { extensions: { 'io.modelcontextprotocol/tasks': {} } },
          'io.modelcontextprotocol/clientInfo': { name: 'countersign', version: '0.0.0' },
          traceparent,
        },
      },
    });
    expect(Object.fromEntries(request?.headers ?? [])).toEqual({
      host: `127.0.0.1:${server.port}`,
      connection: 'keep-alive',
      'content-length': String(Buffer.byteLength(request?.body ?? '')),
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'x-app-token': 't0ken',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'echo',
      traceparent,
    });
    expect(server.seen('initialize')).toHaveLength(0);
    expect(upstream.status()).toMatchObject({ state: 'ready', era: 'modern', revision: '2026-07-28' });
  });

  it('legacy: shakes hands once, and says nothing modern', async () => {
    const { server, upstream } = await startHttpRig({ setting: 'legacy', sessions: true });
    resultText(await upstream.call(callOf()));
    resultText(await upstream.call(callOf()));
    expect(server.requests.map(({ message }) => message?.method)).toEqual([
      'initialize',
      'notifications/initialized',
      'tools/call',
      'tools/call',
    ]);
    const [initialize] = server.requests;
    expect(initialize?.message?.params).toEqual({
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'countersign', version: '0.0.0' },
    });
    expect(initialize?.headers.has('mcp-protocol-version')).toBe(false);
    const [first, second] = server.seen('tools/call');
    expect(first?.message?.params).toEqual({ name: 'echo', arguments: { a: 1 } });
    expect(first?.headers.get('mcp-protocol-version')).toBe('2025-11-25');
    expect(first?.headers.get('mcp-session-id')).toMatch(/^session-1-/);
    expect([...(first?.headers.keys() ?? [])].filter((name) => /^mcp-(method|name|param)/.test(name))).toEqual([]);
    expect(second?.message?.id).not.toBe(first?.message?.id);
    expect(upstream.status()).toMatchObject({ state: 'ready', era: 'legacy', revision: '2025-11-25' });
  });

  it('sends the arguments byte for byte', async () => {
    const { server, upstream } = await startHttpRig({ setting: '2026-07-28' });
    const argumentsJson = '{"a":"x\\n\\u0000é","n":[1,0.5],"name":"delete"}';
    resultText(await upstream.call(callOf({ argumentsJson })));
    expect(server.seen('tools/call')[0]?.body).toContain(`"arguments":${argumentsJson},`);
  });

  it('encodes a tool name that is no plain header value', async () => {
    const { server, upstream } = await startHttpRig({ setting: '2026-07-28' });
    resultText(await upstream.call(callOf({ tool: 'écho' })));
    expect(server.seen('tools/call')[0]?.headers.get('mcp-name')).toBe('=?base64?w6ljaG8=?=');
  });

  it.each(['legacy', '2026-07-28'] as const)('%s: takes a JSON-RPC error for what it is', async (setting) => {
    const { server, upstream } = await startHttpRig({ setting });
    server.on('tools/call', (_request, reply) => reply.error(-32602, 'no such tool'));
    expect(await upstream.call(callOf())).toEqual({
      ok: true,
      value: { kind: 'rpc-error', code: -32602, message: 'no such tool', data: null },
    });
  });

  it('takes a JSON-RPC error under HTTP 400 or 404 for what it is', async () => {
    const { server, upstream } = await startHttpRig({ setting: '2026-07-28' });
    server.on('tools/call', (_request, reply) => reply.error(-32601, 'not here', { status: 404 }));
    expect(await upstream.call(callOf())).toMatchObject({ ok: true, value: { kind: 'rpc-error', code: -32601 } });
  });

  it('lets progress of this call through, and no other', async () => {
    const { server, upstream } = await startHttpRig({ setting: '2026-07-28' });
    const seen: UpstreamProgress[] = [];
    server.on('tools/call', (request, reply) => {
      const meta = request.message?.params?.['_meta'] as Record<string, unknown>;
      const progressToken = meta['progressToken'];
      const progress = (params: object): string => event({ jsonrpc: '2.0', method: 'notifications/progress', params });
      reply.events(
        progress({ progressToken: 'other', progress: 5 }),
        progress({ progressToken, progress: 1, total: 3, message: 'one' }),
        event({ jsonrpc: '2.0', id: request.message?.id, result: RESULT }),
      );
    });
    resultText(await upstream.call(callOf({ onProgress: (progress) => void seen.push(progress) })));
    expect(seen).toEqual([{ progress: 1, total: 3, message: 'one' }]);
  });

  it('asks for no progress where nobody wants it', async () => {
    const { server, upstream } = await startHttpRig({ setting: '2026-07-28' });
    resultText(await upstream.call(callOf()));
    expect(server.seen('tools/call')[0]?.body).not.toContain('progressToken');
  });

  it('tells its listeners that the list of tools changed', async () => {
    const { server, upstream } = await startHttpRig({ setting: 'legacy' });
    let changes = 0;
    upstream.onNotice(() => changes++);
    server.on('tools/call', (request, reply) =>
      reply.events(
        event({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' }),
        event({ jsonrpc: '2.0', id: request.message?.id, result: RESULT }),
      ),
    );
    resultText(await upstream.call(callOf()));
    expect(changes).toBe(1);
  });

  it('legacy: answers ping and refuses every other request of the upstream, in the same session', async () => {
    const { server, upstream, reports } = await startHttpRig({ setting: 'legacy', sessions: true });
    server.on('tools/call', (request, reply) => {
      const stream = reply.stream();
      stream.write(event({ jsonrpc: '2.0', id: 's1', method: 'ping' }));
      stream.write(event({ jsonrpc: '2.0', id: 7, method: 'sampling/createMessage', params: { messages: [] } }));
      setTimeout(() => {
        stream.write(event({ jsonrpc: '2.0', id: request.message?.id, result: RESULT }));
        stream.end();
      }, 100);
    });
    resultText(await upstream.call(callOf()));
    const answers = server.requests.filter(({ message }) => message?.method === undefined);
    expect(answers.map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        { jsonrpc: '2.0', id: 's1', result: {} },
        { jsonrpc: '2.0', id: 7, error: { code: -32601, message: 'Method not found' } },
      ]),
    );
    const session = server.seen('tools/call')[0]?.headers.get('mcp-session-id');
    expect(answers.map(({ headers }) => headers.get('mcp-session-id'))).toEqual([session, session]);
    expect(reports).toEqual(['the upstream asked for sampling/createMessage, which was not offered; refused']);
  });

  it('modern: leaves requests of the upstream unanswered, and says so to the operator', async () => {
    const { server, upstream, reports, uninvited } = await startHttpRig({ setting: '2026-07-28' });
    server.on('tools/call', (request, reply) =>
      reply.events(
        event({ jsonrpc: '2.0', id: 7, method: 'elicitation/create', params: {} }),
        event({ jsonrpc: '2.0', id: request.message?.id, result: RESULT }),
      ),
    );
    resultText(await upstream.call(callOf()));
    expect(server.requests.every(({ message }) => message?.method !== undefined)).toBe(true);
    expect(reports).toEqual(['the upstream asked for elicitation/create, which was not offered; refused']);
    expect(uninvited).toEqual(['elicitation/create']);
  });

  it('uses connections again for calls that follow each other, also after event streams', async () => {
    const { server, upstream } = await startHttpRig({ setting: '2026-07-28' });
    server.on('tools/call', (request, reply) =>
      reply.events(event({ jsonrpc: '2.0', id: request.message?.id, result: RESULT })),
    );
    for (let i = 0; i < 5; i++) resultText(await upstream.call(callOf()));
    // The next call may start before the end of the stream is read.
    expect(new Set(server.requests.map(({ connection }) => connection)).size).toBeLessThanOrEqual(2);
  });

  it('gives answers to concurrent calls to the call that asked', async () => {
    const { server, upstream } = await startHttpRig({ setting: '2026-07-28' });
    server.on('tools/call', (request, reply) => {
      const text = JSON.stringify(request.message?.params?.['arguments']);
      setTimeout(() => reply.result({ content: [{ type: 'text', text }] }), Math.random() * 30);
    });
    const numbers = Array.from({ length: 100 }, (_, i) => i);
    const texts = await Promise.all(
      numbers.map(async (n) => resultText(await upstream.call(callOf({ argumentsJson: `{"n":${n}}` })))),
    );
    expect(texts).toEqual(numbers.map((n) => `{"content":[{"type":"text","text":"{\\"n\\":${n}}"}]}`));
  });

  it('goes nowhere once it is closed', async () => {
    const { server, upstream } = await startHttpRig({ setting: '2026-07-28' });
    await upstream.close();
    expect(faultOf(await upstream.call(callOf()))).toMatchObject({ kind: 'unreachable', dispatched: false });
    expect(server.requests).toHaveLength(0);
  });
});
