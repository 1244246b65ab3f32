import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json/value.ts';
import { encodeHeaderValue } from '../../src/core/mcp/encode-header-value.ts';
import { type ConversingHost, createModernHost, modernParams, openLegacyHost } from '../support/conversing-host.ts';
import { runGateway, type TestGateway } from '../support/run-gateway.ts';
import { startTaskingUpstream, type TaskingUpstream, UPSTREAM_TASK_ID } from '../support/tasking-upstream.ts';

// Tasks of upstreams, in both forms, behind the whole gateway: towards hosts that take tasks, and towards those that do not.

const TASKS = { extensions: { 'io.modelcontextprotocol/tasks': {} } };
const ASKED = { elicitation: { form: {} } };
const ANSWER = { action: 'accept', content: { colour: 'blue' } };

const policy = (upstream: string): string => `
version: 1
upstream: ${upstream}
classes: { read: ['*'] }
rules:
  - { id: read, who: { groups: [staff] }, tools: { class: read }, effect: allow }
`;

async function openListen({ port, token }: { port: number; token: string }, params: JsonObject, declared: JsonObject) {
  const gone = new AbortController();
  const response = await fetch(`http://127.0.0.1:${port}/mcp`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'subscriptions/listen',
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 'l',
      method: 'subscriptions/listen',
      params: modernParams(params, declared),
    }),
    signal: gone.signal,
  });
  return followStream(response, () => gone.abort());
}

function followStream(response: Response, close: () => void) {
  let seen = '';
  const reading = (async () => {
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) seen += chunk;
  })().catch(() => undefined);
  return {
    close,
    ended: reading,
    text: () => seen,
    until: (isThere: (text: string) => boolean) => expect.poll(() => isThere(seen)).toBe(true),
  };
}

