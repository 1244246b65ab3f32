import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type CookieBrowser, createCookieBrowser, type Visit } from '../support/cookie-browser.ts';
import { type OpenidWorld, startOpenidWorld } from '../support/openid-world.ts';

// Signing in to the console through a real OpenID provider by others (oidc-provider), over real sockets.

let world: OpenidWorld;
let browser: CookieBrowser;

beforeAll(async () => {
  world = await startOpenidWorld();
});
afterAll(() => world.close());
beforeEach(() => {
  browser = createCookieBrowser();
  world.person = 'olivia';
  world.people.set('olivia', { name: 'Olivia', groups: ['leads', 'staff'] });
  world.people.set('anna', { name: 'Anna' });
  world.people.set('eve', { name: 'Eve', groups: ['visitors'] });
});

const signIn = (more: Readonly<Record<string, string>> = {}, by = browser): Promise<Visit> =>
  by.post(`${world.adminUrl}/sign-in/oidc`, { next: '/history', ...more });
const rolesOf = ({ body }: Visit): string | undefined => /data-roles="([^"]*)"/.exec(body)?.[1];
const newest = async (kind: string) =>
  (await world.gateway.entriesAfter(0)).filter((entry) => entry.kind === kind).at(-1);

describe('somebody whom the provider vouches for', () => {
  it('finds the way from the sign-in page, and ends where they wanted to go', async () => {
    const page = await browser.get(`${world.adminUrl}/history`);
    expect(page.url).toBe(`${world.adminUrl}/sign-in?next=%2Fhistory`);
    expect(page.body).toContain(`Continue with ${new URL(world.issuer).host}`);
    const there = await signIn();
    expect([there.status, there.url]).toEqual([200, `${world.adminUrl}/history`]);
    expect(there.body).toContain(`data-user="${world.issuer}#olivia"`);
    expect(rolesOf(there)).toBe('approver');
    expect(await newest('sign-in')).toMatchObject({
      change: 'signed-in',
      method: 'oidc',
      user: `${world.issuer}#olivia`,
      credentialId: expect.stringMatching(/^acct_[\w-]{22}$/) as string,
    });
  });

  it('is asked for with PKCE, state and nonce, and comes back to the exact address', async () => {
    const { way } = await signIn();
    const asked = new URL(way[1] ?? '');
    expect(Object.fromEntries(asked.searchParams)).toMatchObject({
      client_id: 'countersign',
      response_type: 'code',
      redirect_uri: `${world.adminUrl}/oidc/callback`,
      scope: 'openid profile email groups',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/) as string,
      state: expect.stringMatching(/^[\w-]{43}$/) as string,
      nonce: expect.stringMatching(/^[\w-]{43}$/) as string,
    });
  });

  it('has the roles that the operator gave a group, or them by name, as of their last sign-in', async () => {
    expect(rolesOf(await signIn())).toBe('approver');
    world.people.set('olivia', { groups: ['platform'] });
    expect(rolesOf(await signIn({}, createCookieBrowser()))).toBe('operator');
    expect(await newest('account')).toMatchObject({ change: 'rights-set', roles: ['operator'], by: world.issuer });
    // The other browser is the same person, and has lost the former rights as well.
    expect(rolesOf(await browser.get(`${world.adminUrl}/history`))).toBe('operator');
    world.person = 'anna';
    expect(rolesOf(await signIn({}, createCookieBrowser()))).toBe('auditor');
  });

  it('does not come in without a role', async () => {
    world.person = 'eve';
    const refused = await signIn();
    expect(refused.status).toBe(403);
    expect(refused.body).toContain('you hold no role in this console');
    expect(browser.cookies(world.adminUrl)).toBe('');
    expect(await newest('sign-in')).toMatchObject({ change: 'refused', method: 'oidc', user: null });
  });

  it('loses what they had with their last role, in every browser', async () => {
    expect(rolesOf(await signIn())).toBe('approver');
    world.people.set('olivia', { groups: ['visitors'] });
    expect((await signIn({}, createCookieBrowser())).status).toBe(403);
    expect(await newest('account')).toMatchObject({ change: 'rights-set', roles: [], by: world.issuer });
    expect(rolesOf(await browser.get(`${world.adminUrl}/history`))).toBe('');
    const headers = { cookie: browser.cookies(world.adminUrl) };
    expect((await fetch(`${world.adminUrl}/api/approvals`, { headers })).status).toBe(403);
  });

  it('is told of nothing more on a stream that was open when they lost their last role', async () => {
    await signIn();
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const stream = await fetch(`${world.adminUrl}/api/events`, {
      headers: { cookie: browser.cookies(world.adminUrl) },
    });
    expect(stream.status).toBe(200);
    const told = stream.text();
    world.people.set('olivia', { groups: ['visitors'] });
    expect((await signIn({}, createCookieBrowser())).status).toBe(403);
    vi.advanceTimersByTime(10_000);
    expect(await told).toContain('event: start');
  });

  it('does not come in when they turn back', async () => {
    world.person = null;
    expect((await signIn()).status).toBe(401);
    expect(browser.cookies(world.adminUrl)).toBe('');
  });

  it('signs out, and the provider is asked again then', async () => {
    const { body } = await signIn();
    const csrf = /data-csrf="([^"]*)"/.exec(body)?.[1] ?? '';
    expect((await browser.post(`${world.adminUrl}/sign-out`, { csrf })).url).toBe(`${world.adminUrl}/sign-in`);
    expect((await browser.get(`${world.adminUrl}/history`)).url).toContain('/sign-in');
  });

  it('is out when an operator ends their account, and stays out', async () => {
    world.person = 'mona';
    world.people.set('mona', { groups: ['leads'] });
    await signIn();
    const { json } = await world.gateway.admin('GET', '/api/accounts');
    const accounts = json['accounts'] as readonly { id: string; subject: string }[];
    const account = accounts.find(({ subject }) => subject === `${world.issuer}#mona`);
    expect((await world.gateway.admin('DELETE', `/api/accounts/${account?.id}`)).status).toBe(200);
    expect((await browser.get(`${world.adminUrl}/history`)).url).toContain('/sign-in');
    const again = await signIn();
    expect([again.status, again.body.includes('An operator ended your account here.')]).toEqual([403, true]);
  });

  it('gets no password, and none signs in as them', async () => {
    await signIn();
    const { json } = await world.gateway.admin('GET', '/api/accounts');
    const [{ id = '', user = '' } = {}] = json['accounts'] as readonly { id?: string; user?: string }[];
    const body = { password: 'correct horse battery' };
    expect((await world.gateway.admin('POST', `/api/accounts/${id}/password`, body)).status).toBe(409);
    const other = createCookieBrowser();
    expect((await other.post(`${world.adminUrl}/sign-in`, { user, password: '' })).status).toBe(401);
  });
});

