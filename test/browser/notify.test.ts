import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { DESK, useBrowserSuite } from '../support/browser-suite.ts';

// What a browser tells of new requests while nobody looks at the page, in a real browser that may show notifications.

const { world, open } = useBrowserSuite();

interface Told {
  readonly title: string;
  readonly body: string;
}

/** The browser's own notifications are shown all the same; only how many, what they say, and the last one, is kept to be looked at. */
const KEEP = `
  globalThis.told = [];
  globalThis.made = 0;
  const Shown = globalThis.Notification;
  globalThis.Notification = class extends Shown {
    constructor(title, options) {
      super(title, options);
      globalThis.made += 1;
      this.addEventListener('show', () => globalThis.told.push({ title, body: options.body }));
      globalThis.last = this;
    }
  };`;

const told = (page: Page) => page.evaluate<readonly Told[]>('globalThis.told');
/** The title is written when notifications are made. */
async function expectUntold(page: Page): Promise<void> {
  await expect.poll(() => page.title()).toMatch(/^\(1\)/);
  expect(await page.evaluate('globalThis.made')).toBe(0);
}

async function openTold(): Promise<Page> {
  const page = await open(DESK);
  await page.context().grantPermissions(['notifications'], { origin: world().adminUrl });
  await page.addInitScript(KEEP);
  await page.reload();
  await page.getByRole('button', { name: 'Keys and notifications' }).click();
  await page.getByLabel('Tell me of new requests').check();
  await expect.poll(() => page.evaluate(`localStorage.getItem('console:notify')`)).toBe('1');
  expect(await page.getByLabel('Tell me of new requests').isChecked()).toBe(true);
  await page.getByRole('button', { name: 'Close' }).click();
  return page;
}

/** As a window that is minimised, or a tab behind another one: Chromium without a screen hides neither. */
async function lookAway(page: Page, isAway: boolean): Promise<void> {
  await page.evaluate(`Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${isAway} })`);
}

describe('a new request', () => {
  it('is told of while nobody looks, without its arguments, and a click on that opens it', async () => {
    const page = await openTold();
    await page.getByText('Nothing waits for a person.').waitFor();
    await lookAway(page, true);
    const { id } = await world().ask('send', { id: 'note-1', to: 'secret@example.com' });
    await expect
      .poll(() => told(page))
      .toEqual([{ title: 'A request waits for you', body: 'alice wants to run send on notes' }]);
    await page.evaluate(`globalThis.last.dispatchEvent(new Event('click'))`);
    await page.waitForURL(`**/approvals/${id}`);
  });

  it('is not told of to somebody who looks at it', async () => {
    const page = await openTold();
    await world().ask('send', { id: 'note-2', to: 'secret@example.com' });
    await page.getByRole('link', { name: /send/ }).waitFor();
    await expectUntold(page);
  });

  it('is not told of where the person has not asked for it, nor after they turned it off', async () => {
    const page = await openTold();
    await page.keyboard.press('?');
    await page.getByLabel('Tell me of new requests').uncheck();
    await page.getByRole('button', { name: 'Close' }).click();
    await lookAway(page, true);
    await world().ask('send', { id: 'note-3', to: 'secret@example.com' });
    await expectUntold(page);
  });

  it('cannot be told of where the browser refuses', async () => {
    const page = await open(DESK);
    await page.addInitScript(`Object.defineProperty(Notification, 'permission', { get: () => 'denied' })`);
    await page.reload();
    await page.keyboard.press('?');
    expect(await page.getByLabel('Tell me of new requests').isDisabled()).toBe(true);
  });
});
