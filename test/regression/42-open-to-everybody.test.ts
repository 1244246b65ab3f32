import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { paceUnknownCaller, startWorld, type World } from '../support/evasion-world.ts';
import { HOSTS } from '../support/host-request.ts';
import { createGatewayDir, startIn } from '../support/run-gateway.ts';

// Row 42, CVE-2026-32211 (Azure DevOps MCP) and the many servers that scanners find: listening for everybody, asking nobody who they are.

describe('a gateway that others can reach', () => {
  it.each([
    'listen: { mcp: "0.0.0.0:0", admin: "127.0.0.1:0" }\n',
    'listen: { mcp: "[::]:0", admin: "127.0.0.1:0" }\n',
    'listen: { mcp: "0.0.0.0:0", admin: "127.0.0.1:0" }\npublicUrl: https://gw.example.com\n',
    'listen: { mcp: "0.0.0.0:0", admin: "127.0.0.1:0" }\nidentity: { tokens: {} }\n',
    'listen: { mcp: "0.0.0.0:0", admin: "127.0.0.1:0" }\npublicUrl: https://gw.example.com\nidentity: { issuers: [] }\n',
    'listen: { mcp: "127.0.0.1:0", admin: "0.0.0.0:0" }\n',
  ])('does not start before somebody has said how people sign in, and under which name: %j', async (lines) => {
    const home = createGatewayDir({ config: 'upstreams: {}\n', policies: {} }, lines);
    await expect(startIn(home)).rejects.toThrow(/is reachable by others/);
    home.remove();
  });
});

describe('a gateway that only this machine can reach', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.close());

  const METHODS = [
    'initialize',
    'ping',
    'server/discover',
    'tools/list',
    'tools/call',
    'resources/list',
    'logging/setLevel',
  ];
  it.each(HOSTS)('asks everybody who they are, whatever they want: %s', async (host) => {
    for (const method of METHODS) {
      await paceUnknownCaller();
      const params = { name: 'crm__read_x', protocolVersion: '2025-11-25', capabilities: {} };
      const answer = await world.send(world.request(host, { method, params, token: null }));
      expect([method, answer.status]).toEqual([method, 401]);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    }
  });
});
