import { afterAll, beforeAll, expect, it } from 'vitest';
import { attack, paceUnknownCaller, refused, startWorld, type World } from '../support/evasion-world.ts';
import { startTestIssuer, type TestIssuer } from '../support/test-issuer.ts';

// Row 36, FastMCP CVE-2025-69196: `resource` was ignored, so that a token for the base URL was good at /mcp. The other two of the row
// are about signing people in on behalf of a host, which the gateway does not do.

let issuer: TestIssuer;
let world: World;
beforeAll(async () => {
  issuer = await startTestIssuer({ nowMs: () => Date.now() });
  const trusted = `{ issuer: "${issuer.url}", algorithms: [ES256], jwksUri: "${issuer.url}/keys" }`;
  world = await startWorld({ config: `identity: { issuers: [${trusted}] }\n` });
});
afterAll(async () => {
  await world.close();
  await issuer.close();
});

it.each([
  ['https://gw.example.com', '/mcp'],
  ['https://gw.example.com/', '/mcp'],
  ['https://gw.example.com/token/mcp', '/token/mcp'],
  ['https://gw.example.com/mcp/crm', '/mcp'],
  ['https://gw.example.com/mcp/crm', '/mcp/mail'],
  ['https://gw.example.com/mcp', '/mcp/crm'],
  ['urn:gateway', '/mcp'],
])('a token for %s is none at %s', async (aud, path) => {
  await paceUnknownCaller();
  const token = await issuer.sign({ aud, groups: ['staff'] });
  const name = /crm|mail/.test(path) ? 'read_x' : 'crm__read_x';
  const seen = await attack(world, '2026-07-28', world.request('2026-07-28', { params: { name }, token, path }));
  expect(seen).toEqual(refused(401, -31004, 'unauthenticated'));
});
