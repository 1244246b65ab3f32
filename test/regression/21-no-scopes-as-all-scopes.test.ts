import { afterAll, beforeAll, expect, it } from 'vitest';
import { attack, refused, startWorld, type World } from '../support/evasion-world.ts';
import { startTestIssuer, type TestIssuer } from '../support/test-issuer.ts';

// Row 21, ContextForge #4737: scopes were not asked of API tokens, and an empty set of them is falsy, so it counted as "no limit".

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

const call = (token: string, name: string) =>
  attack(world, '2026-07-28', world.request('2026-07-28', { params: { name: `crm__${name}` }, token }));

it.each([[], undefined])('a token of the gateway with the scopes %j has none', async (scopes) => {
  const wish = { user: 'nina', groups: ['staff'], ...(scopes === undefined ? {} : { scopes }) };
  const { token } = await world.gateway.issue(wish);
  expect(await call(token, 'export_x')).toEqual(refused(200, 'isError', 'scope_missing'));
});

it.each([undefined, '', []])('an access token with the scopes %j has none', async (scope) => {
  const token = await issuer.sign({ groups: ['staff'], scope });
  expect(await call(token, 'export_x')).toEqual(refused(200, 'isError', 'scope_missing'));
});

it.each([{}, null, false, 0, [''], ' '])('an access token with the scopes %j is none', async (scope) => {
  const token = await issuer.sign({ groups: ['staff'], scope });
  expect(await call(token, 'export_x')).toEqual(refused(401, -31004, 'unauthenticated'));
});

it.each([undefined, []])('an access token with the groups %j is in none', async (groups) => {
  const token = await issuer.sign({ groups, scope: 'crm.export' });
  for (const name of ['read_x', 'export_x']) expect(await call(token, name)).toEqual(refused(200, -32602, 'no_rule'));
});
