import { afterAll, beforeAll, expect, it } from 'vitest';
import { ADMIN_ROUTES } from '../../src/adapters/admin/admin-routes.ts';
import { startWorld, type World } from '../support/evasion-world.ts';

// Row 24, ContextForge ee676553f: a token of an administrator that had been narrowed still opened what administers.

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

/** To ask what a policy would say is a POST, and changes nothing. */
const CHANGES = ADMIN_ROUTES.filter(({ method, path }) => method !== 'GET' && !path.startsWith('/api/policy/')).map(
  ({ method, path }) => [method, path] as const,
);
const fill = (path: string): string => path.replace('{id}', 'tok_AAAAAAAAAAAAAAAAAAAAAA');
const BODIES: ReadonlyMap<string, object> = new Map<string, object>([
  ['/api/tokens', { user: 'x', ttl: '1h' }],
  ['/api/accounts', { user: 'x', password: 'y'.repeat(12), roles: ['viewer'] }],
  ['/api/accounts/{id}/password', { password: 'y'.repeat(12) }],
  ['/api/kill-switch', { scope: { all: true }, reason: 'x' }],
  ['/api/approvals/{id}/edit', { arguments: {} }],
  ['/api/approvals/batch', { decision: 'reject', approvals: [{ id: 'apr_x', argsDigest: 'a'.repeat(64) }] }],
]);
const bodyOf = (path: string): object => BODIES.get(path) ?? {};

it('the first operator may do all of it, so that what follows says something', async () => {
  const statuses = [];
  for (const [method, path] of CHANGES) {
    statuses.push((await world.gateway.admin(method, fill(path), method === 'POST' ? bodyOf(path) : undefined)).status);
  }
  expect(statuses).not.toContain(403);
});

it.each(['viewer', 'auditor'])(
  'the same person with a token that can only look, as %s, may do none of it',
  async (role) => {
    const { token } = await world.gateway.issue({ user: 'operator', plane: 'admin', roles: [role], groups: ['leads'] });
    for (const [method, path] of CHANGES) {
      const body = method === 'POST' ? bodyOf(path) : undefined;
      expect([method, path, (await world.gateway.admin(method, fill(path), body, token)).status]).toEqual([
        method,
        path,
        403,
      ]);
    }
  },
);

it('nor with a token of the other plane, whatever scopes and groups it has', async () => {
  const scopes = ['admin', 'operator', '*'];
  const { token } = await world.gateway.issue({ user: 'operator', groups: ['leads', 'operator', 'admin'], scopes });
  for (const [method, path] of CHANGES) {
    const body = method === 'POST' ? bodyOf(path) : undefined;
    expect([method, path, (await world.gateway.admin(method, fill(path), body, token)).status]).toEqual([
      method,
      path,
      403,
    ]);
  }
});
