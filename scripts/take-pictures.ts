import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { type BrowserWorld, findBrowser, startBrowserWorld } from '../test/support/browser-world.ts';
import { PROJECT } from '../test/support/project-files.ts';

// Takes the pictures of docs/approvals.md and docs/console.md from the real console before a real gateway: node scripts/take-pictures.ts

const FOLDER = join(PROJECT, 'docs/pictures');
const BYTES_MAX = 150_000;

const browser = findBrowser();
if (browser === null) throw new Error('there is no Chromium: apt-get install chromium');
mkdirSync(FOLDER, { recursive: true });
const world = await startBrowserWorld(browser);
try {
  await takeAll(world);
} finally {
  await world.settle();
  await world.close();
}

async function takeAll(world: BrowserWorld): Promise<void> {
  const first = await world.ask('update', { id: 'note-1', text: 'Ship on Tuesday' });
  const page = await world.open({ viewport: { width: 1100, height: 700 }, colorScheme: 'light' });
  await page.goto(`/approvals/${first.id}`);
  await page.getByRole('button', { name: 'Approve' }).click();
  await first.answer;
  await world.call('list', {});

  const { id } = await world.ask('update', { id: 'note-1', text: 'Ship on Wednesday\u200b' });
  await world.ask('send', { id: 'note-2', to: 'all@example.com' });
  await world.ask('create', { title: 'Minutes', text: 'What we agreed on' });
  await page.goto('/');
  await page.locator('.requests li').nth(2).waitFor();
  await take(page, 'inbox');
  await page.goto(`/approvals/${id}`);
  await page.getByRole('button', { name: 'Approve' }).waitFor();
  await page.keyboard.press('a');
  await page.getByText('Approve this call?').waitFor();
  await take(page, 'request');
  await page.keyboard.press('Escape');
  await takeEdit(world, page, id);
  await page.goto('/live');
  await page.locator('tbody tr').first().waitFor();
  await take(page, 'live');
  await page.goto('/explain?as=alice&tool=notes/update');
  await page.getByRole('button', { name: 'Decide' }).click();
  await page.locator('tbody tr').first().waitFor();
  await take(page, 'explain');
  await page.setViewportSize({ width: 360, height: 740 });
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.goto(`/approvals/${id}`);
  await page.getByRole('button', { name: 'Approve' }).waitFor();
  await take(page, 'request-phone');
}

/** Other arguments: as somebody proposes them, and as the next approver sees them. */
async function takeEdit(world: BrowserWorld, page: Page, pictured: string): Promise<void> {
  const { id } = await world.ask('update', { id: 'note-1', text: 'Ship on Thursday' });
  await page.goto(`/approvals/${id}`);
  await page.getByRole('button', { name: 'Propose others' }).click();
  await page.getByLabel('All arguments, as a JSON object').fill('{\n  "id": "note-1",\n  "text": "Ship on Monday"\n}');
  await page.getByLabel('Why (optional)').fill('Nobody is here on Thursday');
  await take(page, 'propose');
  await page.getByRole('button', { name: 'Propose these' }).click();
  await page.getByText('nobody decides on the arguments that they proposed').waitFor();
  const roles = ['approver'];
  const { token } = await world.gateway.issue({ user: 'otto', plane: 'admin', groups: ['leads'], roles });
  const other = await world.open({ viewport: { width: 1100, height: 700 }, colorScheme: 'light', signedIn: token });
  await other.goto(new URL(page.url()).pathname);
  await other.getByText('Read by get with the rights').waitFor();
  await take(other, 'edited');
  await other.context().close();
  await page.goto(`/approvals/${pictured}`);
}

async function take(page: Page, name: string): Promise<void> {
  const path = join(FOLDER, `${name}.png`);
  await page.screenshot({ path });
  if (statSync(path).size > BYTES_MAX) throw new Error(`${path} is too large`);
}
