import { beforeEach, describe, expect, it } from 'vitest';
import { ADMIN_ROUTES } from '../../../src/adapters/admin/admin-routes.ts';
import { postForm, signIn } from '../../support/console-browser.ts';
import { createFakeAdministration, type FakeAdministration, fakeApproval } from '../../support/fake-administration.ts';
import { createFixedClock, type FixedClock } from '../../support/fixed-clock.ts';
import { type RunningAdminPlane, startAdminPlane } from '../../support/start-admin-plane.ts';

// Sessions of browsers, over raw sockets: what they open, for how long, and what nobody else can do with them.

let clock: FixedClock;
let administration: FakeAdministration;
let plane: RunningAdminPlane;

beforeEach(async () => {
  clock = createFixedClock();
  administration = createFakeAdministration(() => clock.nowMs());
  administration.approvals = [fakeApproval(clock.nowMs())];
  plane = await startAdminPlane({ administration, clock });
});

const MINUTE_MS = 60_000;
const approvalPath = () => `/approvals/${administration.approvals[0]?.id}`;
const changed = () =>
  administration.calls.filter(({ method }) => !/^(list|show|read|verify|export|upstreams)/.test(method));

describe('signing in with a token', () => {
  it('gives a cookie that only this host gets, that no script reads and no other site sends', async () => {
    const { answer } = await signIn(plane, { token: plane.admin('approver'), next: '/history' });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/history']);
    expect(answer.headers.get('set-cookie')).toMatch(
      /^__Host-countersign=[\w-]{44}; Path=\/; Secure; HttpOnly; SameSite=Strict$/,
    );
  });

  it('opens the API as the administrator that the token says, and is recorded', async () => {
    const { cookie } = await signIn(plane, { token: plane.admin('auditor') });
    expect((await plane.ask({ path: '/api/audit', headers: [cookie] })).status).toBe(200);
    expect(administration.calls.at(-1)?.by).toMatchObject({ user: 'olivia', roles: ['auditor'], groups: ['leads'] });
    const [entry] = await plane.store.audit.read({ limit: 1, afterSequence: null });
    expect(entry?.leaf).toContain('"change":"signed-in"');
  });

  it.each([
    ['a token of the MCP plane', () => plane.tokens.issue({}).text],
    ['a revoked one', () => plane.tokens.issue({ plane: 'admin', revokedMs: 1 }).text],
    ['an expired one', () => plane.tokens.issue({ plane: 'admin', expiresMs: 1 }).text],
    ['a wrong one', () => `${plane.admin('operator').slice(0, -1)}X`],
    ['none', () => ''],
    ['a header of their own', () => 'x, Bearer y'],
  ])('is refused with %s, all in the same words', async (_, token) => {
    const answer = await postForm(plane, '/sign-in', { token: token() });
    expect([answer.status, answer.headers.has('set-cookie')]).toEqual([401, false]);
    expect(answer.body).toContain('That did not sign you in.');
  });

  it('is recorded where it is refused, but not by the thousand', async () => {
    for (let n = 0; n < 60; n++) expect((await postForm(plane, '/sign-in', { token: `x${n}` })).status).toBe(401);
    expect(await plane.store.audit.read({ limit: 1000, afterSequence: 0 })).toHaveLength(30);
    expect((await signIn(plane, { token: plane.admin('viewer') })).answer.status).toBe(303);
  });

  it.each([
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '/a/b/c',
    'javascript:alert(1)',
    '/x?"y',
    '/x?//evil.example',
    '',
  ])('leads to no other place than ours: %j', async (next) => {
    const { answer } = await signIn(plane, { token: plane.admin('viewer'), next });
    expect(answer.headers.get('location')).toBe('/');
  });
});

