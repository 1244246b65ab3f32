import { beforeEach, describe, expect, it } from 'vitest';
import { ADMIN_ROUTES } from '../../../src/adapters/admin/admin-routes.ts';
import { createFakeAdministration, type FakeAdministration, fakeApproval } from '../../support/fake-administration.ts';
import { createFixedClock, type FixedClock } from '../../support/fixed-clock.ts';
import { type RunningAdminPlane, startAdminPlane } from '../../support/start-admin-plane.ts';

// Every route of the router's own table, tried with every kind of credential.

let clock: FixedClock;
let administration: FakeAdministration;
let plane: RunningAdminPlane;

beforeEach(async () => {
  clock = createFixedClock();
  administration = createFakeAdministration(() => clock.nowMs());
  plane = await startAdminPlane({ administration, clock });
});

const routes = ADMIN_ROUTES.map(({ method, path }) => ({ method, path, concrete: path.replace(/\{\w+\}/, '1') }));
const jwt = `${Buffer.from('{"alg":"ES256","typ":"at+jwt"}').toString('base64url')}.e30.AAAA`;

const credentials: readonly [string, number, () => readonly (readonly [string, string])[]][] = [
  ['no credential', 401, () => []],
  ['an empty one', 401, () => [['Authorization', '']]],
  ['the scheme alone', 401, () => [['Authorization', 'Bearer']]],
  ['a password', 401, () => [['Authorization', 'Basic b2xpdmlhOmFkbWlu']]],
  ['a token of no known form', 401, () => bearer('admin')],
  ['an admin token with a wrong secret', 401, () => bearer(`${plane.admin('operator').slice(0, -1)}X`)],
  ['an admin token that was never issued', 401, () => bearer(plane.admin('operator').replace('csa_0', 'csa_9'))],
  ['an admin token that expired', 401, () => bearer(plane.tokens.issue({ plane: 'admin', expiresMs: 1 }).text)],
  ['an admin token that was revoked', 401, () => bearer(plane.tokens.issue({ plane: 'admin', revokedMs: 1 }).text)],
  ['a token of the MCP plane', 403, () => bearer(plane.tokens.issue({ scopes: ['*'], groups: ['admin'] }).text)],
  ['a token of the MCP plane with roles', 403, () => bearer(plane.tokens.issue({ roles: ['operator'] }).text)],
  ['an access token of an issuer', 403, () => bearer(jwt)],
  ['two credentials', 400, () => [...bearer(plane.admin('operator')), ...bearer('x')]],
  ['a token in a cookie', 401, () => [['Cookie', `token=${plane.admin('operator')}`]]],
  ['a header of somebody in front', 401, () => [['X-Forwarded-User', 'olivia']]],
];

describe.each(credentials)('%s', (_, status, headers) => {
  it.each(routes)(`opens nothing: $method $path is ${status}`, async ({ method, concrete }) => {
    const answer = await plane.ask({
      method,
      path: concrete,
      headers: headers(),
    });
    expect(answer.status).toBe(status);
    expect(administration.calls).toEqual([]);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });
});

describe.each(['access_token', 'ACCESS_TOKEN', 'access%5Ftoken'])('?%s= of an operator', (name) => {
  it.each(routes)('is refused by $method $path, beside a good header and alone', async ({ method, concrete }) => {
    const token = plane.admin('operator');
    const path = `${concrete}?${name}=${token}`;
    for (const headers of [bearer(token), []]) {
      const answer = await plane.ask({ method, path, headers });
      expect([answer.status, answer.body.includes(token)]).toEqual([400, false]);
      expect(answer.body).toContain('an access token has no place in a URL');
    }
    expect(administration.calls).toEqual([]);
  });
});

const goodBodies = new Map<string, unknown>([
  ['/api/approvals/batch', { decision: 'reject', approvals: [{ id: 'apr_0', argsDigest: 'a'.repeat(64) }] }],
  ['/api/approvals/{id}/edit', { arguments: {} }],
  ['/api/kill-switch', { scope: { all: true }, reason: 'test' }],
  ['/api/tokens', { user: 'bob', ttl: '1d' }],
  ['/api/accounts', { user: 'bob', password: 'y'.repeat(12), roles: ['viewer'] }],
  ['/api/policy/explain', { as: 'alice', tool: 'crm/get' }],
  ['/api/policy/simulate', { as: 'alice' }],
  ['/api/accounts/{id}/password', { password: 'y'.repeat(12) }],
]);

describe('an admin token', () => {
  it.each(routes)('opens $method $path as the administrator that its row says', async ({ method, path, concrete }) => {
    administration.approvals = [fakeApproval(clock.nowMs())];
    const json = method === 'POST' ? (goodBodies.get(path) ?? {}) : undefined;
    const answer = await plane.ask({ method, path: concrete, json, token: plane.admin('auditor') });
    expect([200, 404]).toContain(answer.status);
    const route = ADMIN_ROUTES.find((each) => each.method === method && each.path === path);
    // What is not described is not answered, and what is answered is as described.
    if (answer.status === 200 && route?.answers !== 'lines')
      expect(route?.answer.parse(answer.json)).toEqual(answer.json);
    expect(administration.calls).toHaveLength(1);
    expect(administration.calls[0]?.by).toMatchObject({ user: 'olivia', roles: ['auditor'], groups: ['leads'] });
  });

  it('that was revoked a moment ago opens nothing', async () => {
    const { text, token } = plane.tokens.issue({ plane: 'admin' });
    expect((await plane.ask({ path: '/api/upstreams', token: text })).status).toBe(200);
    await plane.tokens.revoke(token.id, 1, []);
    clock.advance(5000);
    expect((await plane.ask({ path: '/api/upstreams', token: text })).status).toBe(401);
  });
});

describe('H25 the answer to a bad credential', () => {
  it('is the same whatever is wrong with it, and repeats nothing', async () => {
    const secret = plane.admin('operator');
    const bad = ['nobody', `${secret.slice(0, -1)}X`, plane.tokens.issue({ plane: 'admin', expiresMs: 1 }).text];
    const answers = await Promise.all(bad.map((token) => plane.ask({ path: '/api/audit', token })));
    const none = await plane.ask({ path: '/api/audit' });
    expect(new Set([...answers, none].map(({ body }) => body)).size).toBe(1);
    expect(none.headers.get('www-authenticate')).toBe('Bearer realm="countersign admin"');
    expect(none.body).not.toContain('csa_');
  });

  it('is 503 where credentials cannot be checked, and nobody is let in', async () => {
    const token = plane.admin('operator');
    plane.tokens.instead = () => Promise.reject(new Error('gone'));
    const answer = await plane.ask({ path: '/api/audit', token });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(administration.calls).toEqual([]);
  });

  it('is 429 after many failures, while good credentials are still let in', async () => {
    const token = plane.admin('operator');
    const statuses: number[] = [];
    for (let n = 0; n < 25; n++) statuses.push((await plane.ask({ path: '/api/audit', token: 'guess' })).status);
    expect(statuses.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 401));
    expect(statuses.slice(20)).toEqual(Array.from({ length: 5 }, () => 429));
    expect((await plane.ask({ path: '/api/audit', token })).status).toBe(200);
    clock.advance(3000);
    expect((await plane.ask({ path: '/api/audit', token: 'guess' })).status).toBe(401);
  });
});

function bearer(token: string): readonly (readonly [string, string])[] {
  return [['Authorization', `Bearer ${token}`]];
}
