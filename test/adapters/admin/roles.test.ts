import { describe, expect, it } from 'vitest';
import { ADMIN_ROUTES } from '../../../src/adapters/admin/admin-routes.ts';
import type { AdminRole } from '../../../src/core/identity/principal.ts';
import { createGatewayRig } from '../../support/gateway-rig.ts';
import { startAdminPlane } from '../../support/start-admin-plane.ts';

// The real use cases over a real store, behind the real listener: which role opens which route.

const EVERYBODY: readonly AdminRole[] = ['approver', 'operator', 'auditor', 'viewer'];
const OPENS: Readonly<Record<string, readonly AdminRole[]>> = {
  'GET /api/approvals': EVERYBODY,
  'GET /api/approvals/{id}': EVERYBODY,
  'POST /api/approvals/{id}/approve': ['approver'],
  'POST /api/approvals/{id}/reject': ['approver'],
  'POST /api/approvals/{id}/edit': ['approver'],
  'POST /api/approvals/batch': ['approver'],
  'GET /api/approvals/figures': ['operator', 'approver', 'auditor'],
  'GET /api/holds': ['operator', 'auditor', 'viewer'],
  'GET /api/kill-switch': EVERYBODY,
  'POST /api/kill-switch': ['operator'],
  'DELETE /api/kill-switch/{id}': ['operator'],
  'GET /api/audit': EVERYBODY,
  'GET /api/audit/export': ['auditor'],
  'GET /api/audit/verify': EVERYBODY,
  'GET /api/audit/{seq}': EVERYBODY,
  'GET /api/tokens': ['operator', 'auditor'],
  'POST /api/tokens': ['operator'],
  'DELETE /api/tokens/{id}': ['operator'],
  'GET /api/accounts': ['operator', 'auditor'],
  'POST /api/accounts': ['operator'],
  'POST /api/accounts/{id}/password': ['operator'],
  'DELETE /api/accounts/{id}': ['operator'],
  'GET /api/upstreams': EVERYBODY,
  'GET /api/upstreams/{name}/tools': ['approver', 'operator', 'auditor'],
  'GET /api/policy': EVERYBODY,
  'GET /api/policy/shadow': EVERYBODY,
  'POST /api/policy/explain': ['approver', 'operator', 'auditor'],
  'POST /api/policy/simulate': ['approver', 'operator', 'auditor'],
  'GET /api/pins': ['approver', 'operator', 'auditor'],
  'GET /api/pins/{id}': ['approver', 'operator', 'auditor'],
  'POST /api/pins/{id}/approve': ['operator'],
  'POST /api/pins/{id}/reject': ['operator'],
};
const BODIES: Readonly<Record<string, unknown>> = {
  'POST /api/approvals/batch': {
    decision: 'reject',
    approvals: [{ id: 'apr_0000000000000000000000', argsDigest: 'a'.repeat(64) }],
  },
  'POST /api/approvals/{id}/edit': { arguments: {} },
  'POST /api/kill-switch': { scope: { client: 'nobody' }, reason: 'test' },
  'POST /api/tokens': { user: 'bob', ttl: '1d' },
  'POST /api/policy/explain': { as: 'alice', tool: 'crm/get' },
  'POST /api/policy/simulate': { as: 'alice' },
  'POST /api/accounts': { user: 'bob', password: 'y'.repeat(12), roles: ['viewer'] },
  'POST /api/accounts/{id}/password': { password: 'y'.repeat(12) },
};

describe('bugs 14 and 24: a credential opens what its roles open, and nothing else', () => {
  it.each([...EVERYBODY.map((role) => [role]), [], EVERYBODY])('with the roles %j', async (...roles) => {
    const rig = await createGatewayRig({ policies: [], upstreams: {} });
    const plane = await startAdminPlane(rig);
    const token = plane.admin(...(roles.flat() as AdminRole[]));
    const opened: string[] = [];
    for (const { method, path } of ADMIN_ROUTES) {
      const json = method === 'POST' ? (BODIES[`${method} ${path}`] ?? {}) : undefined;
      const { status } = await plane.ask({ method, path: path.replace(/\{\w+\}/, '999'), json, token });
      expect([method, path, [200, 403, 404].includes(status)]).toEqual([method, path, true]);
      if (status !== 403) opened.push(`${method} ${path}`);
    }
    const expected = Object.keys(OPENS).filter((route) => OPENS[route]?.some((role) => roles.flat().includes(role)));
    expect(opened.toSorted()).toEqual(expected.toSorted());
  });

  it('has every route in the table above', () => {
    expect(Object.keys(OPENS).toSorted()).toEqual(
      ADMIN_ROUTES.map(({ method, path }) => `${method} ${path}`).toSorted(),
    );
  });
});
