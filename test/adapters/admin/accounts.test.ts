import { beforeEach, describe, expect, it } from 'vitest';
import { createScryptPasswords } from '../../../src/adapters/identity/scrypt-passwords.ts';
import { postForm, signIn } from '../../support/console-browser.ts';
import { createGatewayRig, type GatewayRig } from '../../support/gateway-rig.ts';
import { startAdminPlane, type RunningAdminPlane } from '../../support/start-admin-plane.ts';

// Local accounts, with the real use cases behind the real listener.

const PASSWORD = 'correct horse battery';
let rig: GatewayRig;
let plane: RunningAdminPlane;
let operator: string;

beforeEach(async () => {
  rig = await createGatewayRig({ policies: [], upstreams: {} });
  plane = await startAdminPlane(rig);
  operator = plane.admin('operator');
});

const create = (json: object) => plane.ask({ method: 'POST', path: '/api/accounts', token: operator, json });
const account = async (fields: object = {}): Promise<string> => {
  const made = await create({ user: 'Olivia', password: PASSWORD, roles: ['approver'], ...fields });
  expect(made.status).toBe(200);
  return String(made.json['id']);
};
const attempt = (user: string, password: string) => postForm(plane, '/sign-in', { user, password });

describe('a local account', () => {
  it('signs in by its name in any case, with its roles, and its password is nowhere to be read', async () => {
    await account();
    const { cookie } = await signIn(plane, { user: 'olivia', password: PASSWORD });
    expect((await plane.ask({ path: '/api/approvals', headers: [cookie] })).status).toBe(200);
    expect((await plane.ask({ path: '/api/tokens', headers: [cookie] })).status).toBe(403);
    const listed = await plane.ask({ path: '/api/accounts', token: operator });
    expect(listed.body).not.toMatch(/scrypt|horse/);
    const entries = await rig.store.audit.read({ limit: 100, afterSequence: null });
    expect(entries.map(({ leaf }) => leaf).join('')).not.toMatch(/scrypt|horse/);
  });

  it.each([
    ['is there already, in another case', { user: 'OLIVIA', password: PASSWORD, roles: ['viewer'] }, 409],
    ['has a short password', { user: 'bob', password: 'short', roles: ['viewer'] }, 400],
    ['has no role', { user: 'bob', password: PASSWORD, roles: [] }, 400],
    ['has a role that there is not', { user: 'bob', password: PASSWORD, roles: ['admin'] }, 400],
    ['has its name for a password', { user: 'bob.bob.bob.bob', password: 'Bob.Bob.Bob.Bob', roles: ['viewer'] }, 400],
    ['says more than there is', { user: 'bob', password: PASSWORD, roles: ['viewer'], id: 'acct_x' }, 400],
  ])('is not created where it %s', async (_, json, status) => {
    await account();
    expect((await create(json)).status).toBe(status);
  });

  it.each([
    ['a wrong password', 'Olivia', 'wrong horse battery'],
    ['a name that there is not', 'mallory', PASSWORD],
    ['an empty name', '', PASSWORD],
  ])('is refused with %s, in the same words', async (_, user, password) => {
    await account();
    const answer = await attempt(user, password);
    expect(answer.status).toBe(401);
    expect(answer.body).toContain('That did not sign you in.');
  });

  it('is closed to passwords for a while after many wrong ones, in any case of its name, and open again later', async () => {
    await account();
    for (let n = 0; n < 8; n++) await attempt(n % 2 === 0 ? 'olivia' : 'OLIVIA', 'wrong');
    expect((await attempt('Olivia', PASSWORD)).status).toBe(429);
    rig.clock.advance(3 * 60_000);
    expect((await attempt('Olivia', PASSWORD)).status).toBe(303);
  });

  it('is signed out by another password and by its end', async () => {
    const id = await account();
    const opened = await signIn(plane, { user: 'Olivia', password: PASSWORD });
    const path = `/api/accounts/${id}`;
    const open = async ([...cookie]: readonly [string, string]) =>
      (await plane.ask({ path: '/api/approvals', headers: [cookie as [string, string]] })).status;
    expect(await open(opened.cookie)).toBe(200);
    expect((await plane.ask({ method: 'DELETE', path, token: operator })).status).toBe(200);
    rig.clock.advance(6000);
    expect(await open(opened.cookie)).toBe(401);
    expect((await attempt('Olivia', PASSWORD)).status).toBe(401);
    const again = await plane.ask({
      method: 'POST',
      path: `${path}/password`,
      token: operator,
      json: { password: PASSWORD },
    });
    expect(again.status).toBe(409);
  });

  it('is listed with what else the operator says that its owner goes by, to those who may see accounts', async () => {
    rig = await createGatewayRig({ policies: [], upstreams: {}, people: [['OLIVIA', 'o@example.com']] });
    plane = await startAdminPlane(rig);
    operator = plane.admin('operator');
    await account();
    await account({ user: 'oscar' });
    const { json } = await plane.ask({ path: '/api/accounts', token: operator });
    expect(json['accounts']).toMatchObject([
      { user: 'oscar', alsoKnownAs: [] },
      { user: 'Olivia', alsoKnownAs: ['o@example.com'] },
    ]);
  });
});

describe('passwords', () => {
  it('are hashed with a salt of their own and their cost, and compared as Unicode texts', async () => {
    const passwords = createScryptPasswords({ N: 16, r: 8, p: 1 });
    const first = await passwords.hash('caf\u00e9');
    expect(first).toMatch(/^scrypt\$16\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
    expect(await passwords.hash('caf\u00e9')).not.toBe(first);
    expect(await passwords.isPassword(first, 'cafe\u0301')).toBe(true);
    expect(await passwords.isPassword(first, 'cafe')).toBe(false);
    expect(await passwords.isPassword(null, 'cafe')).toBe(false);
    expect(await passwords.isPassword('scrypt$16$8$1$$', 'cafe')).toBe(false);
  });

  it('are turned away where too many are being worked on', async () => {
    const passwords = createScryptPasswords();
    const all = await Promise.all(Array.from({ length: 4 }, () => passwords.isPassword(null, 'x')));
    expect(all).toEqual([false, false, null, null]);
  });
});
