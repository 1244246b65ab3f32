import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from '../support/evasion-world.ts';
import { sendRaw } from '../support/raw-http.ts';

// Row 2, CVE-2025-49596 (MCP Inspector): a local proxy without authentication, reached from a page by DNS rebinding or 0.0.0.0.

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

const FOREIGN = [
  ['Host', 'evil.example'],
  ['Host', '0.0.0.0'],
  ['Origin', 'https://evil.example'],
  ['Origin', 'null'],
] as const;

describe.each(FOREIGN)('%s: %s', (name, value) => {
  it.each(['/mcp', '/mcp/crm', '/token/mcp', '/.well-known/oauth-protected-resource'])(
    'is refused at %s of the MCP plane, whatever the credential',
    async (path) => {
      const method = path.startsWith('/.well-known') ? 'GET' : 'POST';
      const headers = [
        [name, value],
        ['Content-Type', 'application/json'],
        ['Authorization', `Bearer ${world.tokens.alice}`],
      ] as const;
      const answer = await sendRaw(world.gateway.mcpPort, { method, path, headers });
      expect(answer.status).toBe(403);
    },
  );

  it.each(['/', '/healthz', '/readyz', '/metrics', '/api/openapi.json', '/api/approvals', '/api/kill-switch'])(
    'is refused at %s of the admin plane, whatever the credential',
    async (path) => {
      const credential = ['Authorization', `Bearer ${world.gateway.operator}`] as const;
      const headers = [[name, value] as const, credential];
      expect((await sendRaw(world.gateway.adminPort, { method: 'GET', path, headers })).status).toBe(403);
    },
  );
});
