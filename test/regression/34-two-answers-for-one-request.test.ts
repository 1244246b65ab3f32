import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from '../support/evasion-world.ts';
import { eventsOf, parseAnswerBody } from '../support/mcp-request.ts';

// Row 34, agentgateway #2428, #3009 and #2740: a merge that went on after a failure sent two answers for one id, hid that a part was
// missing, and went without a subject token where there was none.

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const answer = (id: unknown, text: string): string =>
  `data: ${JSON.stringify({ jsonrpc: '2.0', id, result: { resultType: 'complete', content: [{ type: 'text', text }] } })}\n\n`;
const failure = (id: unknown): string =>
  `data: ${JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32000, message: 'no' } })}\n\n`;

describe.each(['application/json', 'application/json, text/event-stream'])('a host that accepts %s', (accept) => {
  it.each<[string, (id: unknown) => readonly string[], string | null]>([
    ['two results', (id) => [answer(id, 'first'), answer(id, 'second')], 'first'],
    ['a result and an error', (id) => [answer(id, 'first'), failure(id)], 'first'],
    ['an error and a result', (id) => [failure(id), answer(id, 'second')], null],
    ['the answer of another, then its own', (id) => [answer('other', 'second'), answer(id, 'first')], 'first'],
    ['the answer of another alone', () => [answer('other', 'second')], null],
  ])('gets one answer for one id, of an upstream that sends %s', async (_name, textsOf, wanted) => {
    world.crm.server?.on('tools/call', ({ message }, reply) => reply.events(...textsOf(message?.id)));
    await world.newEntries();
    const headers = [['Accept', accept]] as const;
    const params = { name: 'crm__read_x', arguments: {}, _meta: { progressToken: 'p' } };
    const got = await world.send(world.request('2026-07-28', { id: 'one', params, headers }));
    const isStream = got.headers.get('content-type') === 'text/event-stream';
    const answers = (isStream ? eventsOf(got) : [got.body]).filter((text) => text.includes('"id":"one"'));
    expect(answers).toHaveLength(1);
    const { result } = parseAnswerBody(got);
    if (wanted === null) expect(result).toMatchObject({ isError: true });
    else expect(JSON.stringify(result)).toContain(wanted);
    expect(got.text).not.toContain('second');
    const kinds = (await world.newEntries()).map(({ kind }) => kind);
    expect(kinds).toEqual(['decision', 'outcome']);
    world.crm.beHonest();
  });
});

it('one upstream that fails does not hide another, and its tools are denied as what they are: not available', async () => {
  world.crm.server?.on('tools/list', (_request, reply) => reply.status(500, 'no'));
  const { token } = await world.gateway.issue({ user: 'olga', groups: ['staff'] });
  const list = await world.send(world.request('2026-07-28', { method: 'tools/list', token }));
  const { tools } = parseAnswerBody(list).result as unknown as { tools: readonly { name: string }[] };
  expect(tools.map(({ name }) => name)).toEqual(['countersign__approvals', 'mail__read_x', 'mail__update_x']);
  const call = await world.send(world.request('2026-07-28', { params: { name: 'crm__read_x' }, token }));
  expect(parseAnswerBody(call).result).toMatchObject({ structuredContent: { reason: 'upstream_unavailable' } });
  const { json } = await world.gateway.admin('GET', '/api/upstreams');
  expect(json['upstreams']).toContainEqual(expect.objectContaining({ name: 'crm', state: 'failing' }));
  world.crm.server?.on('tools/list', undefined);
});
