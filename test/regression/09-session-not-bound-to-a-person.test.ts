import { afterAll, beforeAll, expect, it } from 'vitest';
import { attack, refused, startWorld, type World } from '../support/evasion-world.ts';
import { initialize } from '../support/host-request.ts';

// Row 9, CVE-2026-33946 (Ruby SDK) and CVE-2025-6515 (oatpp-mcp): a session was whoever knew its id, and the id was a pointer.

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it('the session of one person in the hands of another is none', async () => {
  const host = '2025-11-25 in a session';
  const request = world.request(host, { params: { name: 'crm__read_x' }, token: world.tokens.bob });
  expect(await attack(world, host, request)).toEqual(refused(404, -31006, 'malformed'));
});

it('ids are not near each other', async () => {
  const ids = [];
  for (let round = 0; round < 50; round++) ids.push(await initialize(world.gateway.mcpPort, world.tokens.alice));
  const secrets = ids.map((id) => Buffer.from(id.replace('session_', ''), 'base64url'));
  expect(new Set(secrets.map((bytes) => bytes.length))).toEqual(new Set([16]));
  // Fifty draws of a byte that is even have 45 different values at the least, in all but one of 10^20 runs for all of these.
  for (const at of [0, 5, 10, 14]) expect(new Set(secrets.map((bytes) => bytes[at])).size).toBeGreaterThan(25);
});
