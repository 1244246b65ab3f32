import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json/value.ts';
import { decide, type Deciders, issueDeciders } from '../support/approvals-desk.ts';
import { decisionsIn, startWorld, type World } from '../support/evasion-world.ts';
import { initialize } from '../support/host-request.ts';
import { parseAnswerBody } from '../support/mcp-request.ts';
import { askTask, callAsTask, outcomeOf, TASK_HOSTS, type TaskHost, taskIn } from '../support/task-host.ts';

// Class F, tasks: a result that is fetched later, by whoever knows an id. Over sockets, against the whole gateway.

const MODERN = '2026-07-28';
const LEGACY = '2025-11-25 in a session';

let world: World;
let deciders: Deciders;
let bobSession: string;
beforeAll(async () => {
  world = await startWorld({ config: 'limits: { pendingApprovalsPerPrincipal: 1000 }\n' });
  deciders = await issueDeciders(world);
  bobSession = await initialize(world.gateway.mcpPort, world.tokens.bob);
});
afterAll(() => world.close());

let subject = 0;
beforeEach(() => {
  subject += 1;
});
const dispatched = (): number => world.crm.calls().filter(({ tool }) => tool === 'update_x').length;

async function createTask(host: TaskHost, more: JsonObject = {}): Promise<{ taskId: string; approvalId: string }> {
  const task = taskIn(await callAsTask(world, host, 'crm__update_x', { subject, ...more }));
  expect(task.status).toBe('working');
  const approvalId = /apr_[\w-]{22}/.exec(task.statusMessage)?.[0] ?? '';
  return { taskId: task.taskId, approvalId };
}

const approve = (id: string) => decide(world, id, 'approve', deciders.olivia.token);