describe('a session', () => {
  it('ends when its token is revoked, and with its roles when they change', async () => {
    const { text, token } = plane.tokens.issue({ plane: 'admin', roles: ['viewer'] });
    const { cookie } = await signIn(plane, { token: text });
    await plane.tokens.revoke(token.id, 1, []);
    clock.advance(6000);
    expect((await plane.ask({ path: '/api/upstreams', headers: [cookie] })).status).toBe(401);
    expect((await plane.ask({ path: '/', headers: [cookie] })).headers.get('location')).toBe('/sign-in?next=%2F');
  });

  it('ends after half an hour without a request, and after twelve hours with them', async () => {
    const ask = (cookie: readonly [string, string]) => plane.ask({ path: '/api/upstreams', headers: [cookie] });
    const idle = await signIn(plane, { token: plane.admin('viewer') });
    clock.advance(29 * MINUTE_MS);
    expect((await ask(idle.cookie)).status).toBe(200);
    clock.advance(31 * MINUTE_MS);
    expect((await ask(idle.cookie)).status).toBe(401);
    const busy = await signIn(plane, { token: plane.admin('viewer') });
    const statuses = [];
    for (let minutes = 0; minutes < 12 * 60 + 20; minutes += 20) {
      statuses.push((await ask(busy.cookie)).status);
      clock.advance(20 * MINUTE_MS);
    }
    expect([statuses.at(-2), statuses.at(-1)]).toEqual([200, 200]);
    expect((await ask(busy.cookie)).status).toBe(401);
  });

  it('is not kept from ending by a page that asks by itself', async () => {
    const { cookie } = await signIn(plane, { token: plane.admin('viewer') });
    const statuses = [];
    for (let minutes = 0; minutes <= 40; minutes += 10) {
      statuses.push((await plane.ask({ path: '/api/upstreams', headers: [cookie, ['X-Background', '1']] })).status);
      clock.advance(10 * MINUTE_MS);
    }
    expect(statuses).toEqual([200, 200, 200, 200, 401]);
  });

  it('ends by signing out, and signing in again ends the one before', async () => {
    const first = await signIn(plane, { token: plane.admin('viewer') });
    const again = await postForm(plane, '/sign-in', { token: plane.admin('viewer') }, [first.origin, first.cookie]);
    expect(again.status).toBe(303);
    expect((await plane.ask({ path: '/api/upstreams', headers: [first.cookie] })).status).toBe(401);
    const second = await signIn(plane, { token: plane.admin('viewer') });
    const out = await postForm(plane, '/sign-out', { csrf: second.csrfToken }, [second.origin, second.cookie]);
    expect(out.headers.get('set-cookie')).toContain('Max-Age=0');
    expect((await plane.ask({ path: '/api/upstreams', headers: [second.cookie] })).status).toBe(401);
  });

  it.each([
    ['made up', (cookie: string) => cookie.replace(/=.{4}/, '=AAAA')],
    ['cut', (cookie: string) => cookie.slice(0, -1)],
    ['under another name', (cookie: string) => cookie.replace('__Host-', '')],
    ['sent twice in one header', (cookie: string) => `${cookie}; ${cookie}`],
  ])('is nothing when its cookie is %s', async (_, change) => {
    const { cookie } = await signIn(plane, { token: plane.admin('viewer') });
    const answer = await plane.ask({ path: '/api/upstreams', headers: [['Cookie', change(cookie[1])]] });
    expect(answer.status).toBe(401);
  });

  it('does not count beside a bearer token that is wrong', async () => {
    const { cookie } = await signIn(plane, { token: plane.admin('viewer') });
    const answer = await plane.ask({ path: '/api/upstreams', headers: [cookie], token: 'guess' });
    expect(answer.status).toBe(401);
  });
});

