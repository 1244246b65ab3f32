import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import {
  become,
  decisionsOf,
  DESK,
  HOLD_MS,
  holdKey,
  holdToApprove,
  PHONE,
  stopTime,
  useBrowserSuite,
} from '../support/browser-suite.ts';
import { fillPassword } from '../support/browser-world.ts';
import { startOpenidWorld } from '../support/openid-world.ts';

// What people do in the console, in a real browser before a real gateway.

const { world, open, refused, entriesOf } = useBrowserSuite();
const focused = (page: Page) => page.evaluate<string>(`document.activeElement?.textContent ?? ''`);

describe('an approver', () => {
  it('sees a request appear, approves it with two keys, and it runs once', async () => {
    const page = await open(DESK);
    await page.getByText('Nothing waits for a person.').waitFor();
    const { id, answer } = await world().ask('update', { id: 'note-1', text: 'Agreed' });
    await page.getByRole('link', { name: 'alice asks: Set the text of note-1 to Agreed' }).waitFor();
    await expect.poll(() => page.title()).toBe('(1) Approvals · Countersign');
    await world().picture(page, 'inbox-light-desk');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /Set the text of note-1 to Agreed/ }).waitFor();
    await page.locator('.target .badge', { hasText: 'write' }).waitFor();
    await page.getByRole('button', { name: 'Approve' }).waitFor();
    await page.keyboard.press('a');
    await page.getByText('Approve this call?').waitFor();
    expect(await focused(page)).not.toMatch(/^Approve/);
    await world().picture(page, 'request-light-desk');
    await page.keyboard.press('Enter');
    expect(await answer).toContain('note-1');
    await become(page, 'executed');
    const entries = await entriesOf(id);
    expect(entries.find((entry) => entry['change'] === 'approved')).toMatchObject({ by: 'olivia', tool: 'update' });
    const ran = entries.map(({ kind }) => kind).filter((kind) => kind === 'dispatch' || kind === 'outcome');
    expect(ran).toEqual(['dispatch', 'outcome']);
    expect(await world().call('get', { id: 'note-1' })).toContain('Agreed');
  });

  it('sees a request that came after the page had asked, and before it was told of anything', async () => {
    const page = await open(DESK);
    const isThere = Promise.withResolvers<void>();
    await page.route('**/api/events', async (route) => {
      await isThere.promise;
      await route.continue();
    });
    await page.goto('/');
    await page.getByText('Nothing waits for a person.').waitFor();
    await world().ask('send', { id: 'note-1', to: 'early@example.com' });
    isThere.resolve();
    await expect.poll(() => page.getByRole('link', { name: /send/ }).count()).toBe(1);
  });

  it('rejects with r, a comment and Enter, and the call does not run', async () => {
    const { id, answer } = await world().ask('send', { id: 'note-1', to: 'x@example.com' });
    const page = await open(DESK);
    await page.goto(`/approvals/${id}`);
    await page.getByRole('heading', { name: /send on notes/ }).waitFor();
    await page.getByRole('button', { name: 'Reject' }).waitFor();
    await page.keyboard.press('r');
    await page.locator('textarea:focus, input:focus').waitFor();
    await page.keyboard.type('not to him');
    await page.keyboard.press('Enter');
    await become(page, 'rejected');
    expect(await answer).toContain('reject');
    expect((await entriesOf(id)).map(({ kind }) => kind)).not.toContain('dispatch');
    await page.locator('.timeline').getByText('not to him').waitFor();
  });

  it('does nothing by a key that is pressed alone, with a modifier, or while typing', async () => {
    const { id, answer } = await world().ask('send', { id: 'note-2', to: 'y@example.com' });
    const page = await open(DESK);
    await page.goto(`/approvals/${id}`);
    await page.getByRole('button', { name: 'Approve' }).waitFor();
    for (const key of ['Enter', 'Control+a', 'a', 'Escape', 'Enter']) await page.keyboard.press(key);
    const comment = page.getByLabel('Comment (optional)');
    await comment.fill('a');
    await comment.press('Enter');
    await page.keyboard.press('a');
    expect(await world().isPending(id)).toBe(true);
    // As fast as keys can come: nothing is drawn between them, and the Escape counts all the same.
    await comment.blur();
    await page.evaluate(`for (const key of ['a', 'Escape', 'Enter', 'r'])
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))`);
    await page.getByText('Reject this call?').waitFor();
    expect(await world().isPending(id)).toBe(true);
    await page.keyboard.press('Enter');
    await become(page, 'rejected');
    expect(await answer).toContain('reject');
  });

  it('goes about with keys, which can be turned off', async () => {
    const { id } = await world().ask('send', { id: 'note-2', to: 'keys@example.com' });
    const page = await open(DESK);
    const row = page.locator('.requests a');
    await row.waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('nobody');
    await row.waitFor({ state: 'detached' });
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Backspace');
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/approvals/${id}`);
    await page.getByRole('button', { name: 'Approve' }).waitFor();
    await page.keyboard.press('Escape');
    await row.waitFor();
    await page.keyboard.press('?');
    await world().picture(page, 'keys-light-desk');
    await page.getByLabel('Use single keys').uncheck();
    await page.getByRole('button', { name: 'Close' }).click();
    await page.keyboard.press('/');
    await page.keyboard.type('nobody');
    expect(await row.count()).toBe(1);
  });

  it('finds what is new behind a bar, so that no row moves under the hand', async () => {
    await world().ask('send', { id: 'note-1', to: 'first@example.com' });
    const page = await open(PHONE);
    await page.locator('.requests li').waitFor();
    await world().ask('send', { id: 'note-1', to: 'second@example.com' });
    await page.getByRole('button', { name: '1 new · show' }).waitFor();
    expect(await page.locator('.requests li').count()).toBe(1);
    await page.getByRole('button', { name: '1 new · show' }).click();
    await page.locator('.requests li').nth(1).waitFor();
  });

  it('cannot approve what is folded away, by mouse or key', async () => {
    const { id, answer } = await world().ask('create', { title: 'long', text: `${'word '.repeat(400)}and the end` });
    const page = await open(PHONE);
    await page.goto(`/approvals/${id}`);
    const approve = page.getByRole('button', { name: 'Approve' });
    const sent = decisionsOf(page);
    await approve.waitFor();
    expect(await approve.isDisabled()).toBe(true);
    await page.keyboard.press('a');
    await page.keyboard.press('Enter');
    await world().picture(page, 'folded-dark-phone');
    expect(sent).toEqual([]);
    await page.getByRole('button', { name: /Show all/ }).click();
    await page.getByText('and the end').waitFor();
    await approve.click();
    await become(page, 'executed');
    expect(await answer).toContain('note-');
  });

  it('types what the rule wants typed, and agrees to more of the same', async () => {
    const { id, answer } = await world().ask('send', { id: 'note-1', to: 'all@example.com' });
    const page = await open(DESK);
    await page.goto(`/approvals/${id}`);
    const approve = page.getByRole('button', { name: 'Hold to approve' });
    const decisions = decisionsOf(page);
    await approve.waitFor();
    expect(await approve.isDisabled()).toBe(true);
    await stopTime(page);
    await page.keyboard.down('a');
    await page.clock.runFor(2 * HOLD_MS);
    await page.keyboard.up('a');
    await page.clock.resume();
    await page.getByLabel(/To approve, type/).fill('all@example.com');
    await page.getByLabel(/Agree to 3 calls/).check();
    await world().picture(page, 'typed-light-desk');
    expect(decisions).toEqual([]);
    const sent = await holdKey(page, 'a');
    expect(sent.postDataJSON()).toMatchObject({ confirm: 'all@example.com', grant: true });
    await become(page, 'executed');
    expect(await answer).not.toContain('approval_pending');
  });

  it('signs in again where the rule asks for it, and comes back to the request', async () => {
    const { id, answer } = await world().ask('send', { id: 'note-2', to: 'all@example.com' });
    // With a token, which does not tell that it is them; in a session of their own, because the former one ends when they sign in again.
    const page = await open({ ...DESK, signedIn: world().olivia });
    await page.goto(`/approvals/${id}`);
    expect(await page.getByRole('button', { name: 'Hold to approve' }).isDisabled()).toBe(true);
    await page.getByRole('link', { name: 'sign in again' }).click();
    await page.getByRole('heading', { name: 'Sign in again' }).waitFor();
    await fillPassword(page, world().password);
    await page.waitForURL(`**/approvals/${id}`);
    await page.getByLabel(/To approve, type/).fill('all@example.com');
    await holdToApprove(page);
    await become(page, 'executed');
    expect(await answer).not.toContain('approval_pending');
  });

  it('who follows a link from another site is signed in all the same', async () => {
    const { id, answer } = await world().ask('send', { id: 'note-3', to: 'z@example.com' });
    const page = await open(DESK);
    // Another name of this machine is another site.
    await page.goto(world().adminUrl.replace('127.0.0.1', 'localhost') + '/healthz');
    await page.evaluate(`location.assign('${world().adminUrl}/approvals/${id}')`);
    await page.getByRole('button', { name: 'Reject' }).click();
    await become(page, 'rejected');
    expect(await answer).toContain('reject');
  });

  it('approves without JavaScript, on a phone, once they have read what is long', async () => {
    const long = `${'word '.repeat(200)}and the end`;
    const { id, answer } = await world().ask('update', { id: 'note-2', text: long });
    const page = await open({ ...PHONE, javaScriptEnabled: false });
    await page.getByRole('link', { name: /update/ }).click();
    await page.locator('pre', { hasText: /and the end"/ }).waitFor();
    await world().picture(page, 'no-script-dark-phone');
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('The arguments are long.').waitFor();
    expect(await world().isPending(id)).toBe(true);
    await page.getByLabel('I have read the arguments to their end.').check();
    await page.getByLabel('Comment (optional)').fill('fine');
    await page.getByRole('button', { name: 'Approve' }).click();
    expect(await answer).toContain('note-2');
    await expect
      .poll(async () => (await world().gateway.admin('GET', `/api/approvals/${id}`)).json['status'])
      .toBe('executed');
    expect((await entriesOf(id)).filter(({ kind }) => kind === 'dispatch')).toHaveLength(1);
    await refused();
  });

  it('decides two that are alike together, chosen by key, once both are read, and never by a key', async () => {
    const text = `${'word '.repeat(200)}end`;
    const asked = [
      await world().ask('update', { id: 'note-1', text }),
      await world().ask('update', { id: 'note-2', text }),
    ];
    const page = await open(DESK);
    await page.getByRole('checkbox').nth(1).waitFor();
    for (const key of ['j', 'x', 'j', 'x', 'A']) await page.keyboard.press(key);
    await page.getByRole('heading', { name: '2 requests together' }).waitFor();
    const approve = page.getByRole('button', { name: 'Hold to approve these 2' });
    expect(await approve.isDisabled()).toBe(true);
    for (let left = 2; left > 0; left--)
      await page
        .getByRole('button', { name: /^Show all/ })
        .first()
        .click();
    await world().picture(page, 'batch');
    const sent = decisionsOf(page);
    await page.keyboard.press('a');
    await page.keyboard.press('Enter');
    expect(sent).toEqual([]);
    await holdToApprove(page, 'Hold to approve these 2');
    for (const { answer } of asked) expect(await answer).toContain('note-');
    for (const { id } of asked) expect((await entriesOf(id)).filter(({ kind }) => kind === 'dispatch')).toHaveLength(1);
  });

  it('is one of two at once, and the other is told so', async () => {
    const { token } = await world().gateway.issue({
      user: 'oscar',
      plane: 'admin',
      groups: ['leads'],
      roles: ['approver'],
    });
    const { id, answer } = await world().ask('update', { id: 'note-3', text: 'raced' });
    const page = await open(DESK);
    const other = await open({ ...DESK, signedIn: token });
    const pages = [page, other];
    // Neither is sent before both have pressed.
    const pressed = pages.map(() => Promise.withResolvers<void>());
    for (const [at, each] of pages.entries()) {
      await each.route('**/approve', async (route) => {
        pressed[at]?.resolve();
        await Promise.all(pressed.map(({ promise }) => promise));
        await route.continue();
      });
      await each.goto(`/approvals/${id}`);
    }
    const statuses = await Promise.all(
      pages.map(async (each) => {
        const answered = each.waitForResponse('**/approve');
        await each.getByRole('button', { name: 'Approve' }).click();
        return (await answered).status();
      }),
    );
    expect(new Set(statuses)).toEqual(new Set([200, 409]));
    await Promise.all(pages.map((each) => become(each, 'executed')));
    expect(await answer).toContain('note-3');
    const entries = await entriesOf(id);
    expect(entries.filter((entry) => entry['change'] === 'approved')).toHaveLength(1);
    expect(entries.filter(({ kind }) => kind === 'dispatch')).toHaveLength(1);
    await refused();
  });
});

describe('somebody of an OpenID provider', () => {
  it('finds the way there and back, to where they wanted to go', async () => {
    const provided = await startOpenidWorld({ console: '  roles: { approver: [group:leads] }' });
    provided.people.set('olivia', { groups: ['leads'] });
    const page = await open({ ...PHONE, signedIn: false });
    await page.goto(`${provided.adminUrl}/history?status=executed`);
    await world().picture(page, 'sign-in-dark-phone');
    await page.getByRole('button', { name: /Continue with/ }).click();
    await page.getByRole('heading', { name: 'History' }).waitFor();
    expect(page.url()).toBe(`${provided.adminUrl}/history?status=executed`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    // What the page asked for while they signed out is refused.
    const { complaints } = world();
    complaints.splice(0, Infinity, ...complaints.filter((each) => !each.includes('status of 401')));
    await provided.close();
  });
});

describe('an operator', () => {
  it('stops everything and lets it go on, and a page that is open shows it', async () => {
    const page = await open(DESK);
    await page.goto('/kill-switch');
    await page.getByText('Nothing is stopped.').waitFor();
    await page.getByLabel('Why').fill('what I saw');
    await page.getByRole('button', { name: 'Stop everything' }).click();
    await page.getByRole('cell', { name: 'what I saw' }).waitFor();
    expect(await world().call('list', {})).toContain('error');
    const { json } = await world().gateway.admin('GET', '/api/kill-switch');
    const [{ id = '' } = {}] = json['killSwitches'] as readonly { id?: string }[];
    await world().gateway.admin('DELETE', `/api/kill-switch/${id}`);
    await page.getByText('Nothing is stopped.').waitFor();
    await page.getByRole('combobox').selectOption('principal');
    await page.getByLabel('Which').fill('alcie');
    await page.getByLabel('Why').fill('misspelt');
    await page.getByRole('button', { name: 'Stop one person' }).click();
    await page
      .getByText('Nobody called alcie is known so far, so the switch stops nothing yet. Did you mean alice?')
      .waitFor();
    await page.getByRole('cell', { name: 'principal alcie', exact: true }).waitFor();
    expect(await world().call('list', {})).toContain('note-1');
  });

  it('creates a token, which is shown once', async () => {
    const page = await open(PHONE);
    await page.goto('/access');
    await page.getByText('Create a token').click();
    await page.getByLabel('User').fill('bob');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    const text = (await page.locator('.secret').textContent()) ?? '';
    expect(text).toMatch(/^csm_/);
    await page.reload();
    await page.getByRole('button', { name: 'Revoke the token of bob' }).waitFor();
    expect(await page.content()).not.toContain(text);
  });

  it('asks what the policy would decide, and nothing is called', async () => {
    const page = await open(DESK);
    await page.goto('/explain?as=alice&tool=notes/update');
    const decided = async () =>
      (await world().gateway.entriesAfter(0)).filter(({ kind }) => ['decision', 'dispatch'].includes(kind)).length;
    const before = await decided();
    await page.getByLabel('Arguments').fill('{"id": "note-1", "text": "x"}');
    await page.getByRole('button', { name: 'Decide' }).click();
    await page.getByRole('heading', { name: /approve alice: notes\/update/ }).waitFor();
    await page.getByRole('row', { name: /staff-update .* matches/ }).waitFor();
    await world().picture(page, 'explained-light-desk');
    await page.getByLabel('Tool').fill('');
    await page.getByLabel('Arguments').fill('');
    await page.getByRole('button', { name: 'Decide' }).click();
    await page.getByRole('row', { name: /notes\/list\s+read\s+allow/ }).waitFor();
    await world().picture(page, 'simulated-light-desk');
    expect(await decided()).toBe(before);
  });

  it('sees decisions as they are made, and finds them again by the address', async () => {
    const page = await open(DESK);
    await world().call('list', {});
    await page.goto('/live?q=search');
    await page.getByText('Nothing matches.').waitFor();
    await world().call('search', { words: 'x' });
    await page.getByRole('row', { name: /notes\/search/ }).waitFor();
    await expect.poll(() => page.locator('tbody tr').count()).toBe(1);
  });
});