describe.each(['modern', 'legacy'] as const)('tasks of a %s upstream', (era) => {
  let upstream: TaskingUpstream;
  let gateway: TestGateway;
  let place: { port: number; token: string };
  let bob: { port: number; token: string };

  beforeAll(async () => {
    upstream = await startTaskingUpstream(era);
    const shop = JSON.stringify({ url: upstream.url, allow: { elicitation: ['form'] }, timeouts: { call: '2s' } });
    gateway = await runGateway({ config: `upstreams:\n  shop: ${shop}\n`, policies: { 'shop.yaml': policy('shop') } });
    const tokenOf = async (user: string) => (await gateway.issue({ user, groups: ['staff'] })).token;
    place = { port: gateway.mcpPort, token: await tokenOf('alice') };
    bob = { port: gateway.mcpPort, token: await tokenOf('bob') };
  });
  afterAll(async () => {
    await gateway.close();
    await upstream.close();
  });

  const modern = (capabilities: JsonObject): ConversingHost => createModernHost({ ...place, capabilities });

  async function ask(host: ConversingHost, method: string, taskId: string, more: JsonObject = {}, who = TASKS) {
    const params = modernParams({ taskId, ...more }, who);
    const { messages } = await host.post(
      { jsonrpc: '2.0', id: 9, method, params },
      { 'mcp-name': encodeHeaderValue(taskId) },
    );
    return messages.at(-1) ?? {};
  }

  async function until(
    host: ConversingHost,
    taskId: string,
    isThere: (task: JsonObject) => boolean,
  ): Promise<JsonObject> {
    for (;;) {
      const { result = {}, error } = await ask(host, 'tasks/get', taskId);
      if (error !== undefined) throw new Error(error.message);
      if (isThere(result)) return result;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  it('are waited for on behalf of hosts that take none', async () => {
    const { answer } = await modern({}).call('shop__quick');
    expect(answer.result).toMatchObject({ content: [{ text: 'built null' }] });
    const legacy = await openLegacyHost({ ...place, capabilities: {} });
    expect((await legacy.call('shop__quick')).answer.result).toMatchObject({ content: [{ text: 'built null' }] });
    expect(JSON.stringify(answer)).not.toContain(UPSTREAM_TASK_ID);
  });

  it('end by the time limit of a call for those, and are cancelled', async () => {
    const before = upstream.seen('tasks/cancel').length;
    const { answer } = await modern({}).call('shop__build');
    expect(answer.result).toMatchObject({ isError: true, structuredContent: { cause: 'timeout', mayHaveRun: true } });
    await expect.poll(() => upstream.seen('tasks/cancel').length).toBe(before + 1);
  });

  it('fail as their calls would', async () => {
    const refused = (await modern({}).call('shop__refuse')).answer;
    expect(refused.result).toMatchObject({ isError: true, structuredContent: { status: 'upstream_error' } });
    expect(JSON.stringify(refused)).not.toContain('their words');
    const dropped = (await modern({}).call('shop__drop')).answer;
    expect(dropped.result).toMatchObject({ isError: true, structuredContent: { cause: 'invalid-answer' } });
  });

  it('become tasks of ours for a host of 2026-07-28 that takes them, of which nobody else learns', async () => {
    const host = modern(TASKS);
    const created = (await host.call('shop__build')).answer.result ?? {};
    expect(created).toMatchObject({ resultType: 'task', status: 'working' });
    const taskId = created['taskId'] as string;
    expect(taskId).toMatch(/^task_[\w-]{22}$/);
    // Longer than a call may take.
    await new Promise((resolve) => setTimeout(resolve, 2200));
    expect((await ask(host, 'tasks/get', taskId)).result).toMatchObject({ status: 'working' });

    const stranger = createModernHost({ ...bob, capabilities: TASKS });
    for (const method of ['tasks/get', 'tasks/cancel', 'tasks/update']) {
      const { error } = await ask(stranger, method, taskId);
      expect(error).toEqual((await ask(stranger, method, 'task_0000000000000000000000')).error);
    }
    expect((await ask(host, 'tasks/get', UPSTREAM_TASK_ID)).error).toMatchObject({ message: 'Unknown task' });

    upstream.finish();
    const ended = await until(host, taskId, ({ status }) => status !== 'working');
    expect(ended).toMatchObject({ status: 'completed', result: { content: [{ text: 'built null' }] } });
    expect(JSON.stringify(ended)).not.toContain(UPSTREAM_TASK_ID);
  });

  it('are cancelled when their host cancels its own', async () => {
    const host = modern(TASKS);
    const taskId = (await host.call('shop__build')).answer.result?.['taskId'] as string;
    const before = upstream.seen('tasks/cancel').length;
    expect((await ask(host, 'tasks/cancel', taskId)).result).toEqual({ resultType: 'complete' });
    await until(host, taskId, ({ status }) => status === 'cancelled');
    expect(upstream.seen('tasks/cancel').length).toBe(before + 1);
  });

  it('ask their host by way of the task, and go on with what it answers', async () => {
    const host = modern({ ...TASKS, ...ASKED });
    const taskId = (await host.call('shop__ask')).answer.result?.['taskId'] as string;
    const who = { ...TASKS, ...ASKED };
    const asking = await until(host, taskId, ({ status }) => status !== 'working');
    expect(asking).toMatchObject({ status: 'input_required' });
    const [key = ''] = Object.keys(asking['inputRequests'] as JsonObject);
    expect(JSON.stringify(asking['inputRequests'])).toContain('[shop] Which colour?');
    await ask(host, 'tasks/update', taskId, { inputResponses: { [key]: ANSWER } }, who);
    const ended = await until(host, taskId, ({ status }) => status === 'completed' || status === 'failed');
    expect(JSON.stringify(ended['result'])).toContain('blue');
  });

  it('are told of to the host that listens, with what they came to, and to nobody else', async () => {
    const host = modern(TASKS);
    const taskId = (await host.call('shop__build')).answer.result?.['taskId'] as string;
    const wish = { notifications: { taskIds: [taskId, 'task_0000000000000000000000'] } };
    const own = await openListen(place, wish, TASKS);
    const foreign = await openListen(bob, wish, TASKS);
    await own.until((text) => text.includes('"status":"working"'));
    expect(own.text()).toContain(`"notifications":{"taskIds":["${taskId}"]}`);
    upstream.finish();
    await own.until((text) => text.includes('built null'));
    expect(own.text()).toMatch(/"method":"notifications\/tasks".*"status":"completed"/);
    expect(foreign.text()).toContain('"notifications":{}');
    expect(foreign.text()).not.toContain('notifications/tasks"');
    const undeclared = await openListen(place, wish, {});
    await undeclared.until((text) => text.includes('-32021'));
    for (const { close } of [own, foreign, undeclared]) close();
  });

  it('become tasks of ours for a host of 2025-11-25 that asks for one, also when they ask', async () => {
    const host = await openLegacyHost({ ...place, capabilities: ASKED });
    const call = async (method: string, params: JsonObject): Promise<JsonObject> => {
      const { messages } = await host.post({ jsonrpc: '2.0', id: method, method, params });
      return (messages.at(-1)?.result ?? { error: messages.at(-1)?.error as never }) as JsonObject;
    };
    const created = await call('tools/call', { name: 'shop__build', arguments: {}, task: { ttl: 60_000 } });
    const { taskId } = created['task'] as { taskId: string };
    expect(taskId).toMatch(/^task_/);
    expect(await call('tasks/get', { taskId })).toMatchObject({ status: 'working' });
    const waiting = call('tasks/result', { taskId });
    upstream.finish();
    expect(await waiting).toMatchObject({
      content: [{ text: 'built null' }],
      _meta: { 'io.modelcontextprotocol/related-task': { taskId } },
    });
    expect(await call('tasks/get', { taskId })).toMatchObject({ status: 'completed' });
    expect(await call('tasks/cancel', { taskId })).toMatchObject({ error: { code: -32602 } });
  });

  it('are told of on the stream of a session of 2025-11-25, without what they came to', async () => {
    const host = await openLegacyHost({ ...place, capabilities: {} });
    const gone = new AbortController();
    const { 'content-type': _type, ...headers } = host.headers;
    const response = await fetch(`http://127.0.0.1:${place.port}/mcp`, { headers, signal: gone.signal });
    const stream = followStream(response, () => gone.abort());
    const params = { name: 'shop__quick', arguments: {}, task: { ttl: 60_000 } };
    await host.post({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
    await stream.until((text) => /"method":"notifications\/tasks\/status".*"status":"completed"/.test(text));
    expect(stream.text()).not.toContain('built null');
    stream.close();
  });
});
