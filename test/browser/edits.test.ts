import type { Page } from 'playwright-core';
import { AxeBuilder } from '@axe-core/playwright';
import { describe, expect, it } from 'vitest';
import { become, DESK, PHONE, useBrowserSuite } from '../support/browser-suite.ts';

// What would change, and what would change instead, as people see and propose it in a real browser before a real gateway.

const { world, open, refused, entriesOf } = useBrowserSuite();
const OTHERS = '{"id": "note-1", "text": "Later"}';

async function findings(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join()}`);
}

async function pictures(page: Page, name: string, size: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await world().picture(page, `${name}-${colorScheme}-${size}`);
  }
}

/** Another approver: nobody approves what they proposed themselves. */
async function openAsOtto(): Promise<Page> {
  const otto = { user: 'otto', plane: 'admin', groups: ['leads'], roles: ['approver'] } as const;
  const { token } = await world().gateway.issue({ ...otto, groups: [...otto.groups], roles: [...otto.roles] });
  return open({ ...DESK, signedIn: token });
}

const editedId = async (id: string) =>
  String((await world().gateway.admin('GET', `/api/approvals/${id}`)).json['supersededBy']);

const row = (page: Page, caption: string) => page.getByRole('table', { name: caption }).locator('tbody tr');
const cells = (page: Page, caption: string) => expect.poll(() => row(page, caption).locator('td').allTextContents());

describe('the record before and after a call', () => {
  it('is read as the page shows it', async () => {
    const { id } = await world().ask('update', { id: 'note-1', text: 'Ship on Friday' });
    const page = await open(DESK);
    await page.goto(`/approvals/${id}`);
    await page.getByText('Read by get with the rights of the requester').waitFor();
    const changed = row(page, 'What the call would change');
    await expect.poll(() => changed.locator('th').allTextContents()).toEqual(['text']);
    const [before = '', after = ''] = await changed.locator('td').allTextContents();
    expect(await world().call('get', { id: 'note-1' })).toContain(`"text":${before}`);
    expect(after).toBe('"Ship on Friday"');
  });
});

describe('other arguments', () => {
  it('are proposed by keys alone, compared before they are sent, and approved by somebody else', async () => {
    const { id, answer } = await world().ask('update', { id: 'note-1', text: 'Now' });
    const page = await open(DESK);
    await page.goto(`/approvals/${id}`);
    await page.getByRole('button', { name: 'Propose others' }).waitFor();
    await page.keyboard.press('e');
    const text = page.getByLabel('All arguments, as a JSON object');
    await page.locator('textarea:focus').waitFor();
    expect(JSON.parse(await text.inputValue())).toEqual({ id: 'note-1', text: 'Now' });
    await page.keyboard.press('Control+a');
    await page.keyboard.type('{"id": ');
    await page.getByText('This is no JSON object yet.').waitFor();
    await page.keyboard.press('Control+a');
    await page.keyboard.type(OTHERS);
    await cells(page, 'What you would change').toEqual(['"Now"', '"Later"']);
    expect(await findings(page)).toEqual([]);
    await pictures(page, 'propose', 'desk');
    await page.keyboard.press('Tab');
    await page.keyboard.type('not now');
    for (const key of ['Tab', 'Tab', 'Enter']) await page.keyboard.press(key);
    await page.getByRole('heading', { name: /Set the text of note-1 to Later/ }).waitFor();
    await page.getByText('nobody decides on the arguments that they proposed').waitFor();
    const next = await editedId(id);
    expect(page.url()).toContain(next);
    expect(await answer).toContain('approval_edited');

    const other = await openAsOtto();
    await other.getByText('edited').waitFor();
    await other.goto(`/approvals/${next}`);
    await cells(other, 'What was changed').toEqual(['"Now"', '"Later"']);
    await other.getByText('not now').first().waitFor();
    await other.getByText('Read by get with the rights of the requester').waitFor();
    await cells(other, 'What the call would change').toEqual([expect.any(String), '"Later"']);
    expect(await findings(other)).toEqual([]);
    await pictures(other, 'edited', 'desk');
    await other.getByRole('link', { name: 'those that were asked for' }).click();
    await become(other, 'rejected');
    await other.getByRole('link', { name: 'The request about those' }).click();
    await other.getByRole('button', { name: 'Approve' }).click();
    await become(other, 'approved');
    expect(await world().call('update', { id: 'note-1', text: 'Later' })).toContain('note-1');
    expect((await entriesOf(id)).map(({ kind }) => kind)).not.toContain('dispatch');
    expect((await entriesOf(next)).filter(({ kind }) => kind === 'dispatch')).toHaveLength(1);
  });

  it('are left by Escape, and say so when the gateway refuses them', async () => {
    const { id } = await world().ask('update', { id: 'note-1', text: 'Soon' });
    const page = await open(PHONE);
    await page.goto(`/approvals/${id}`);
    await page.getByRole('button', { name: 'Propose others' }).click();
    await page.getByLabel('All arguments, as a JSON object').fill('{"id": 7}');
    expect(await findings(page)).toEqual([]);
    await pictures(page, 'propose', 'phone');
    const width = await page.evaluate<number>('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(360);
    await page.getByRole('button', { name: 'Propose these' }).click();
    await page.getByText('these arguments cannot be asked for').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Approve' }).waitFor();
    expect(await world().isPending(id)).toBe(true);
    await refused();
  });

  it('are sent letter by letter: no number becomes another on its way', async () => {
    const { id } = await world().ask('update', { id: 'note-1', text: 'Today' });
    const page = await open(DESK);
    await page.goto(`/approvals/${id}`);
    await page.getByRole('button', { name: 'Propose others' }).click();
    const sent = page.waitForRequest(/\/edit$/);
    await page.getByLabel('All arguments, as a JSON object').fill('{"id": 12345678901234567890, "text": "x"}');
    await page.getByRole('button', { name: 'Propose these' }).click();
    expect((await sent).postData()).toContain('12345678901234567890');
    await page.getByRole('alert').waitFor();
    await refused();
  });

  it('are proposed without JavaScript, on a phone', async () => {
    const { id } = await world().ask('update', { id: 'note-2', text: 'Now' });
    const page = await open({ ...PHONE, javaScriptEnabled: false });
    await page.goto(`/approvals/${id}`);
    await page.getByText('Propose other arguments').click();
    const text = page.getByLabel('All arguments, as a JSON object');
    await text.fill('{');
    await page.getByRole('button', { name: 'Propose these' }).click();
    await page.getByText('The arguments are no JSON').waitFor();
    expect(await text.inputValue()).toBe('{');
    await text.fill('{"id": "note-2", "text": "Later"}');
    await page.getByLabel('Why (optional)').fill('not now');
    await world().picture(page, 'no-script-propose-dark-phone');
    await page.getByRole('button', { name: 'Propose these' }).click();
    await page.getByText('proposed these arguments in the place of').waitFor();
    expect(await page.getByRole('cell', { name: '"Later"' }).count()).toBeGreaterThan(0);
    await world().picture(page, 'no-script-edited-dark-phone');
    expect(await world().isPending(await editedId(id))).toBe(true);
    await page.goto(`/approvals/${id}`);
    await page.getByText('proposed other arguments instead').waitFor();
    await refused();
  });

  // The last one here: alice asks for nothing after it.
  it('have no record before and after once whoever asked is signed out, and the page says so', async () => {
    const { id } = await world().ask('update', { id: 'note-3', text: 'Now' });
    const { tokens } = (await world().gateway.admin('GET', '/api/tokens')).json as {
      readonly tokens: readonly { readonly id: string; readonly user: string }[];
    };
    const page = await open(PHONE);
    await page.goto(`/approvals/${id}`);
    await page.getByText('Read by get with the rights of the requester').waitFor();
    await world().gateway.admin('DELETE', `/api/tokens/${tokens.find(({ user }) => user === 'alice')?.id}`);
    await page.getByRole('button', { name: 'Propose others' }).click();
    await page.getByLabel('All arguments, as a JSON object').fill('{"id": "note-3", "text": "Later"}');
    await page.getByRole('button', { name: 'Propose these' }).click();
    await page.getByText('whoever asked is no longer signed in').waitFor();
    expect(await page.getByRole('table', { name: 'What the call would change' }).count()).toBe(0);
    expect(await findings(page)).toEqual([]);
    await pictures(page, 'edited-unread', 'phone');
  });
});
