import { beforeEach, describe, expect, it } from 'vitest';
import { postForm, type SignedIn, signIn } from '../../support/console-browser.ts';
import { createFakeAdministration, type FakeAdministration, fakeApproval } from '../../support/fake-administration.ts';
import { createFixedClock } from '../../support/fixed-clock.ts';
import { type RunningAdminPlane, startAdminPlane } from '../../support/start-admin-plane.ts';

// The forms of a request's page that work without script, over raw sockets: what they propose, and what they refuse.

let administration: FakeAdministration;
let plane: RunningAdminPlane;
let session: SignedIn;
let path: string;

beforeEach(async () => {
  const clock = createFixedClock();
  administration = createFakeAdministration(() => clock.nowMs());
  administration.approvals = [
    fakeApproval(clock.nowMs(), { argumentsShown: JSON.stringify({ text: '</textarea>\u202e"&\r\n' }) }),
  ];
  plane = await startAdminPlane({ administration, clock });
  session = await signIn(plane, { token: plane.admin('approver') });
  path = `/approvals/${administration.approvals[0]?.id}`;
});

const calls = (method: string) => administration.calls.filter((each) => each.method === method).map(({ args }) => args);
const page = async () => (await plane.ask({ path, headers: [session.cookie] })).body;
const propose = (fields: Readonly<Record<string, string>>) =>
  postForm(plane, `${path}/edit`, { csrf: session.csrfToken, ...fields }, [session.cookie, session.origin]);

const ENTITIES: readonly (readonly [string, string])[] = [
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&#39;', "'"],
  ['&amp;', '&'],
];

/** What a browser would send back of the form as it is. */
const offered = async (): Promise<string> => {
  const text = /<textarea[^>]*>\n([^]*?)<\/textarea>/.exec(await page())?.[1] ?? '';
  return ENTITIES.reduce((all, [entity, char]) => all.replaceAll(entity, char), text);
};

describe('the form for other arguments', () => {
  it('offers those that there are as text that means the same, with nothing unseen', async () => {
    const text = await offered();
    expect(JSON.parse(text)).toEqual({ text: '</textarea>\u202e"&\r\n' });
    expect(text).toContain('\\u202e');
  });

  it('proposes what was typed, and goes on at the request about it', async () => {
    const done = await propose({ arguments: ' {"text": "x"}\r\n', comment: ' shorter ' });
    expect(done.status).toBe(303);
    expect(done.headers.get('location')).toBe('/approvals/apr_0000000000000000000008');
    expect(calls('edit')).toEqual([[path.replace('/approvals/', ''), { text: 'x' }, 'shorter']]);
  });

  it('takes long ones', async () => {
    expect((await propose({ arguments: JSON.stringify({ text: '"'.repeat(100_000) }) })).status).toBe(303);
    expect(calls('edit')).toHaveLength(1);
  });

  it.each([
    ['no JSON', '{', 'The arguments are no JSON'],
    ['a member twice', '{"a":1,"a":2}', 'The arguments are no JSON'],
    ['a list', '[]', 'must be a JSON object'],
    ['nothing', '', 'The arguments are no JSON'],
  ])('refuses %s with what was typed', async (_, typed, why) => {
    const answer = await propose({ arguments: typed });
    expect(answer.status).toBe(409);
    expect(answer.body).toContain(why);
    expect(answer.body).toContain(`\n${typed.replaceAll('"', '&quot;')}</textarea>`);
    expect(calls('edit')).toEqual([]);
  });

  it('takes nothing of another site, nor of somebody who is not signed in', async () => {
    const fields = { csrf: session.csrfToken, arguments: '{}' };
    for (const headers of [[session.cookie], [session.cookie, ['Origin', 'https://evil.example']]] as const)
      expect((await postForm(plane, `${path}/edit`, fields, headers)).status).toBe(403);
    expect((await postForm(plane, `${path}/edit`, fields, [session.origin])).status).toBe(303);
    expect((await propose({ ...fields, csrf: 'x'.repeat(44) })).status).toBe(403);
    expect(calls('edit')).toEqual([]);
  });

  it('is not there for whoever may not propose any', async () => {
    const show = administration.showApproval.bind(administration);
    administration.showApproval = async (by, id) => {
      const shown = await show(by, id);
      const mayDecide = { allowed: false, reauthenticate: false, edit: false, why: 'it is approved' };
      return shown.ok ? { ok: true, value: { ...shown.value, mayDecide } } : shown;
    };
    expect(await page()).not.toContain('<textarea');
  });
});

describe('a request that was edited', () => {
  it('names the other one, with what was changed, as text', async () => {
    const show = administration.showApproval.bind(administration);
    administration.showApproval = async (by, id) => {
      const shown = await show(by, id);
      if (!shown.ok) return shown;
      const other = fakeApproval(0, { comment: '<b>less</b>', decidedBy: 'otto' });
      const changes = [{ place: '/text', before: '"<i>"', after: '"\u202e"' }];
      return { ok: true, value: { ...shown.value, editedFrom: { other, changes } } };
    };
    const body = await page();
    expect(body).toContain('otto proposed these arguments in the place of <a href="/approvals/apr_');
    expect(body).toContain('&lt;b&gt;less&lt;/b&gt;');
    expect(body).toContain('&lt;i&gt;');
    expect(body).toContain('\\u{202e}');
  });
});

describe('a request of high risk', () => {
  it('is approved by a form only when whoever sends it says that they mean it, and rejected by one press', async () => {
    const show = administration.showApproval.bind(administration);
    administration.showApproval = async (by, id) => {
      const shown = await show(by, id);
      return shown.ok ? { ok: true, value: { ...shown.value, highRisks: ['new-client'] } } : shown;
    };
    expect(await page()).toContain('It is of high risk: the client is new.');
    const send = (fields: Readonly<Record<string, string>>) =>
      postForm(plane, path, { csrf: session.csrfToken, ...fields }, [session.cookie, session.origin]);
    const early = await send({ decision: 'approve' });
    expect([early.status, early.body.includes('of high risk. Say below')]).toEqual([409, true]);
    expect(calls('approve')).toEqual([]);
    expect((await send({ decision: 'approve', deliberate: '1' })).status).toBe(303);
    expect(calls('approve')).toHaveLength(1);
    expect((await send({ decision: 'reject' })).status).toBe(303);
    expect(calls('reject')).toHaveLength(1);
  });
});
