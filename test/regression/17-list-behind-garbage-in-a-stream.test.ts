import { afterAll, beforeAll, expect, it } from 'vitest';
import { startWorld, type World } from '../support/evasion-world.ts';
import { parseAnswerBody } from '../support/mcp-request.ts';

// Row 17, toolhive #5304: after one line of an event stream that could not be decoded, all of it was passed on unfiltered.

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const HIDDEN = ['read_hidden', 'delete_x', 'odd_x'];
const result = (id: unknown): string => {
  const tools = ['read_x', ...HIDDEN].map((name) => ({ name, inputSchema: { type: 'object' } }));
  return JSON.stringify({
    jsonrpc: '2.0',
    id,
    result: { resultType: 'complete', ttlMs: 0, cacheScope: 'public', tools },
  });
};

let person = 0;

it.each<[string, (id: unknown) => readonly string[]]>([
  ['garbage', (id) => ['data: {not json\n\n', `data: ${result(id)}\n\n`]],
  ['garbage of many lines', (id) => ['data: {\ndata: ]\ndata: x\n\n'.repeat(50), `data: ${result(id)}\n\n`]],
  [
    'a notification',
    (id) => ['data: {"jsonrpc":"2.0","method":"notifications/message"}\n\n', `data: ${result(id)}\n\n`],
  ],
  ['bytes that are no text', (id) => ['data: \u00ff\u00fe\u0000\n\n', `data: ${result(id)}\n\n`]],
  ['the list of another request', (id) => [`data: ${result('other')}\n\n`, `data: ${result(id)}\n\n`]],
  ['an event of another type', (id) => [`event: list\ndata: ${result(id)}\n\n`, `data: ${result(id)}\n\n`]],
  ['a batch', (id) => [`data: [${result(id)}]\n\n`, `data: ${result(id)}\n\n`]],
  ['nothing, in pieces', (id) => `data: ${result(id)}\n\n`.split('')],
  ['nothing, and more behind it', (id) => [`data: ${result(id)}\n\n`, `data: ${result(id)}\n\n`, 'data: x\n\n']],
  ['nothing, and no end', (id) => [`data: ${result(id)}\n`]],
])('a list behind %s is filtered or not shown', async (_name, textsOf) => {
  world.crm.server?.on('tools/list', ({ message }, reply) => reply.events(...textsOf(message?.id)));
  person += 1;
  const { token } = await world.gateway.issue({ user: `person-${person}`, groups: ['staff'] });
  const answer = await world.send(world.request('2026-07-28', { method: 'tools/list', path: '/mcp/crm', token }));
  const { tools } = parseAnswerBody(answer).result as unknown as { tools: readonly { name: string }[] };
  expect([[], ['read_x']]).toContainEqual(tools.map(({ name }) => name));
  for (const name of HIDDEN) expect(answer.text).not.toContain(name);
});
