import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json/value.ts';
import { decisionsIn, secretsIn, startWorld, type World } from '../support/evasion-world.ts';
import type { RpcAnswer } from '../support/mcp-request.ts';
import { type RawAnswer, sendRaw } from '../support/raw-http.ts';

// Class B, batches: only revision 2025-03-26 has them. Each message is decided by itself, whatever stands beside it.

let world: World;
let session: string;
beforeAll(async () => {
  world = await startWorld();
  session = await openBatchSession(world.tokens.alice);
});
afterAll(() => world.close());
beforeEach(() => world.newEntries());

const HEADERS = [
  ['Content-Type', 'application/json'],
  ['Accept', 'application/json, text/event-stream'],
] as const;

async function openBatchSession(token: string): Promise<string> {
  const params = { protocolVersion: '2025-03-26', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
  const answer = await sendRaw(world.gateway.mcpPort, {
    headers: [...HEADERS, ['Authorization', `Bearer ${token}`]],
    body: JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params }),
  });
  return answer.headers.get('mcp-session-id') ?? '';
}

interface BatchOptions {
  readonly token?: string;
  readonly session?: string | null;
  readonly version?: string;
}

function sendBatch(messages: readonly JsonObject[], options: BatchOptions = {}): Promise<RawAnswer> {
  const { token = world.tokens.alice, session: own = session, version } = options;
  const headers: (readonly [string, string])[] = [...HEADERS, ['Authorization', `Bearer ${token}`]];
  if (own !== null) headers.push(['Mcp-Session-Id', own]);
  if (version !== undefined) headers.push(['MCP-Protocol-Version', version]);
  const body = JSON.stringify(messages.map((message) => ({ jsonrpc: '2.0', ...message })));
  return sendRaw(world.gateway.mcpPort, { headers, body });
}

const call = (id: number | string, name: string, args: JsonObject = {}): JsonObject => ({
  id,
  method: 'tools/call',
  params: { name, arguments: args },
});

const answersIn = (answer: RawAnswer): readonly RpcAnswer[] => JSON.parse(answer.body) as RpcAnswer[];

