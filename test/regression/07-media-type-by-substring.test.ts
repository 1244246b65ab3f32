import { afterAll, beforeAll, expect, it } from 'vitest';
import { attack, paceUnknownCaller, refused, startWorld, type World } from '../support/evasion-world.ts';

// Row 7, TypeScript SDK #2441: a body counted as JSON when `application/json` stood anywhere in its Content-Type, so that a page could
// send it as a "simple" request, without a preflight.

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it.each([
  'text/plain;x=application/json',
  'text/plain; charset=utf-8; application/json',
  'multipart/form-data; boundary=application/json',
  'application/x-www-form-urlencoded, application/json',
  'xapplication/json',
  'application/json+x',
])('%s is no JSON', async (type) => {
  await paceUnknownCaller();
  const request = world.request('2026-07-28', { params: { name: 'crm__read_x' }, headers: [['Content-Type', type]] });
  expect(await attack(world, '2026-07-28', request)).toEqual(refused(415, -32600, 'malformed'));
});
