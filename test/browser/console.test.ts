import { gzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type BrowserWorld, findBrowser, startBrowserWorld } from '../support/browser-world.ts';
import { PROJECT } from '../support/project-files.ts';

// The console in a real browser, before a real gateway. Needs Chromium: `apt-get install chromium`; CI installs it.

// A browser on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

// Asked for by name: `npm run test:browser`. A browser beside all the other tests is too slow to be waited for.
const isWanted = process.env['COUNTERSIGN_BROWSER'] === 'required';
const browser = isWanted ? findBrowser() : null;
let world: BrowserWorld;
let page: Page;

beforeAll(async () => {
  if (browser === null && process.env['COUNTERSIGN_BROWSER'] === 'required')
    throw new Error('there must be a Chromium');
  if (browser !== null) world = await startBrowserWorld(browser);
});
afterAll(() => world?.close());
beforeEach((context) => {
  if (browser === null) context.skip('`npm run test:browser` tries the console in Chromium');
  world.complaints.length = 0;
});
afterEach(async () => {
  await page?.context().close();
  await world?.settle();
  const complaints = world?.complaints ?? [];
  if (complaints.length > 0) throw new Error(`a page complained: ${complaints.join('; ')}`);
});

const DESK: BrowserContextOptions = { viewport: { width: 1280, height: 850 }, colorScheme: 'light' };
const PHONE: BrowserContextOptions = { viewport: { width: 360, height: 740 }, colorScheme: 'dark', hasTouch: true };

const focused = () => page.evaluate<string>(`document.activeElement?.textContent ?? ''`);
const entriesOf = async (approvalId: string) =>
  (await world.gateway.entriesAfter(0)).filter((entry) => entry['approvalId'] === approvalId).map(({ kind }) => kind);