describe.each(TASK_HOSTS)('a host of %s', (host) => {
  it('waits by a task for a call that needs a person; it runs when approved, once, and its result is fetched', async () => {
    const before = dispatched();
    const { taskId, approvalId } = await createTask(host);
    expect(taskId).toMatch(/^task_[\w-]{22}$/);
    expect(dispatched()).toBe(before);
    expect((await approve(approvalId)).status).toBe(200);
    const { status, result } = await outcomeOf(world, host, taskId);
    expect(status).toBe('completed');
    expect(JSON.stringify(result['content'])).toContain(`\\"subject\\":${subject}`);
    expect(dispatched()).toBe(before + 1);
    // Asked again, it says the same, and nothing runs.
    expect((await outcomeOf(world, host, taskId)).result).toEqual(result);
    expect(dispatched()).toBe(before + 1);
  });

  it('is told of a rejection by an error in the result, which is a failed task before the extension', async () => {
    const { taskId, approvalId } = await createTask(host);
    await decide(world, approvalId, 'reject', deciders.olivia.token, { comment: 'not now' });
    const { status, result } = await outcomeOf(world, host, taskId);
    expect(status).toBe(host === MODERN ? 'completed' : 'failed');
    expect(result).toMatchObject({ isError: true, structuredContent: { status: 'approval_rejected' } });
  });

  it('withdraws the request by cancelling, and nobody can approve it any more', async () => {
    const before = dispatched();
    const { taskId, approvalId } = await createTask(host);
    const { result } = parseAnswerBody(await askTask(world, host, 'tasks/cancel', taskId));
    if (host === MODERN) expect(result).toEqual({ resultType: 'complete' });
    else expect(result).toMatchObject({ taskId, status: 'cancelled' });
    expect((await approve(approvalId)).status).toBe(409);
    expect(taskIn(await askTask(world, host, 'tasks/get', taskId)).status).toBe('cancelled');
    expect(dispatched()).toBe(before);
  });

  it.each([
    ['bob', (): object => ({ token: world.tokens.bob, ...(host === LEGACY ? { session: bobSession } : {}) })],
    ['alice at the endpoint of the upstream alone', (): object => ({ path: '/mcp/crm' })],
  ])('F07 %s learns of a task no more than of none, in any byte', async (_who, request) => {
    const { taskId } = await createTask(host);
    const methods = ['tasks/get', 'tasks/cancel', host === MODERN ? 'tasks/update' : 'tasks/result'];
    for (const method of methods) {
      const ofTask = await askTask(world, host, method, taskId, request());
      const ofNone = await askTask(world, host, method, 'task_AAAAAAAAAAAAAAAAAAAAAA', request());
      expect([ofTask.status, ofTask.body]).toEqual([ofNone.status, ofNone.body]);
      expect(parseAnswerBody(ofTask).error).toEqual({ code: -32602, message: 'Unknown task' });
    }
    await world.newEntries();
    await askTask(world, host, 'tasks/get', taskId, request());
    const [entry, ...others] = decisionsIn(await world.newEntries());
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ kind: 'decision', decision: 'deny', reasons: ['task_unknown'], method: 'tasks/get' });
    expect(taskIn(await askTask(world, host, 'tasks/get', taskId)).status).toBe('working');
  });

  it('is stopped by a kill switch: nothing is fetched, nothing runs, and what waited is void afterwards', async () => {
    const before = dispatched();
    const { taskId } = await createTask(host);
    const pulled = await world.gateway.admin('POST', '/api/kill-switch', {
      scope: { tool: 'crm/update_x' },
      reason: 'a test',
    });
    const stopped = parseAnswerBody(await askTask(world, host, 'tasks/get', taskId));
    expect(stopped.error?.code).toBe(-31002);
    await world.gateway.admin('DELETE', `/api/kill-switch/${pulled.json['id'] as string}`);
    const { result } = await outcomeOf(world, host, taskId);
    expect(result).toMatchObject({ isError: true, structuredContent: { status: 'approval_void' } });
    expect(dispatched()).toBe(before);
  });

  it.each([
    ['a number', 1],
    ['nothing', ''],
    ['an object', { id: 'task_AAAAAAAAAAAAAAAAAAAAAA' }],
    ['a text of 129 characters', 'x'.repeat(129)],
  ])('has an id that is %s refused', async (_what, taskId) => {
    const text = typeof taskId === 'string' ? taskId : '';
    const headers = host === MODERN && text !== '' ? ([['Mcp-Name', text]] as const) : [];
    const declared = { extensions: { 'io.modelcontextprotocol/tasks': {} } };
    const meta = host === MODERN ? { _meta: { 'io.modelcontextprotocol/clientCapabilities': declared } } : {};
    const answer = await world.send(world.request(host, { method: 'tasks/get', params: { taskId, ...meta }, headers }));
    // Where no header can mirror what the body has, the header check is what refuses it.
    expect([-32602, -32020]).toContain(parseAnswerBody(answer).error?.code);
  });
});

describe('a host of 2026-07-28', () => {
  it('gets no task unless this very request declares them', async () => {
    const { taskId } = await createTask(MODERN);
    const params = { name: 'crm__update_x', arguments: { subject } };
    const { result } = parseAnswerBody(await world.send(world.request(MODERN, { params })));
    expect(result).toMatchObject({ resultType: 'complete', structuredContent: { status: 'approval_pending' } });

    for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel']) {
      const headers = [['Mcp-Name', taskId]] as const;
      const answer = await world.send(world.request(MODERN, { method, params: { taskId }, headers }));
      const requiredCapabilities = { extensions: { 'io.modelcontextprotocol/tasks': {} } };
      expect(answer.status).toBe(400);
      expect(parseAnswerBody(answer).error).toMatchObject({ code: -32021, data: { requiredCapabilities } });
    }
    expect(taskIn(await askTask(world, MODERN, 'tasks/get', taskId)).status).toBe('working');
  });

  it('gets the flat form, with the fields of the extension', async () => {
    const answer = await callAsTask(world, MODERN, 'crm__update_x', { subject });
    const { result } = parseAnswerBody(answer);
    expect(Object.keys(result ?? {}).toSorted()).toEqual([
      'createdAt',
      'lastUpdatedAt',
      'pollIntervalMs',
      'resultType',
      'status',
      'statusMessage',
      'taskId',
      'ttlMs',
    ]);
    expect(result).toMatchObject({ resultType: 'task', status: 'working', pollIntervalMs: 5000 });
  });

  it('must mirror the id in a header, and no other one', async () => {
    const { taskId } = await createTask(MODERN);
    const declared = { extensions: { 'io.modelcontextprotocol/tasks': {} } };
    const params = { taskId, _meta: { 'io.modelcontextprotocol/clientCapabilities': declared } };
    for (const headers of [[], [['Mcp-Name', 'task_AAAAAAAAAAAAAAAAAAAAAA']]] as const) {
      const answer = await world.send(world.request(MODERN, { method: 'tasks/get', params, headers }));
      expect([answer.status, parseAnswerBody(answer).error?.code]).toEqual([400, -32020]);
    }
  });

  it('is acknowledged when it answers what was not asked', async () => {
    const { taskId } = await createTask(MODERN);
    const { result } = parseAnswerBody(await askTask(world, MODERN, 'tasks/update', taskId));
    expect(result).toEqual({ resultType: 'complete' });
  });

  it.each(['tasks/result', 'tasks/list'])('does not know %s', async (method) => {
    const answer = await askTask(world, MODERN, method, 'task_AAAAAAAAAAAAAAAAAAAAAA');
    expect([answer.status, parseAnswerBody(answer).error?.code]).toEqual([404, -32601]);
  });

  it('is told in discovery that there are tasks', async () => {
    const answer = await world.send(world.request(MODERN, { method: 'server/discover' }));
    expect(parseAnswerBody(answer).result?.['capabilities']).toMatchObject({
      extensions: { 'io.modelcontextprotocol/tasks': {} },
    });
  });
});