describe('a provider that cannot be trusted or asked', () => {
  it('signs nobody in, and says so', async () => {
    const down = await startOpenidWorld();
    down.closeProvider();
    const answer = await browser.post(`${down.adminUrl}/sign-in/oidc`, { next: '/' });
    expect([answer.status, answer.body.includes('The provider cannot be asked now.')]).toEqual([503, true]);
    await down.close();
  });

  it('names people by the claim that the operator chose, the first who has a name', async () => {
    const named = await startOpenidWorld({
      console: '  roles: { approver: [group:leads] }',
      oidc: 'claims: { user: email }',
      claims: { openid: ['sub', 'email', 'email_verified'], groups: ['groups'] },
    });
    const enter = (person: string) => {
      named.person = person;
      return createCookieBrowser().post(`${named.adminUrl}/sign-in/oidc`, { next: '/' });
    };
    const email = 'olivia@example.com';
    named.people.set('1', { email, email_verified: true, groups: ['leads'] });
    named.people.set('2', { email: 'OLIVIA@example.com', email_verified: true, groups: ['leads'] });
    named.people.set('3', { email: 'bob@example.com', email_verified: false, groups: ['leads'] });
    expect((await enter('1')).body).toContain(`data-user="${email}"`);
    expect((await enter('2')).status).toBe(403);
    const unverified = await enter('3');
    expect([unverified.status, unverified.body.includes('An operator finds the reason in the log')]).toEqual([
      403,
      true,
    ]);
    expect((await enter('4')).status).toBe(403);
    expect((await enter('1')).status).toBe(200);
    await named.close();
  });

  it.each<[string, number, Readonly<Record<string, readonly string[]>>, Readonly<Record<string, unknown>>]>([
    ['nobody says to be verified', 403, { openid: ['sub', 'email'] }, { email: 'olivia@example.com' }],
    // The provider puts into the ID token what belongs to `openid`, and tells the rest when it is asked.
    [
      'is said to be verified where the rest is told',
      200,
      { openid: ['sub', 'groups', 'email'], email: ['email', 'email_verified'] },
      { email: 'olivia@example.com', email_verified: true },
    ],
  ])('an address that %s: %d', async (_, status, claims, person) => {
    const named = await startOpenidWorld({
      oidc: 'claims: { user: email }',
      claims: { groups: ['groups'], ...claims },
    });
    named.people.set('olivia', { ...person, groups: ['leads'] });
    const answer = await createCookieBrowser().post(`${named.adminUrl}/sign-in/oidc`, { next: '/' });
    expect(answer.status).toBe(status);
    await named.close();
  });
});

