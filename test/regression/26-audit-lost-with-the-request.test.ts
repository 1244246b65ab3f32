import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startWorld, type World } from '../support/evasion-world.ts';

// Row 26, ContextForge #3178: the entry was written in the transaction of the request, and gone when that was rolled back.

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it.each([
  ['before the upstream answers', 'crm__slow_x'],
  ['at once', 'crm__read_x'],
] as const)('a host that is gone %s leaves a decision and an outcome behind', async (_when, name) => {
  await world.newEntries();
  const request = world.request('2026-07-28', { params: { name, arguments: {} } });
  const head = (request.headers ?? []).map((pair) => `${pair.join(': ')}\r\n`).join('');
  const body = String(request.body);
  const callsBefore = world.crm.calls().length;
  const socket = connect(world.gateway.mcpPort, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(`POST /mcp HTTP/1.1\r\nHost: localhost\r\n${head}Content-Length: ${body.length}\r\n\r\n${body}`);
  await expect.poll(() => world.crm.calls().length).toBe(callsBefore + 1);
  socket.destroy();
  const kinds: string[] = [];
  const seenKinds = async (): Promise<readonly string[]> => {
    kinds.push(...(await world.newEntries()).map(({ kind }) => kind));
    return kinds;
  };
  await expect.poll(seenKinds).toEqual(['decision', 'outcome']);
});

it('an upstream that breaks off leaves them as well', async () => {
  world.crm.server?.on('tools/call', (_request, reply) => reply.cut());
  await world.newEntries();
  await world.send(world.request('2026-07-28', { params: { name: 'crm__read_x', arguments: {} } }));
  const entries = await world.newEntries();
  expect(entries).toMatchObject([{ kind: 'decision', decision: 'allow' }, { kind: 'outcome' }]);
  expect(entries[1]?.['outcome']).not.toBe('ok');
});
