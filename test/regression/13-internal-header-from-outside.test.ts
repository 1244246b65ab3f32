import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startWorld, type World } from '../support/evasion-world.ts';
import { createGatewayDir, startIn } from '../support/run-gateway.ts';

// Row 13, GHSA-g53w-w6mj-hrpp (Kuadrant mcp-gateway): a header for the gateway's own parts was believed from outside, with a key whose
// default was known to everybody, and could say where a call goes.

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it('no header but Authorization says who asks, and none says where a call goes', async () => {
  const names = [
    'router-key',
    'mcp-init-host',
    'x-mcp-principal',
    'x-mcp-upstream',
    'x-mcp-internal',
    'x-envoy-internal',
  ];
  const secrets = ['secret-api-key', 'true', 'mail', '127.0.0.1:1', world.gateway.operator];
  for (const name of names) {
    for (const value of secrets) {
      await world.newEntries();
      const headers = [[name, value]] as const;
      const answer = await world.send(world.request('2026-07-28', { params: { name: 'crm__read_x' }, headers }));
      expect([name, answer.status]).toEqual([name, 200]);
      const decided = (await world.newEntries()).filter(({ kind }) => kind === 'decision');
      expect(decided).toMatchObject([{ principal: 'alice', upstream: 'crm', tool: 'read_x' }]);
      const without = world.request('2026-07-28', { params: { name: 'crm__read_x' }, token: null, headers });
      expect([name, (await world.send(without)).status]).toEqual([name, 401]);
    }
  }
});

it('no secret of the gateway has a default, and none is the same twice', async () => {
  const other = await startWorld();
  try {
    expect(other.gateway.operator).not.toBe(world.gateway.operator);
    expect(other.gateway.operator).toMatch(/^csa_[A-Za-z0-9_-]{22}_[A-Za-z0-9_-]{44}$/);
    for (const file of ['operator-token', 'keys/arguments-digest.key']) {
      expect(statSync(join(other.gateway.home.dir, 'data', file)).mode & 0o077).toBe(0);
    }
  } finally {
    await other.close();
  }
});

it.each(['adminSecret: secret-api-key', 'admin: { token: admin }', 'identity: { tokens: { secret: x } }'])(
  'a configuration cannot give it one: %s',
  async (line) => {
    const home = createGatewayDir({ config: `upstreams: {}\n${line}\n`, policies: {} });
    await expect(startIn(home)).rejects.toThrow(/no key that is known/);
    home.remove();
  },
);