describe('proving again who one is', () => {
  it('asks the provider for it, whatever session it has of them', async () => {
    await signIn();
    const before = world.asked;
    await signIn();
    expect(world.asked).toBe(before);
    const again = await signIn({ again: '1' });
    expect(again.status).toBe(200);
    expect(world.asked).toBe(before + 1);
    const asked = new URL(again.way[1] ?? '').searchParams;
    expect([asked.get('prompt'), asked.get('max_age')]).toEqual(['login', '0']);
  });
});

describe('the way back', () => {
  /** Stops before the callback, which the test then visits as it likes. */
  async function callbackOf(): Promise<string> {
    let callback = '';
    const stopping = createCookieBrowser({
      goesOn(url) {
        if (url.includes('/oidc/callback')) callback = url;
        return callback === '';
      },
    });
    await stopping.post(`${world.adminUrl}/sign-in/oidc`, { next: '/history' });
    expect(callback).toContain('/oidc/callback?code=');
    kept = stopping;
    return callback;
  }
  let kept: CookieBrowser;

  it('is good once', async () => {
    const callback = await callbackOf();
    const headers = { cookie: kept.cookies(world.adminUrl) };
    expect((await fetch(callback, { headers })).status).toBe(200);
    const again = await fetch(callback, { headers });
    expect([again.status, again.headers.getSetCookie().join()]).toEqual([
      401,
      expect.not.stringContaining('Strict') as string,
    ]);
  });

  it('is good in the browser that began alone', async () => {
    const callback = await callbackOf();
    expect((await fetch(callback)).status).toBe(401);
    const other = { cookie: '__Host-countersign-away=' + 'A'.repeat(44) };
    expect((await fetch(callback, { headers: other })).status).toBe(401);
    // Somebody else's code, in the browser of whoever began another sign-in: the state is not theirs.
    await callbackOf();
    expect((await fetch(callback, { headers: { cookie: kept.cookies(world.adminUrl) } })).status).toBe(401);
  });

  it.each([
    ['another state', (url: URL) => url.searchParams.set('state', 'x'.repeat(43))],
    ['no state', (url: URL) => url.searchParams.delete('state')],
    ['another issuer', (url: URL) => url.searchParams.set('iss', 'https://evil.example')],
    ['no issuer, where the provider always says it', (url: URL) => url.searchParams.delete('iss')],
    ['another code', (url: URL) => url.searchParams.set('code', 'guessed')],
    ['an error beside the code', (url: URL) => url.searchParams.set('error', 'access_denied')],
    ['two codes', (url: URL) => url.searchParams.append('code', 'other')],
    ['nothing', (url: URL) => void (url.search = '')],
  ])('is refused with %s', async (_, change) => {
    const url = new URL(await callbackOf());
    change(url);
    const answer = await fetch(url, { headers: { cookie: kept.cookies(world.adminUrl) } });
    expect([answer.status, answer.headers.getSetCookie().join()]).toEqual([
      401,
      expect.not.stringContaining('Strict') as string,
    ]);
  });

  it('leaves no entry where nobody began, so that no page can fill the log', async () => {
    const last = (await world.gateway.entriesAfter(0)).length;
    for (let n = 0; n < 5; n++)
      expect((await fetch(`${world.adminUrl}/oidc/callback?code=x&state=${n}`)).status).toBe(401);
    expect(await world.gateway.entriesAfter(0)).toHaveLength(last);
  });

  it('begins with a form of this console, never with a link or a foreign page', async () => {
    expect((await fetch(`${world.adminUrl}/sign-in/oidc`)).status).toBe(404);
    const type = 'application/x-www-form-urlencoded';
    const foreign = { origin: 'https://evil.example', 'content-type': type };
    const url = `${world.adminUrl}/sign-in/oidc`;
    expect((await fetch(url, { method: 'POST', headers: foreign, body: 'next=/' })).status).toBe(403);
    expect((await fetch(url, { method: 'POST', headers: { 'content-type': type }, body: 'next=/' })).status).toBe(403);
  });

  it('leads to no place but ours', async () => {
    expect((await signIn({ next: 'https://evil.example/' })).url).toBe(`${world.adminUrl}/`);
  });
});
