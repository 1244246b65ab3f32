import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN_ROUTES } from '../../src/adapters/admin/admin-routes.ts';
import { attack, paceUnknownCaller, refused, startWorld, type World } from '../support/evasion-world.ts';
import { HOSTS } from '../support/host-request.ts';
import { sendRaw } from '../support/raw-http.ts';

// Row 28, mcpproxy-go b9375edb: the agent itself could take a server out of quarantine, through a tool of the proxy.

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

/** `approvals` tells people of their own requests; that it decides nothing is tried with approvals. */
const ACTIONS = ['approve', 'reject', 'kill', 'release', 'token_create', 'unquarantine', 'pins', 'policy'];

it.each(HOSTS)('no tool of the gateway administers anything: %s', async (host) => {
  for (const action of ACTIONS) {
    const { reasons, ...rest } = await attack(
      world,
      host,
      world.request(host, { params: { name: `countersign__${action}` } }),
    );
    expect({ reasons, ...rest }).toEqual(refused(200, -32602, 'class_unclassified'));
  }
});

it.each(HOSTS)('no method does either: %s', async (host) => {
  for (const method of [
    'approvals/approve',
    'admin/kill',
    'gateway/reload',
    'countersign/approve',
    'tools/unquarantine',
  ]) {
    const seen = await attack(world, host, world.request(host, { method }));
    expect(seen).toEqual(refused(host === '2026-07-28' ? 404 : 200, -32601, 'method_denied'));
  }
});

describe('no path of the admin plane is on the MCP plane, and no token of the one opens the other', () => {
  it.each(ADMIN_ROUTES.map(({ method, path }) => [method, path] as const))('%s %s', async (method, path) => {
    const target = path.replace('{id}', 'apr_AAAAAAAAAAAAAAAAAAAAAA').replace('{seq}', '1');
    for (const token of [world.tokens.alice, world.gateway.operator]) {
      await paceUnknownCaller();
      const headers = [['Authorization', `Bearer ${token}`]] as const;
      expect((await sendRaw(world.gateway.mcpPort, { method, path: target, headers })).status).toBe(404);
    }
    // After many of these the plane no longer looks at the token at all.
    expect([403, 429]).toContain((await world.gateway.admin(method, target, undefined, world.tokens.alice)).status);
  });
});
