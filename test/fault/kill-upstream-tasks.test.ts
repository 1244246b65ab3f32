import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../src/core/json/value.ts';
import { encodeHeaderValue } from '../../src/core/mcp/encode-header-value.ts';
import { createModernHost, modernParams, type WireMessage } from '../support/conversing-host.ts';
import { type GatewayClient, type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts';
import { createGatewayDir, type GatewayDir } from '../support/run-gateway.ts';
import { startTaskingUpstream, type TaskingUpstream } from '../support/tasking-upstream.ts';

// A gateway that is killed while an upstream works on the task that it made of a call. The next one goes on asking, for whoever comes back
// for what became of it; the call is sent once.

// Each case starts several processes, which a busy machine takes its time for.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const TASKS: JsonObject = { extensions: { 'io.modelcontextprotocol/tasks': {} }, elicitation: { form: {} } };
const ANSWER = { action: 'accept', content: { colour: 'blue' } };
const POLICIES = {
  'shop.yaml': `
version: 1
upstream: shop
classes: { read: ['*'] }
rules: [{ id: read, who: { any: true }, tools: { class: read }, effect: allow }]
`,
  'works.yaml': `
version: 1
upstream: works
classes: { write: ['*'] }
rules: [{ id: write, who: { any: true }, tools: { class: write }, effect: approve }]
`,
};

let home: GatewayDir;
let upstream: TaskingUpstream;
let running: GatewayProcess;
let gateway: GatewayClient;
let token: string;
afterEach(async () => {
  await running.stop('SIGKILL');
  await upstream.close();
  home.remove();
});

async function open(era: 'legacy' | 'modern', sessions = false): Promise<void> {
  upstream = await startTaskingUpstream(era, sessions);
  const site = `{ url: '${upstream.url}', era: ${era}, allow: { elicitation: [form] } }`;
  home = createGatewayDir({
    config: `environment: test\nenvironments: { test: { approvals: { hold: 100ms } } }\nupstreams: { shop: ${site}, works: ${site} }\n`,
    policies: POLICIES,
  });
  await start();
  token = (await gateway.issue({ user: 'alice' })).token;
}

async function start(): Promise<void> {
  running = startGatewayProcess(home);
  gateway = await running.ready();
}

async function restart(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  await running.stop(signal);
  await start();
}

async function send(method: string, params: JsonObject, capabilities: JsonObject = TASKS): Promise<WireMessage> {
  const host = createModernHost({ port: gateway.mcpPort, token, capabilities });
  const message = { jsonrpc: '2.0', id: 1, method, params: modernParams(params, capabilities) };
  const name = typeof params['taskId'] === 'string' ? { 'mcp-name': encodeHeaderValue(params['taskId']) } : {};
  return (await host.post(message, name)).messages.at(-1) ?? {};
}

const call = (name: string, capabilities?: JsonObject) => send('tools/call', { name, arguments: {} }, capabilities);
const get = async (taskId: string): Promise<JsonObject> => (await send('tasks/get', { taskId })).result ?? {};

async function created(name: string): Promise<string> {
  const { result } = await call(name);
  expect(result).toMatchObject({ resultType: 'task', status: 'working' });
  return result?.['taskId'] as string;
}

async function until(taskId: string, status: string): Promise<JsonObject> {
  for (;;) {
    const task = await get(taskId);
    if (task['status'] === status) return task;
    expect(task).toMatchObject({ status: 'working' });
    await sleep(50);
  }
}

async function approve(id: string): Promise<void> {
  const { token: olivia } = await gateway.issue({ user: 'olivia', plane: 'admin', roles: ['approver'] });
  expect((await gateway.admin('POST', `/api/approvals/${id}/approve`, {}, olivia)).status).toBe(200);
}

const statusOf = async (id: string): Promise<unknown> =>
  (await gateway.admin('GET', `/api/approvals/${id}`)).json['status'];

async function outcomes(): Promise<readonly unknown[]> {
  const entries = (await gateway.entriesAfter(0)) as unknown as readonly JsonObject[];
  return entries.filter(({ kind }) => kind === 'outcome').map(({ outcome }) => outcome);
}

const asked = (method: string): number => upstream.seen(method).length;
const SLOW_MACHINE = { timeout: 60_000 };

describe.each(['modern', 'legacy'] as const)('the task of a %s upstream without sessions', (era) => {
  it('is asked for by the next process, for the host that comes back to a task of ours', async () => {
    await open(era);
    const taskId = await created('shop__build');
    await restart();
    expect(await get(taskId)).toMatchObject({ status: 'working' });
    await restart();
    await until(taskId, 'working');
    upstream.finish();
    expect(JSON.stringify(await until(taskId, 'completed'))).toContain('built null');
    expect([asked('tools/call'), await outcomes()]).toEqual([1, ['ok']]);
    await restart();
    expect(JSON.stringify(await get(taskId))).toContain('built null');
  });

  it('is asked for by the next process, for an approved call that is sent again', async () => {
    await open(era);
    const pending = (await call('works__build', {})).result?.['structuredContent'] as
      | { approvalId?: string }
      | undefined;
    const id = pending?.approvalId ?? '';
    await approve(id);
    const cutOff = call('works__build', {}).catch(() => 'cut off');
    await expect.poll(() => asked('tasks/get'), SLOW_MACHINE).toBeGreaterThan(0);
    await restart();
    expect([await cutOff, await statusOf(id)]).toEqual(['cut off', 'executing']);
    upstream.finish();
    expect(JSON.stringify((await call('works__build', {})).result)).toContain('built null');
    expect(JSON.stringify((await call('works__build', {})).result)).toContain('built null');
    expect([asked('tools/call'), await outcomes(), await statusOf(id)]).toEqual([1, ['ok'], 'executed']);
  });

  it('comes to an outcome that is unknown where the upstream does not know it any more', async () => {
    await open(era);
    const taskId = await created('shop__build');
    upstream.on('tasks/get', (_request, reply) => reply.error(-32602, 'no such task'));
    upstream.on('tasks/result', (_request, reply) => reply.error(-32602, 'no such task'));
    await restart();
    expect(JSON.stringify(await until(taskId, 'completed'))).toContain('outcome_unknown');
    expect([asked('tools/call'), await outcomes()]).toEqual([1, ['unknown']]);
  });
});

describe('the task of a modern upstream', () => {
  it('is asked for by the next process, behind a task of ours that waited for an approval', async () => {
    await open('modern');
    const { result } = await call('works__build');
    const { taskId, statusMessage } = result as { taskId: string; statusMessage: string };
    const id = /apr_[\w-]{22}/.exec(statusMessage)?.[0] ?? '';
    await approve(id);
    await get(taskId);
    await expect.poll(() => asked('tasks/get'), SLOW_MACHINE).toBeGreaterThan(0);
    await restart();
    expect(await statusOf(id)).toBe('executing');
    expect(await get(taskId)).toMatchObject({ status: 'working' });
    upstream.finish();
    expect(JSON.stringify(await until(taskId, 'completed'))).toContain('built null');
    expect([asked('tools/call'), await outcomes(), await statusOf(id)]).toEqual([1, ['ok'], 'executed']);
  });

  it('is left alone by a gateway that is told to stop, and asked for by the next one', async () => {
    await open('modern');
    const taskId = await created('shop__build');
    await restart('SIGTERM');
    upstream.finish();
    expect(JSON.stringify(await until(taskId, 'completed'))).toContain('built null');
    expect([asked('tools/call'), asked('tasks/cancel'), await outcomes()]).toEqual([1, 0, ['ok']]);
  });

  it('still asks its host, by way of a task of ours', async () => {
    await open('modern');
    const taskId = await created('shop__ask');
    await until(taskId, 'input_required');
    await restart();
    const [key = ''] = Object.keys((await until(taskId, 'input_required'))['inputRequests'] as JsonObject);
    await send('tasks/update', { taskId, inputResponses: { [key]: ANSWER } });
    expect(JSON.stringify(await until(taskId, 'completed'))).toContain('blue');
    expect([asked('tools/call'), await outcomes()]).toEqual([1, ['ok']]);
  });

  it('is nobody else’s, and is over once a kill switch covered it', async () => {
    await open('modern');
    const taskId = await created('shop__build');
    await restart();
    const own = token;
    token = (await gateway.issue({ user: 'bob' })).token;
    expect((await send('tasks/get', { taskId })).error).toMatchObject({ message: 'Unknown task' });
    token = own;
    const before = asked('tasks/get');
    const pulled = await gateway.admin('POST', '/api/kill-switch', { scope: { upstream: 'shop' }, reason: 'drill' });
    await gateway.admin('DELETE', `/api/kill-switch/${String(pulled.json['id'])}`);
    upstream.finish();
    expect(JSON.stringify(await get(taskId))).toContain('outcome_unknown');
    expect([asked('tasks/get'), await outcomes()]).toEqual([before, ['killed']]);
  });

  it('can be given up by its host', async () => {
    await open('modern');
    const taskId = await created('shop__build');
    await restart();
    await send('tasks/cancel', { taskId });
    await until(taskId, 'cancelled');
    await expect.poll(() => asked('tasks/cancel'), SLOW_MACHINE).toBe(1);
    expect(await outcomes()).toEqual(['aborted']);
  });
});

it('the task of an upstream with sessions is not asked for: another session could have one of the same id', async () => {
  await open('legacy', true);
  const taskId = await created('shop__build');
  const before = asked('tasks/get');
  await restart();
  expect(JSON.stringify(await get(taskId))).toContain('outcome_unknown');
  expect([asked('tasks/get'), await outcomes()]).toEqual([before, ['unknown']]);
});
