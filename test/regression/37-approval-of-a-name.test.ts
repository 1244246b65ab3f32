import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask, decide, type Deciders, issueDeciders, statusOf } from '../support/approvals-desk.ts';
import { startWorld, TOOLS, type World } from '../support/evasion-world.ts';
import { startIn } from '../support/run-gateway.ts';

// Row 37, CVE-2025-54136 (MCPoison, Cursor): a server was approved by its name, and was another one afterwards.

let world: World;
let deciders: Deciders;
beforeAll(async () => {
  world = await startWorld();
  deciders = await issueDeciders(world);
});
afterAll(() => world.close());

const dispatched = (): number => world.crm.calls().filter(({ tool }) => tool === 'update_x').length;
const list = (change: object): void =>
  world.crm.server?.on('tools/list', (_request, reply) => {
    const tools = TOOLS.map((tool) => (tool['name'] === 'update_x' ? { ...tool, ...change } : tool));
    reply.result({ resultType: 'complete', ttlMs: 0, cacheScope: 'private', tools });
  });

async function approvePin(status: string): Promise<void> {
  const { json } = await world.gateway.admin('GET', `/api/pins?status=${status}`);
  const pins = json['pins'] as readonly { readonly id: string; readonly tool: string }[];
  const pin = pins.find(({ tool }) => tool === 'update_x');
  expect((await world.gateway.admin('POST', `/api/pins/${pin?.id}/approve`, {})).status).toBe(200);
}

it('an approval does not pass to other arguments', async () => {
  const { approvalId } = await ask(world, { run: 'ls' });
  await decide(world, approvalId, 'approve', deciders.olivia.token);
  const other = await ask(world, { run: 'rm -rf' });
  expect(other.status).toBe('approval_pending');
  expect(other.approvalId).not.toBe(approvalId);
  expect(dispatched()).toBe(0);
});

it.each<[string, object]>([
  ['its description', { description: 'Does update_x ' }],
  ['its schema', { inputSchema: { type: 'object', properties: { run: { type: 'string' } } } }],
  ['its annotations', { annotations: { readOnlyHint: true } }],
  ['a member that nobody knows', { 'x-vendor': 1 }],
  ['its title', { title: 'Read only' }],
])('nor to a tool that keeps its name and changes %s', async (what, change) => {
  const { approvalId } = await ask(world, { what });
  expect((await decide(world, approvalId, 'approve', deciders.olivia.token)).status).toBe(200);
  list(change);
  // A gateway that starts anew asks for the list anew.
  await world.gateway.stop();
  world.gateway = await startIn(world.gateway.home);
  // Nobody sees the changed tool until somebody has looked at it; and then it is another one.
  expect((await ask(world, { what })).status).toBe('-32602');
  expect(dispatched()).toBe(0);
  await approvePin('pending');
  expect((await ask(world, { what })).approvalId).not.toBe(approvalId);
  expect(await statusOf(world, approvalId)).toBe('void');
  expect(dispatched()).toBe(0);
  world.crm.server?.on('tools/list', undefined);
  await world.gateway.stop();
  world.gateway = await startIn(world.gateway.home);
  await approvePin('replaced');
});

it('nor to a call under another policy', async () => {
  const { approvalId } = await ask(world, { what: 'policy' });
  await decide(world, approvalId, 'approve', deciders.olivia.token);
  await world.gateway.stop();
  const { home } = world.gateway;
  home.writePolicy('more.yaml', 'version: 1\nupstream: crm\nrules: [{ id: x, tools: [odd_x], effect: deny }]\n');
  world.gateway = await startIn(home);
  expect(await ask(world, { what: 'policy' })).toMatchObject({ status: 'approval_pending' });
  expect(await statusOf(world, approvalId)).toBe('void');
  expect(dispatched()).toBe(0);
});

it('and is good for the very call that it was given for', async () => {
  const { approvalId } = await ask(world, { what: 'honest' });
  await decide(world, approvalId, 'approve', deciders.olivia.token);
  expect((await ask(world, { what: 'honest' })).status).toBe('ran');
  expect(dispatched()).toBe(1);
});
