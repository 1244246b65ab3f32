import { afterAll, beforeAll, expect, it } from 'vitest';
import { attack, refused, startWorld, type World } from '../support/evasion-world.ts';
import { HOSTS } from '../support/host-request.ts';

// Row 5, TypeScript SDK #1486: the store of tasks had one key space for all sessions. No task is ever handed out here; should an
// upstream make one, nobody can ask after it, neither its owner nor anybody else.

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it.each(HOSTS)('every task id is answered like one that nobody has: %s', async (host) => {
  world.crm.server?.on('tools/call', ({ message }, reply) => {
    if (message?.params?.['name'] === 'read_y') return reply.result({ resultType: 'task', taskId: 'task-of-alice' });
    return reply.result({ resultType: 'complete', content: [{ type: 'text', text: '{}' }] });
  });
  const task = { ttl: 60_000 };
  const answer = await world.send(world.request(host, { params: { name: 'crm__read_y', arguments: {}, task } }));
  expect(answer.body).not.toContain('task-of-alice');

  const texts = new Set<string>();
  for (const method of ['tasks/get', 'tasks/result', 'tasks/cancel', 'tasks/list', 'tasks/update']) {
    for (const taskId of ['task-of-alice', 'task-of-nobody']) {
      const headers = [['Mcp-Name', taskId]] as const;
      const request = world.request(host, { method, params: { taskId }, headers });
      const seen = await attack(world, host, request);
      expect(seen).toEqual(refused(host === '2026-07-28' ? 404 : 200, -32601, 'method_denied'));
      texts.add((await world.send(request)).body);
    }
  }
  expect(texts.size).toBe(1);
});