describe('J19 a change with the cookie of somebody who signed in', () => {
  const CHANGES = ADMIN_ROUTES.filter(({ method }) => method !== 'GET').map(({ method, path }) => ({
    method,
    path: path.replace(/\{\w+\}/, '1'),
  }));
  const all = ['approver', 'operator', 'auditor'] as const;

  it.each(CHANGES)('$method $path needs our own page, its origin and its second secret', async ({ method, path }) => {
    const { cookie, csrf, origin } = await signIn(plane, { token: plane.admin(...all) });
    const other = await signIn(plane, { token: plane.admin(...all) });
    const before = administration.calls.length;
    for (const headers of [
      [cookie],
      [cookie, csrf],
      [cookie, origin],
      [cookie, origin, other.csrf],
      [cookie, origin, ['X-CSRF-Token', ''] as const],
      [cookie, csrf, ['Origin', 'https://evil.example'] as const],
      [cookie, csrf, ['Origin', 'null'] as const],
      [cookie, csrf, origin, ['Sec-Fetch-Site', 'cross-site'] as const],
      [cookie, csrf, origin, ['Sec-Fetch-Site', 'same-site'] as const],
    ]) {
      const json = method === 'POST' ? {} : undefined;
      expect([headers.length, (await plane.ask({ method, path, headers, json })).status]).toEqual([
        headers.length,
        403,
      ]);
    }
    expect(administration.calls.length).toBe(before);
    const good = await plane.ask({
      method,
      path,
      headers: [cookie, csrf, origin],
      json: method === 'POST' ? {} : undefined,
    });
    expect(good.status).not.toBe(403);
  });

  it('by a form of another site, or with a GET, decides nothing', async () => {
    const { cookie, csrfToken, origin } = await signIn(plane, { token: plane.admin('approver') });
    const fields = { decision: 'approve', argsDigest: 'x', csrf: csrfToken };
    for (const [form, headers] of [
      [{ ...fields, csrf: '' }, [cookie, origin]],
      [{ ...fields, csrf: 'x'.repeat(44) }, [cookie, origin]],
      [fields, [cookie]],
      [fields, [cookie, ['Origin', 'https://evil.example']]],
      [fields, [cookie, origin, ['Sec-Fetch-Site', 'cross-site']]],
    ] as const) {
      expect((await postForm(plane, approvalPath(), form, headers)).status).toBe(403);
    }
    await plane.ask({ path: `${approvalPath()}?decision=approve&csrf=${csrfToken}`, headers: [cookie] });
    expect(changed()).toEqual([]);
  });

  it('is read by no other site either', async () => {
    const { cookie } = await signIn(plane, { token: plane.admin('auditor') });
    const answer = await plane.ask({ path: '/api/audit', headers: [cookie, ['Sec-Fetch-Site', 'cross-site']] });
    expect(answer.status).toBe(403);
  });
});