describe('a host of 2025-11-25', () => {
  it.each(['tasks/get', 'tasks/cancel', 'tasks/result', 'tasks/list'])(
    'has no %s without a session that negotiated it',
    async (method) => {
      const { taskId } = await createTask(LEGACY);
      const answer = await world.send(world.request('2025-11-25', { method, params: { taskId } }));
      expect([answer.status, parseAnswerBody(answer).error?.code]).toEqual([200, -32601]);
    },
  );

  it('gets no task that it did not ask for, nor one without a session', async () => {
    const params = { name: 'crm__update_x', arguments: { subject } };
    for (const [host, asked] of [
      [LEGACY, {}],
      ['2025-11-25', { task: { ttl: 1 } }],
    ] as const) {
      const { result } = parseAnswerBody(await world.send(world.request(host, { params: { ...params, ...asked } })));
      expect(result).toMatchObject({ structuredContent: { status: 'approval_pending' } });
    }
  });

  it('gets a task that is over for a call that waits for nobody, and its result with where it is from', async () => {
    const task = taskIn(await callAsTask(world, LEGACY, 'crm__read_x', { subject }));
    expect(task).toMatchObject({ status: 'completed', pollInterval: 5000 });
    const { result } = parseAnswerBody(await askTask(world, LEGACY, 'tasks/result', task.taskId));
    expect(result).toMatchObject({
      content: [{ type: 'text' }],
      _meta: { 'io.modelcontextprotocol/related-task': { taskId: task.taskId } },
    });
  });

  it('is shown its own tasks alone', async () => {
    const { taskId } = await createTask(LEGACY);
    const list = async (request: object): Promise<readonly unknown[]> => {
      const { result = {} } = parseAnswerBody(await askTask(world, LEGACY, 'tasks/list', '', request));
      return (result['tasks'] as { taskId: string }[]).map((task) => task.taskId);
    };
    expect((await list({}))[0]).toBe(taskId);
    expect(await list({ token: world.tokens.bob, session: bobSession })).toEqual([]);
  });

  it('is shown which tools take tasks, and no other revision is', async () => {
    const taskSupport = async (host: TaskHost): Promise<Record<string, unknown>> => {
      const { result } = parseAnswerBody(await world.send(world.request(host, { method: 'tools/list' })));
      const tools = result?.['tools'] as { name: string; execution?: { taskSupport: string } }[];
      return Object.fromEntries(tools.map(({ name, execution }) => [name, execution?.taskSupport]));
    };
    const legacy = await taskSupport(LEGACY);
    expect([legacy['crm__update_x'], legacy['crm__read_x']]).toEqual(['optional', undefined]);
    expect((await taskSupport(MODERN))['crm__update_x']).toBeUndefined();
  });
});