describe('a batch in a session of 2025-03-26', () => {
  it('is answered with one answer for each request, in their order, and each is decided by itself', async () => {
    const answer = await sendBatch([
      call('a', 'crm__read_x', { mark: 'first' }),
      call('b', 'crm__delete_x'),
      { method: 'notifications/cancelled', params: { requestId: 'nothing' } },
      call('c', 'crm__export_x'),
      { id: 'd', method: 'tools/list' },
      call('e', 'crm__read_y', { mark: 'last' }),
      call('f', 'crm__update_x', { mark: 'held' }),
    ]);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json']);
    const answers = answersIn(answer);
    expect(answers.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(answers.map(({ error }) => error?.code)).toEqual([
      undefined,
      -32602,
      answers[2]?.error?.code,
      undefined,
      undefined,
      undefined,
    ]);
    expect(JSON.stringify(answers[0]?.result)).toContain('first');
    expect(JSON.stringify(answers[4]?.result)).toContain('last');
    expect(answers[5]?.result).toMatchObject({ structuredContent: { status: 'approval_pending' } });
    // No answer says anything about another one's message.
    expect(JSON.stringify(answers[0])).not.toContain('last');

    const decided = decisionsIn(await world.newEntries());
    expect(decided.map(({ decision, method, tool }) => [decision, method, tool])).toEqual([
      ['allow', 'tools/call', 'read_x'],
      ['deny', 'tools/call', 'delete_x'],
      ['deny', 'tools/call', 'export_x'],
      ['allow', 'tools/list', null],
      ['allow', 'tools/call', 'read_y'],
      ['approve', 'tools/call', 'update_x'],
    ]);
    expect(new Set(decided.map(({ callId }) => callId)).size).toBe(decided.length);
  });

  it('is never passed on as one: the upstream sees messages that came alone', async () => {
    const before = world.crm.bytes().length;
    await sendBatch([call(1, 'crm__read_x', { n: 1 }), call(2, 'crm__read_x', { n: 2 })]);
    const seen = world.crm.bytes().slice(before);
    expect(seen).not.toMatch(/\r\n\r\n\[/);
    expect(world.crm.calls().at(-1)?.text).not.toContain('"n":1');
  });

  it.each([
    ['notifications alone', [{ method: 'notifications/initialized' }, { method: 'notifications/cancelled' }], 202],
    ['a request without an id', [{ method: 'tools/call', params: { name: 'crm__read_x' } }], 400],
    ['an answer that nothing waits for', [{ id: 9, result: {} }], 400],
  ])('of %s has no answers, and says whether it was taken', async (_what, messages, status) => {
    const before = world.crm.calls().length;
    const answer = await sendBatch(messages);
    expect([answer.status, answer.body]).toEqual([status, '']);
    expect(world.crm.calls()).toHaveLength(before);
  });

  it('refuses what would be refused alone, without a word about the rest', async () => {
    const [first, second] = answersIn(
      await sendBatch([{ id: 1, method: 'tools/callMany' }, call(2, 'crm__read_x', { mark: 'fine' })]),
    );
    expect(first?.error).toEqual({ code: -32601, message: 'Method not found' });
    expect(JSON.stringify(second?.result)).toContain('fine');
  });

  it('a message that claims the other era is refused, alone', async () => {
    const meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const claiming = { id: 1, method: 'tools/call', params: { name: 'crm__read_x', _meta: meta } };
    const answers = answersIn(await sendBatch([claiming, call(2, 'crm__read_x')]));
    expect(answers.map(({ error }) => error?.code)).toEqual([-32020, undefined]);
  });
});

describe('no message of a batch is carried out', () => {
  const two = (): readonly JsonObject[] => [call(1, 'crm__read_x'), call(2, 'crm__update_x')];

  it.each<readonly [string, () => readonly JsonObject[], () => BatchOptions | Promise<BatchOptions>, number]>([
    ['without a session', two, () => ({ session: null }), 400],
    [
      'without a session, by a header that names the revision',
      two,
      () => ({ session: null, version: '2025-03-26' }),
      400,
    ],
    ['in a session of another revision', two, () => ({ session: world.session }), 400],
    ['with a header that names another revision', two, () => ({ version: '2025-11-25' }), 400],
    ['with a header of the other era', two, () => ({ version: '2026-07-28' }), 400],
    ['in the session of somebody else', two, () => ({ token: world.tokens.bob }), 404],
    ['in no session that there is', two, () => ({ session: 'session_AAAAAAAAAAAAAAAAAAAAAA' }), 404],
    ['that is empty', () => [], () => ({}), 400],
    ['of 51 messages', () => Array.from({ length: 51 }, (_, id) => call(id, 'crm__read_x')), () => ({}), 400],
    ['with initialize', () => [call(1, 'crm__read_x'), { id: 2, method: 'initialize', params: {} }], () => ({}), 400],
    ['with one id twice', () => [call(1, 'crm__read_x'), call(1, 'crm__read_y')], () => ({}), 400],
    ['with a message in two readings', () => [call(1, 'crm__read_x'), { id: 2, METHOD: 'x' }], () => ({}), 400],
  ])('%s', async (_what, messages, options, status) => {
    const before = world.crm.bytes().length;
    const answer = await sendBatch(messages(), await options());
    expect(answer.status).toBe(status);
    expect((JSON.parse(answer.body) as RpcAnswer).error?.code).toBe(status === 404 ? -31006 : -32600);
    expect(world.crm.bytes()).toHaveLength(before);
    const entries = await world.newEntries();
    expect(entries.map(({ kind }) => kind)).toEqual(['refusal']);
    expect(secretsIn(world, answer.text, JSON.stringify(entries))).toEqual([]);
  });
});

it('a kill switch ends the message of a batch that it covers, and not the one after it', async () => {
  const sent = sendBatch([call(1, 'crm__slow_x'), call(2, 'crm__read_x', { mark: 'goes on' })]);
  await expect.poll(() => world.crm.calls().some(({ tool }) => tool === 'slow_x')).toBe(true);
  const pulled = await world.gateway.admin('POST', '/api/kill-switch', { scope: { tool: 'crm/slow_x' }, reason: 'x' });
  const answers = answersIn(await sent);
  expect(answers.map(({ error }) => error?.code)).toEqual([-31002, undefined]);
  await world.gateway.admin('DELETE', `/api/kill-switch/${pulled.json['id'] as string}`);
});