describe('an approver', () => {
  it('sees a request appear, approves it with two keys, and it runs once', async () => {
    page = await world.open(DESK);
    await page.getByText('Nothing waits for a person.').waitFor();
    const answer = world.call('update', { id: 'note-1', text: 'Agreed' });
    await page.getByRole('link', { name: /alice wants to run update on notes/ }).waitFor();
    await world.picture(page, 'inbox-light-desk');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /update on notes/ }).waitFor();
    await page.locator('.badge', { hasText: 'write' }).waitFor();
    await page.keyboard.press('a');
    await page.getByText('Approve this call?').waitFor();
    expect(await focused()).not.toMatch(/^Approve/);
    await world.picture(page, 'request-light-desk');
    await page.keyboard.press('Enter');
    expect(await answer).toContain('note-1');
    await page.locator('.badge', { hasText: 'executed' }).waitFor();
    const [decided] = (await world.gateway.entriesAfter(0)).filter((entry) => entry['change'] === 'approved');
    expect(decided).toMatchObject({ by: 'olivia', tool: 'update' });
    const kinds = await entriesOf(String(decided?.['approvalId']));
    expect(kinds.filter((kind) => kind === 'dispatch' || kind === 'outcome')).toEqual(['dispatch', 'outcome']);
    expect(await world.call('get', { id: 'note-1' })).toContain('Agreed');
  });

  it('rejects with r, a comment and Enter, and the call does not run', async () => {
    const { id, answer } = await world.ask('send', { id: 'note-1', to: 'x@example.com' });
    page = await world.open(DESK);
    await page.goto(`/approvals/${id}`);
    await page.getByRole('heading', { name: /send on notes/ }).waitFor();
    await page.getByRole('button', { name: 'Reject' }).waitFor();
    await page.keyboard.press('r');
    await page.locator('textarea:focus, input:focus').waitFor();
    await page.keyboard.type('not to him');
    await page.keyboard.press('Enter');
    await page.locator('.badge', { hasText: 'rejected' }).waitFor();
    expect(await answer).toContain('reject');
    expect(await entriesOf(id)).not.toContain('dispatch');
    expect(await page.getByText('not to him').count()).toBe(1);
  });

  it('does nothing by a key that is pressed alone, with a modifier, or while typing', async () => {
    const { id, answer } = await world.ask('send', { id: 'note-2', to: 'y@example.com' });
    page = await world.open(DESK);
    await page.goto(`/approvals/${id}`);
    await page.getByRole('button', { name: 'Approve' }).waitFor();
    for (const key of ['Enter', 'Control+a', 'a', 'Escape', 'Enter']) await page.keyboard.press(key);
    await page.getByLabel('Comment (optional)').fill('a');
    await page.getByLabel('Comment (optional)').press('Enter');
    await page.keyboard.press('a');
    expect(await world.isPending(id)).toBe(true);
    await page.getByRole('button', { name: 'Reject' }).click();
    await page.locator('.badge', { hasText: 'rejected' }).waitFor();
    expect(await answer).toContain('reject');
  });

  it('cannot approve what is folded away, by mouse or key', async () => {
    const { id, answer } = await world.ask('create', { title: 'long', text: `${'word '.repeat(400)}and the end` });
    page = await world.open(PHONE);
    await page.goto(`/approvals/${id}`);
    const approve = page.getByRole('button', { name: 'Approve' });
    await approve.waitFor();
    expect(await approve.isDisabled()).toBe(true);
    await page.keyboard.press('a');
    await page.keyboard.press('Enter');
    await world.picture(page, 'folded-dark-phone');
    expect(await world.isPending(id)).toBe(true);
    await page.getByRole('button', { name: /Show all/ }).click();
    await page.getByText('and the end').waitFor();
    await approve.click();
    await page.locator('.badge', { hasText: 'executed' }).waitFor();
    expect(await answer).toContain('note-');
  });

  it('who follows a link from another site is signed in all the same', async () => {
    const { id, answer } = await world.ask('send', { id: 'note-3', to: 'z@example.com' });
    page = await world.open(DESK);
    // Another name of this machine is another site.
    await page.goto(world.adminUrl.replace('127.0.0.1', 'localhost') + '/healthz');
    await page.evaluate(`location.assign('${world.adminUrl}/approvals/${id}')`);
    await page.getByRole('button', { name: 'Reject' }).click();
    await page.locator('.badge', { hasText: 'rejected' }).waitFor();
    expect(await answer).toContain('reject');
  });

  it('approves without JavaScript, on a phone', async () => {
    const { id, answer } = await world.ask('update', { id: 'note-2', text: 'without script' });
    page = await world.open({ ...PHONE, javaScriptEnabled: false });
    await page
      .getByRole('link', { name: /update/ })
      .first()
      .click();
    await page.getByText('"text": "without script"').waitFor();
    await world.picture(page, 'no-script-dark-phone');
    await page.getByLabel('Comment (optional)').fill('fine');
    await page.getByRole('button', { name: 'Approve' }).click();
    expect(await answer).toContain('note-2');
    await expect
      .poll(async () => (await world.gateway.admin('GET', `/api/approvals/${id}`)).json['status'])
      .toBe('executed');
    expect((await entriesOf(id)).filter((kind) => kind === 'dispatch')).toHaveLength(1);
  });
});

