import { describe, expect, it } from 'vitest';
import type { Reply } from '../../support/scripted-upstream.ts';
import { callOf, faultOf, resultText, startHttpRig } from '../../support/upstream-rig.ts';

describe('legacy sessions', () => {
  it('are never shared by two principals, whatever the order of their calls (G09)', async () => {
    const { server, upstream } = await startHttpRig({ setting: 'legacy', sessions: true });
    const names = Array.from({ length: 60 }, (_, i) => `person-${i % 3}`);
    await Promise.all(
      names.map(async (name) => resultText(await upstream.call(callOf({ argumentsJson: `{"me":"${name}"}` }, name)))),
    );
    expect(server.seen('initialize')).toHaveLength(3);
    const owners = new Map<string, Set<unknown>>();
    for (const { headers, message } of server.seen('tools/call')) {
      const session = headers.get('mcp-session-id') ?? 'none';
      const people = owners.get(session) ?? new Set();
      owners.set(session, people.add(JSON.stringify(message?.params?.['arguments'])));
    }
    expect([...owners.values()].map((people) => people.size)).toEqual([1, 1, 1]);
  });

  it('are opened for each principal also where the upstream keeps none', async () => {
    const { server, upstream } = await startHttpRig({ setting: 'legacy' });
    for (const name of ['alice', 'bob', 'alice']) resultText(await upstream.call(callOf({}, name)));
    expect(server.seen('initialize')).toHaveLength(2);
    expect(server.seen('tools/call').some(({ headers }) => headers.has('mcp-session-id'))).toBe(false);
  });

  it('are opened again when the upstream forgot them, and the call is sent once more', async () => {
    const { server, upstream } = await startHttpRig({ setting: 'legacy', sessions: true });
    resultText(await upstream.call(callOf()));
    server.forgetSessions();
    resultText(await upstream.call(callOf()));
    expect(server.seen('initialize')).toHaveLength(2);
    expect(server.seen('tools/call')).toHaveLength(3);
    expect(server.seen('DELETE')).toHaveLength(0);
  });

  it('are opened again once only, and the call is sent again once only', async () => {
    const { server, upstream } = await startHttpRig({ setting: 'legacy', sessions: true });
    server.on('tools/call', (_request, reply) => reply.status(404));
    expect(faultOf(await upstream.call(callOf()))).toMatchObject({ kind: 'invalid-answer', dispatched: true });
    expect(server.seen('tools/call')).toHaveLength(2);
    expect(server.seen('initialize')).toHaveLength(2);
  });

  it.each([
    ['404 where there is no session', false, 404],
    ['400 in a session', true, 400],
    ['500 in a session', true, 500],
  ])('never lead to a second call after %s', async (_sentence, sessions, status) => {
    const { server, upstream } = await startHttpRig({ setting: 'legacy', sessions });
    server.on('tools/call', (_request, reply) => reply.status(status));
    expect(faultOf(await upstream.call(callOf())).dispatched).toBe(true);
    expect(server.seen('tools/call')).toHaveLength(1);
  });

  it.each(['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'])('settle for revision %s', async (revision) => {
    const { server, upstream } = await startHttpRig({ setting: 'legacy', revision });
    resultText(await upstream.call(callOf()));
    expect(server.seen('tools/call')[0]?.headers.get('mcp-protocol-version')).toBe(revision);
    expect(upstream.status().revision).toBe(revision);
  });

  it.each(['2026-07-28', '2031-01-01', '1.0', ''])('do not settle for revision "%s"', async (revision) => {
    const { server, upstream } = await startHttpRig({ setting: 'legacy', revision });
    expect(faultOf(await upstream.call(callOf()))).toMatchObject({ kind: 'invalid-answer', dispatched: false });
    expect(server.seen('tools/call')).toHaveLength(0);
  });

  it.each([
    ['an error', (reply: Reply) => reply.error(-32603)],
    ['HTTP 401', (reply: Reply) => reply.status(401)],
    ['HTTP 500', (reply: Reply) => reply.status(500)],
  ])('are not opened by %s, and the next call tries again', async (_sentence, answer) => {
    const { server, upstream } = await startHttpRig({ setting: 'legacy' });
    server.on('initialize', (_request, reply) => answer(reply));
    expect(faultOf(await upstream.call(callOf())).dispatched).toBe(false);
    server.on('initialize', undefined);
    resultText(await upstream.call(callOf()));
  });

  it.each<readonly [sentence: string, answer: (reply: Reply) => void]>([
    ['200 and some text', (reply) => reply.status(200, 'ok', { 'Content-Type': 'text/plain' })],
    ['200 and text of no type', (reply) => reply.status(200, 'ok')],
    ['200 and an empty object', (reply) => reply.json({})],
    ['200 and an event stream that does not end', (reply) => void reply.stream()],
    ['204', (reply) => reply.raw('HTTP/1.1 204 No\r\n\r\n')],
  ])('take %s for an answer to a notification', async (_sentence, answer) => {
    const { server, upstream } = await startHttpRig({ setting: 'legacy' });
    server.on('notifications/initialized', (_request, reply) => answer(reply));
    expect(resultText(await upstream.call(callOf()))).toContain('content');
  });

  it('are not opened where the notification is refused', async () => {
    const { server, upstream } = await startHttpRig({ setting: 'legacy' });
    server.on('notifications/initialized', (_request, reply) => reply.status(400));
    expect(faultOf(await upstream.call(callOf()))).toMatchObject({ kind: 'invalid-answer', dispatched: false });
    expect(server.seen('tools/call')).toHaveLength(0);
  });

  it.each([
    ['a blank', 'a b'],
    ['a tab', 'a\tb'],
    ['a letter beyond ASCII', 'sé'],
    ['nothing', ''],
    ['more than 1024 characters', 'x'.repeat(1025)],
  ])('do not take an id with %s', async (_sentence, id) => {
    const { server, upstream } = await startHttpRig({ setting: 'legacy' });
    server.on('initialize', (_request, reply) =>
      reply.result({ protocolVersion: '2025-11-25' }, { headers: { 'Mcp-Session-Id': id } }),
    );
    expect(faultOf(await upstream.call(callOf()))).toMatchObject({ dispatched: false });
  });

  it('are ended on the upstream when they are idle, and opened anew for the next call', async () => {
    const limits = { idleMs: 20, callTimeoutMs: 1_000 };
    const { server, upstream, clock } = await startHttpRig({ setting: 'legacy', sessions: true, limits });
    resultText(await upstream.call(callOf()));
    const session = server.seen('tools/call')[0]?.headers.get('mcp-session-id');
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(server.seen('DELETE')).toHaveLength(0); // a call could still be running in it
    clock.advance(1_000);
    await expect
      .poll(() => server.seen('DELETE').map(({ headers }) => headers.get('mcp-session-id')))
      .toEqual([session]);
    resultText(await upstream.call(callOf()));
    expect(server.seen('initialize')).toHaveLength(2);
  });

  it('are limited in number: the oldest goes, unless it may be in use', async () => {
    const limits = { principalsMax: 2, callTimeoutMs: 1_000 };
    const { server, upstream, clock } = await startHttpRig({ setting: 'legacy', sessions: true, limits });
    for (const name of ['alice', 'bob', 'alice']) resultText(await upstream.call(callOf({}, name)));
    expect(faultOf(await upstream.call(callOf({}, 'carol')))).toMatchObject({ kind: 'overloaded', dispatched: false });
    clock.advance(1_000);
    resultText(await upstream.call(callOf({}, 'carol')));
    const [, bob] = server.seen('tools/call');
    await expect
      .poll(() => server.seen('DELETE').map(({ headers }) => headers.get('mcp-session-id')))
      .toEqual([bob?.headers.get('mcp-session-id')]);
  });

  it('are all ended when the upstream is closed, even if it does not answer', async () => {
    const { server, upstream } = await startHttpRig({
      setting: 'legacy',
      sessions: true,
      limits: { closeTimeoutMs: 50 },
    });
    for (const name of ['alice', 'bob']) resultText(await upstream.call(callOf({}, name)));
    server.on('DELETE', () => undefined);
    await upstream.close();
    expect(server.seen('DELETE')).toHaveLength(2);
    await expect.poll(() => server.openConnections()).toBe(0);
  });
});
