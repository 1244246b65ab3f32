import { afterAll, beforeAll, expect, it } from 'vitest';
import { startWorld, type World } from '../support/evasion-world.ts';
import { parseAnswerBody } from '../support/mcp-request.ts';
import type { ReplyOptions } from '../support/scripted-upstream.ts';

// Row 16, toolhive #6092: lists were filtered only where the answer was called exactly `application/json` with status 200 or 202, and
// passed on as they were where it was not.

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const VISIBLE = 'read_x';
const HIDDEN = ['read_hidden', 'delete_x', 'odd_x'];
const list = {
  resultType: 'complete',
  ttlMs: 0,
  cacheScope: 'public',
  tools: [VISIBLE, ...HIDDEN].map((name) => ({ name, inputSchema: { type: 'object' } })),
};

let person = 0;

it.each<[string, ReplyOptions]>([
  ['as it should be', {}],
  ['in capitals', { type: 'Application/JSON' }],
  ['with a charset', { type: 'application/json; charset=utf-8' }],
  ['with a blank before the parameter', { type: 'application/json ;charset' }],
  ['as plain text', { type: 'text/plain' }],
  ['as a page', { type: 'text/html' }],
  ['as JSON of a vendor', { type: 'application/vnd.mcp+json' }],
  ['as a stream, which it is not', { type: 'text/event-stream' }],
  ['with an empty type', { type: '' }],
  ['as created', { status: 201 }],
  ['as accepted', { status: 202 }],
  ['as a part', { status: 206 }],
  ['as not modified', { status: 304 }],
  ['as an error', { status: 500 }],
  ['as moved', { status: 302, headers: { Location: 'http://127.0.0.1:9/' } }],
])('a list that comes %s is filtered or not shown', async (_name, options) => {
  world.crm.server?.on('tools/list', (_request, reply) => reply.result(list, options));
  // Somebody whose list is not known yet.
  person += 1;
  const { token } = await world.gateway.issue({ user: `person-${person}`, groups: ['staff'] });
  const answer = await world.send(world.request('2026-07-28', { method: 'tools/list', path: '/mcp/crm', token }));
  const { tools } = parseAnswerBody(answer).result as unknown as { tools: readonly { name: string }[] };
  expect([[], [VISIBLE]]).toContainEqual(tools.map(({ name }) => name));
  for (const name of HIDDEN) expect(answer.text).not.toContain(name);
});
