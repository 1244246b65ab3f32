import { describe, expect, it } from 'vitest';
import type { Reply, SeenRequest } from '../../support/scripted-upstream.ts';
import { callOf, faultOf, resultText, startHttpRig } from '../../support/upstream-rig.ts';

type Script = (request: SeenRequest, reply: Reply) => void;

const rpcError =
  (status: number, code: number, data?: unknown): Script =>
  (_request, reply) =>
    reply.error(code, 'no', { status, ...(data === undefined ? {} : { data }) });

describe('finding out the era', () => {
  it.each<readonly [sentence: string, era: 'modern' | 'legacy', answer: Script]>([
    [
      'a discovery that names our revision',
      'modern',
      (_request, reply) => reply.result({ supportedVersions: ['2026-07-28', '2025-11-25'] }),
    ],
    [
      'a discovery that names a legacy revision only',
      'legacy',
      (_request, reply) => reply.result({ supportedVersions: ['2025-11-25'] }),
    ],
    ['a result that is no discovery', 'legacy', (_request, reply) => reply.result({})],
    ['400 and header mismatch', 'modern', rpcError(400, -32020)],
    ['400 and a missing capability', 'modern', rpcError(400, -32021)],
    ['400 and an unsupported version that offers ours', 'modern', rpcError(400, -32022, { supported: ['2026-07-28'] })],
    [
      '400 and an unsupported version that offers a legacy one',
      'legacy',
      rpcError(400, -32022, { supported: ['2025-11-25'] }),
    ],
    ['400 and an unsupported version without a list', 'legacy', rpcError(400, -32022)],
    ['400 and an error of the old range', 'legacy', rpcError(400, -32000)],
    [
      '400 and an error for no id',
      'legacy',
      (_request, reply) =>
        reply.json({ jsonrpc: '2.0', id: null, error: { code: -32000, message: 'x' } }, { status: 400 }),
    ],
    [
      '400 and a modern error for no id',
      'modern',
      (_request, reply) =>
        reply.json({ jsonrpc: '2.0', id: null, error: { code: -32020, message: 'x' } }, { status: 400 }),
    ],
    ['400 and nothing', 'legacy', (_request, reply) => reply.status(400)],
    ['400 and HTML', 'legacy', (_request, reply) => reply.status(400, '<h1>no</h1>', { 'Content-Type': 'text/html' })],
    ['404 and nothing', 'legacy', (_request, reply) => reply.status(404)],
    ['405', 'legacy', (_request, reply) => reply.status(405)],
    ['406', 'legacy', (_request, reply) => reply.status(406)],
    ['200 and method not found', 'legacy', rpcError(200, -32601)],
    ['404 and method not found', 'legacy', rpcError(404, -32601)],
  ])('%s means %s', async (_sentence, era, answer) => {
    const { server, upstream } = await startHttpRig({ setting: 'auto' });
    server.on('server/discover', answer);
    resultText(await upstream.call(callOf()));
    expect(upstream.status().era).toBe(era);
    expect(server.seen('initialize')).toHaveLength(era === 'legacy' ? 1 : 0);
    expect(server.requests[0]?.headers.get('mcp-method')).toBe('server/discover');
  });

  it.each<readonly [sentence: string, answer: Script]>([
    ['401', (_request, reply) => reply.status(401, '', { 'www-authenticate': 'Bearer' })],
    ['403', (_request, reply) => reply.status(403)],
    ['408', (_request, reply) => reply.status(408)],
    ['429', (_request, reply) => reply.status(429)],
    ['500', (_request, reply) => reply.status(500)],
    ['503 and a modern error', rpcError(503, -32020)],
    ['a redirect', (_request, reply) => reply.status(302, '', { location: '/x' })],
    ['HTML under 200', (_request, reply) => reply.status(200, '<h1>', { 'Content-Type': 'text/html' })],
    ['a connection that is cut', (_request, reply) => reply.cut()],
    ['no answer', () => undefined],
    [
      'a list of versions that nobody here knows',
      (_request, reply) => reply.result({ supportedVersions: ['2031-01-01'] }),
    ],
  ])('%s is no evidence, so nothing is called and the next call asks again', async (_sentence, answer) => {
    const { server, upstream } = await startHttpRig({ setting: 'auto', limits: { handshakeTimeoutMs: 200 } });
    server.on('server/discover', answer);
    expect(faultOf(await upstream.call(callOf()))).toMatchObject({ dispatched: false });
    expect(upstream.status().era).toBeNull();
    expect(server.seen('tools/call')).toHaveLength(0);
    server.on('server/discover', undefined);
    resultText(await upstream.call(callOf()));
    expect(server.seen('server/discover')).toHaveLength(2);
  });

  it('is done once for calls that come together, and then believed', async () => {
    const { server, upstream } = await startHttpRig({ setting: 'auto' });
    await Promise.all(['alice', 'bob', 'carol'].map(async (name) => resultText(await upstream.call(callOf({}, name)))));
    resultText(await upstream.call(callOf()));
    expect(server.seen('server/discover')).toHaveLength(1);
  });

  it('is done again after some hours, so that an upgraded upstream is noticed', async () => {
    const { server, upstream, clock, reports } = await startHttpRig({
      setting: 'auto',
      limits: { eraKnownMs: 3_600_000 },
    });
    server.on('server/discover', (_request, reply) => reply.status(404));
    resultText(await upstream.call(callOf()));
    server.on('server/discover', undefined);
    clock.advance(3_599_999);
    resultText(await upstream.call(callOf()));
    expect(upstream.status().era).toBe('legacy');
    clock.advance(1);
    resultText(await upstream.call(callOf()));
    expect(upstream.status().era).toBe('modern');
    expect(reports).toContain('the upstream is modern now');
  });

  it('keeps the old verdict where asking again brings no evidence', async () => {
    const { server, upstream, clock } = await startHttpRig({ setting: 'auto', limits: { eraKnownMs: 1_000 } });
    resultText(await upstream.call(callOf()));
    server.on('server/discover', (_request, reply) => reply.status(503));
    clock.advance(1_000);
    resultText(await upstream.call(callOf()));
    resultText(await upstream.call(callOf()));
    expect(upstream.status().era).toBe('modern');
    expect(server.seen('server/discover')).toHaveLength(2);
  });

  it('is done again when a modern upstream stops speaking so', async () => {
    const { server, upstream } = await startHttpRig({ setting: 'auto' });
    resultText(await upstream.call(callOf()));
    const downgraded: Script = (request, reply) =>
      request.headers.has('mcp-method') ? reply.status(400) : reply.result({ content: [] });
    server.on('tools/call', downgraded);
    server.on('server/discover', (_request, reply) => reply.status(400));
    expect(faultOf(await upstream.call(callOf()))).toMatchObject({ kind: 'invalid-answer', dispatched: true });
    expect(resultText(await upstream.call(callOf()))).toBe('{"content":[]}');
    expect(upstream.status().era).toBe('legacy');
  });

  it('is done again when a legacy upstream refuses the handshake', async () => {
    const { server, upstream } = await startHttpRig({ setting: 'auto' });
    server.on('server/discover', (_request, reply) => reply.status(404));
    server.on('initialize', rpcError(400, -32022, { supported: ['2026-07-28'] }));
    expect(faultOf(await upstream.call(callOf()))).toMatchObject({ kind: 'invalid-answer', dispatched: false });
    server.on('server/discover', undefined);
    resultText(await upstream.call(callOf()));
    expect(upstream.status().era).toBe('modern');
  });

  it.each(['legacy', '2026-07-28'] as const)('is left alone where the operator said %s', async (setting) => {
    const { server, upstream } = await startHttpRig({ setting });
    resultText(await upstream.call(callOf()));
    expect(server.seen('server/discover')).toHaveLength(0);
  });
});