describe('text of others', () => {
  const NAUGHTY = [
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '"><svg onload=alert(1)>',
    "';alert(1)//",
    'javascript:alert(1)',
    '{{constructor.constructor("alert(1)")()}}',
    '</textarea><iframe srcdoc="<script>alert(1)</script>">',
    '\u202Egnp.exe',
    '\u200B\u2066hidden\u2069\u{E0041}',
    'line\none\r\n\ttwo\0',
    '&lt;b&gt;',
    '__proto__',
  ];

  it('is shown as text, with what cannot be seen written out', async () => {
    const args = Object.fromEntries(NAUGHTY.map((text, at) => [at === 11 ? 'x' : text.slice(0, 30), text]));
    const { id, answer } = await world.ask('create', { title: NAUGHTY.join(' '), text: JSON.stringify(args) });
    page = await world.open(DESK);
    await page.goto(`/approvals/${id}`);
    for (const button of await page.getByRole('button', { name: /Show all/ }).all()) await button.click();
    const shown = await page.locator('main').textContent();
    for (const text of [
      '<script>alert(1)</script>',
      '<img src=x onerror=alert(1)>',
      '\\u{202e}gnp.exe',
      '\\u{e0041}',
    ]) {
      expect(shown).toContain(text);
    }
    expect(shown).not.toMatch(/[\u202e\u200b\u2066\0]/);
    expect(await page.locator('main :is(script, img, svg, iframe)').count()).toBe(0);
    await page.getByLabel('Comment (optional)').fill(NAUGHTY[1] ?? '');
    await page.getByRole('button', { name: 'Reject' }).click();
    await page.locator('.badge', { hasText: 'rejected' }).waitFor();
    expect(await answer).toContain('reject');
    for (const path of ['/history', '/audit']) {
      await page.goto(path);
      await page.getByRole('link').nth(8).waitFor();
      expect(await page.locator('main :is(script, img, svg, iframe)').count()).toBe(0);
    }
  });
});

describe('an operator', () => {
  it('stops everything and lets it go on, and a page that is open shows it', async () => {
    page = await world.open(DESK);
    await page.goto('/kill-switch');
    await page.getByText('Nothing is stopped.').waitFor();
    await page.getByLabel('Why').fill('what I saw');
    await page.getByRole('button', { name: 'Stop everything' }).click();
    await page.getByRole('cell', { name: 'what I saw' }).waitFor();
    expect(await world.call('list', {})).toContain('error');
    const { json } = await world.gateway.admin('GET', '/api/kill-switch');
    const [{ id = '' } = {}] = json['killSwitches'] as readonly { id?: string }[];
    await world.gateway.admin('DELETE', `/api/kill-switch/${id}`);
    await page.getByText('Nothing is stopped.').waitFor();
    expect(await world.call('list', {})).toContain('note-1');
  });

  it('creates a token, which is shown once', async () => {
    page = await world.open(PHONE);
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
});

describe('every page', () => {
  const PAGES = [
    '/',
    '/history',
    '/audit',
    '/audit/2',
    '/upstreams',
    '/upstreams/notes',
    '/policy',
    '/access',
    '/live',
    '/explain',
    '/kill-switch',
  ];

  it.each([
    ['desk', 'light' as const, DESK],
    ['phone', 'dark' as const, PHONE],
  ])('on a %s in %s has nothing that axe finds, and fits', async (size, scheme, options) => {
    const { id, answer } = await world.ask('update', { id: 'note-3', text: `for ${size} ${scheme}\u200b` });
    page = await world.open(options);
    for (const path of [...PAGES, `/approvals/${id}`]) {
      await page.goto(path);
      await page.locator('main h1').waitFor();
      await page.locator('main :is(tbody tr, .requests li, .panel, .notice, .facts)').first().waitFor();
      // On a phone the pages differ by their style alone, so a few stand for all.
      if (size === 'desk' || ['/', '/access', `/approvals/${id}`].includes(path)) {
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect([path, violations.map((each) => [each.id, each.nodes.map(({ html }) => html)])]).toEqual([path, []]);
      }
      const width = await page.evaluate<number>('document.documentElement.scrollWidth');
      expect([path, width <= (options.viewport?.width ?? 0)]).toEqual([path, true]);
      const name = path.replaceAll('/', '-').replace(id, 'id');
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await world.picture(page, `page${name}-${colorScheme}-${size}`);
      }
      await page.emulateMedia({ colorScheme: scheme });
    }
    await page.getByRole('button', { name: 'Reject' }).click();
    expect(await answer).toContain('reject');
  });

  it('is less than 60 kB in all', () => {
    const names = ['console.js', 'console.css', 'icon.svg'];
    const bytes = names.map((name) => gzipSync(readFileSync(join(PROJECT, 'dist/console', name))).length);
    expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThan(60_000);
  });
});
