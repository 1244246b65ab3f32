import { afterAll, beforeAll, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json/value.ts';
import { CRM_POLICY, startWorld, type World } from '../support/evasion-world.ts';

// Class O: what a host calls a thing is its own choice, and stays in the log for good, where everybody with a role reads it.

// Put together here, so that no scanner of repositories takes this file for a leak.
const TOKEN = `ghp_${'iyxcr1m73849kc0nolx2073atq26maalw6xk'}`;
const PASSWORD = 'Zk29xLq81mPd';

let world: World;
beforeAll(async () => {
  const rules = `  - { id: pages, who: { groups: [staff] }, resources: ['page://**'], effect: allow }
  - { id: vault, who: { groups: [staff] }, resources: ['vault://**'], effect: approve }`;
  world = await startWorld({ policies: { 'crm.yaml': `${CRM_POLICY}${rules}\n` } });
});
afterAll(() => world.close());

it.each<readonly [string, string, JsonObject]>([
  ['a token as the name of a tool', 'tools/call', { name: TOKEN, arguments: {} }],
  ['a token as a tool of an upstream', 'tools/call', { name: `crm__${TOKEN}`, arguments: {} }],
  ['a token as the name of a prompt', 'prompts/get', { name: TOKEN }],
  ['a token as a method', TOKEN, {}],
  ['a token in a URI that nobody has', 'resources/read', { uri: `crm://x?token=${TOKEN}` }],
  ['a token in a URI that may be read', 'resources/read', { uri: `page://x?token=${TOKEN}` }],
  ['a token in a URI that a person must agree to', 'resources/read', { uri: `vault://x?token=${TOKEN}` }],
  ['a password in a URI', 'resources/read', { uri: `https://bob:${PASSWORD}@example.com/x` }],
  [
    'a password in a template',
    'completion/complete',
    {
      ref: { type: 'ref/resource', uri: `postgres://bob:${PASSWORD}@db/{table}` },
      argument: { name: 'table', value: '' },
    },
  ],
])('does not keep %s', async (_what, method, params) => {
  await world.newEntries();
  await world.send(world.request('2026-07-28', { method, params }));
  const entries = JSON.stringify(await world.newEntries());
  expect(entries).toContain('[redacted:');
  expect([entries.includes(TOKEN), entries.includes(PASSWORD)]).toEqual([false, false]);
});

it('nor what a host wants to be told of', async () => {
  await world.newEntries();
  const params = { uri: `page://x?token=${TOKEN}` };
  await world.send(world.request('2025-11-25 in a session', { method: 'resources/subscribe', params }));
  const entries = JSON.stringify(await world.newEntries());
  expect([entries.includes('resources/subscribe'), entries.includes(TOKEN)]).toEqual([true, false]);
});