describe('a page without script', () => {
  it('shows long arguments whole, and approves them only for whoever says that they read them', async () => {
    const argumentsShown = JSON.stringify({ text: `${'word '.repeat(200)}and the end` });
    administration.approvals = [fakeApproval(clock.nowMs(), { argumentsShown })];
    const { cookie, csrfToken, origin } = await signIn(plane, { token: plane.admin('approver') });
    const page = await plane.ask({ path: approvalPath(), headers: [cookie] });
    expect(page.body).toContain('word and the end');
    expect(page.body).toContain('name="seen"');
    const argsDigest = administration.approvals[0]?.binding.argsDigest ?? '';
    const fields = { csrf: csrfToken, argsDigest, decision: 'approve' };
    const early = await postForm(plane, approvalPath(), fields, [cookie, origin]);
    expect([early.status, early.body.includes('Read them to their end')]).toEqual([409, true]);
    expect(changed()).toEqual([]);
    await postForm(plane, approvalPath(), { ...fields, seen: '1' }, [cookie, origin]);
    expect(changed().map(({ method }) => method)).toEqual(['approve']);
  });

  it('approves exactly what it showed, and says who was first', async () => {
    const { cookie, csrfToken, origin } = await signIn(plane, { token: plane.admin('approver') });
    const page = await plane.ask({ path: approvalPath(), headers: [cookie] });
    const digest = administration.approvals[0]?.binding.argsDigest ?? '';
    expect(page.body).toContain(`name="argsDigest" value="${digest}"`);
    const fields = { csrf: csrfToken, argsDigest: digest, decision: 'approve', comment: ' fine ' };
    const done = await postForm(plane, approvalPath(), fields, [cookie, origin]);
    expect([done.status, done.headers.get('location')]).toEqual([303, approvalPath()]);
    expect(changed().map(({ method, args }) => [method, ...args.slice(1)])).toEqual([['approve', 'fine', digest]]);
    administration.fault = {
      kind: 'conflict',
      message: 'the request is approved already by bob',
      help: 'A decision is final.',
    };
    const late = await postForm(plane, approvalPath(), fields, [cookie, origin]);
    expect(late.status).toBe(404);
  });

  it('shows text of others as text', async () => {
    const evil = '</pre><script>alert(1)</script><img src=x onerror=alert(1)>"\'&\u202e';
    administration.approvals = [
      fakeApproval(clock.nowMs(), { argumentsShown: JSON.stringify({ evil, [evil]: 1 }), reason: evil, comment: evil }),
    ];
    const { cookie } = await signIn(plane, { token: plane.admin('approver') });
    for (const path of ['/', approvalPath()]) {
      const { body } = await plane.ask({ path, headers: [cookie] });
      expect(body).not.toMatch(/<script>|<img|\u202e/);
    }
    const { body } = await plane.ask({ path: approvalPath(), headers: [cookie] });
    expect(body).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  });

  it('loads itself once more where another site led to it, because the cookie stays at home then', async () => {
    const answer = await plane.ask({ path: approvalPath(), headers: [['Sec-Fetch-Site', 'cross-site']] });
    expect(answer.status).toBe(200);
    expect(answer.body).toContain('<meta http-equiv="refresh" content="0">');
    const again = await plane.ask({ path: approvalPath(), headers: [['Sec-Fetch-Site', 'same-origin']] });
    expect(again.headers.get('location')).toBe(`/sign-in?next=${encodeURIComponent(approvalPath())}`);
  });

  it.each(['/', '/sign-in', '/approvals/x', '/assets/console.js', '/policy'])(
    '%s has the headers that keep others out',
    async (path) => {
      const { cookie } = await signIn(plane, { token: plane.admin('viewer') });
      const { headers } = await plane.ask({ path, headers: [cookie] });
      const csp = headers.get('content-security-policy') ?? '';
      expect(csp).toContain("default-src 'none'");
      expect(csp).toContain("frame-ancestors 'none'");
      expect(csp).not.toMatch(/unsafe|https?:|\*|data:/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(['no-referrer', 'same-origin']).toContain(headers.get('referrer-policy'));
    },
  );

  it.each([
    ['another media type', [['Content-Type', 'application/json']], '{}', 415],
    ['two fields of one name', [['Content-Type', 'application/x-www-form-urlencoded']], 'token=a&token=b', 415],
    ['too much', [['Content-Type', 'application/x-www-form-urlencoded']], `token=${'x'.repeat(20_000)}`, 413],
  ] as const)('takes no form with %s', async (_, headers, body, status) => {
    const answer = await plane.ask({
      method: 'POST',
      path: '/sign-in',
      headers: [['Origin', plane.url], ...headers],
      body,
    });
    expect(answer.status).toBe(status);
  });
});

describe('a one-time link', () => {
  const credential = () => plane.tokens.issue({ plane: 'admin', roles: ['approver'] }).token.id;

  it('is not used up by opening it, and opens one session', async () => {
    const link = plane.sessions.createLink(credential());
    for (let n = 0; n < 3; n++) expect((await plane.ask({ path: `/sign-in?link=${link}` })).status).toBe(200);
    expect((await signIn(plane, { link })).answer.status).toBe(303);
    expect((await signIn(plane, { link })).answer.status).toBe(401);
  });

  it('is over after a quarter of an hour, or when its token is', async () => {
    const late = plane.sessions.createLink(credential());
    clock.advance(15 * MINUTE_MS + 1);
    expect((await signIn(plane, { link: late })).answer.status).toBe(401);
    const { token } = plane.tokens.issue({ plane: 'admin', revokedMs: 1 });
    expect((await signIn(plane, { link: plane.sessions.createLink(token.id) })).answer.status).toBe(401);
  });
});
