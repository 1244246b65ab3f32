import { beforeEach, describe, expect, it } from 'vitest';
import { type SignedIn, signIn } from '../../support/console-browser.ts';
import { createGatewayRig, type GatewayRig, person } from '../../support/gateway-rig.ts';
import { type RunningAdminPlane, startAdminPlane } from '../../support/start-admin-plane.ts';

// A rule that wants to know that it is a person, now; the real use cases behind the real listener.

const POLICY = `
version: 1
upstream: notes
classes: { write: [update] }
rules: [{ id: change, who: { any: true }, tools: [update], effect: approve, approval: { reauthenticate: 5m } }]
`;
const PASSWORD = 'correct horse battery';
let rig: GatewayRig;
let plane: RunningAdminPlane;
let path: string;

beforeEach(async () => {
  rig = await createGatewayRig({ policies: [POLICY], upstreams: { notes: ['update'] } });
  plane = await startAdminPlane(rig);
  const json = { user: 'olivia', password: PASSWORD, roles: ['approver'] };
  await plane.ask({ method: 'POST', path: '/api/accounts', token: plane.admin('operator'), json });
  const asked = await rig.call(person('alice'), 'notes__update', { id: 1 });
  path = `/api/approvals/${asked.structured?.['approvalId'] as string}/approve`;
});

const approveIn = ({ cookie, csrf, origin }: SignedIn) =>
  plane.ask({ method: 'POST', path, headers: [cookie, csrf, origin], json: {} });

describe('a fresh sign-in', () => {
  it('is one with a password, for so long', async () => {
    const session = await signIn(plane, { user: 'olivia', password: PASSWORD });
    rig.clock.advance(5 * 60_000 + 1);
    expect((await approveIn(session)).status).toBe(403);
    expect((await approveIn(await signIn(plane, { user: 'olivia', password: PASSWORD }))).status).toBe(200);
  });

  it('is none with a token, neither sent along nor traded for a session first', async () => {
    const token = plane.admin('approver');
    expect((await plane.ask({ method: 'POST', path, token, json: {} })).status).toBe(403);
    const session = await signIn(plane, { token });
    expect(session.answer.status).toBe(303);
    expect((await approveIn(session)).status).toBe(403);
  });

  it('is not offered with a token where it is asked for', async () => {
    expect((await plane.ask({ path: '/sign-in' })).body).toContain('name="token"');
    expect((await plane.ask({ path: '/sign-in?again=1' })).body).not.toContain('name="token"');
  });
});
