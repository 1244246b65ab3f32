import { afterAll, beforeAll, expect, it } from 'vitest';
import { startWorld, type World } from '../support/evasion-world.ts';
import { HOSTS, initialize } from '../support/host-request.ts';
import { parseAnswerBody } from '../support/mcp-request.ts';
import { askTask, callAsTask, TASK_HOSTS, taskIn } from '../support/task-host.ts';

// Row 5, TypeScript SDK #1486: the store of tasks had one key space for all sessions, so that whoever knew or guessed an id had the
// result. Here an id belongs to a person, a client and an endpoint; everybody else is answered as if it were not there.

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it.each(HOSTS)('a task that an upstream hands over is never handed on: %s', async (host) => {
  world.crm.server?.on('tools/call', ({ message }, reply) => {
    if (message?.params?.['name'] === 'read_y') return reply.result({ resultType: 'task', taskId: 'task-of-alice' });
    return reply.result({ resultType: 'complete', content: [{ type: 'text', text: '{}' }] });
  });
  const task = { ttl: 60_000 };
  const answer = await world.send(world.request(host, { params: { name: 'crm__read_y', arguments: {}, task } }));
  expect(answer.body).not.toContain('task-of-alice');
});

it.each(TASK_HOSTS)('a task of alice is not there for bob, in whatever session: %s', async (host) => {
  const task = taskIn(await callAsTask(world, host, 'crm__update_x', { host }));
  const taskId = task.taskId;
  const session = await initialize(world.gateway.mcpPort, world.tokens.bob);
  const bob = { token: world.tokens.bob, ...(host === '2026-07-28' ? {} : { session }) };
  for (const method of ['tasks/get', 'tasks/cancel']) {
    const ofAlice = await askTask(world, host, method, taskId, bob);
    const ofNobody = await askTask(world, host, method, 'task_AAAAAAAAAAAAAAAAAAAAAA', bob);
    expect([ofAlice.status, ofAlice.body]).toEqual([ofNobody.status, ofNobody.body]);
    expect(parseAnswerBody(ofAlice).error).toEqual({ code: -32602, message: 'Unknown task' });
  }
  // With bob's credential, alice's session is not there either.
  if (host !== '2026-07-28') {
    const stolen = await askTask(world, host, 'tasks/get', taskId, { token: world.tokens.bob });
    expect(stolen.status).toBe(404);
  }
  expect(taskIn(await askTask(world, host, 'tasks/get', taskId)).status).toBe('working');
});
