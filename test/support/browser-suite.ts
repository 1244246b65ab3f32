import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest';
import type { AuditView } from '../../src/core/admin-api/audit-view.ts';
import { type BrowserWorld, findBrowser, type PageOptions, startBrowserWorld } from './browser-world.ts';

export const DESK: BrowserContextOptions = { viewport: { width: 1280, height: 850 }, colorScheme: 'light' };
export const PHONE: BrowserContextOptions = {
  viewport: { width: 360, height: 740 },
  colorScheme: 'dark',
  hasTouch: true,
};

export interface BrowserSuite {
  /** Known while a test runs. */
  readonly world: () => BrowserWorld;
  /** Opens a page that is closed when the test is over. What it complains of fails the test. */
  open(options?: PageOptions): Promise<Page>;
  /** The entries of the log about one request. */
  entriesOf(approvalId: string): Promise<readonly AuditView[]>;
}

/**
 * One gateway and one browser for the tests of a file. They run wherever there is a Chromium: `apt-get install chromium`. With
 * `COUNTERSIGN_BROWSER=required` there must be one; with `apart` they leave it to another run.
 */
export function useBrowserSuite(): BrowserSuite {
  // A browser on a busy machine.
  vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });
  const wish = process.env['COUNTERSIGN_BROWSER'];
  const browser = wish === 'apart' ? null : findBrowser();
  const pages: Page[] = [];
  let started: BrowserWorld | null = null;
  const world = (): BrowserWorld => {
    if (started === null) throw new Error('no test runs');
    return started;
  };

  beforeAll(async () => {
    if (browser === null && wish === 'required') throw new Error('there must be a Chromium');
    if (browser !== null) started = await startBrowserWorld(browser);
  });
  afterAll(() => started?.close());
  beforeEach((context) => {
    if (started === null) context.skip('there is no Chromium here, or its tests run apart');
    else started.complaints.length = 0;
  });
  afterEach(async () => {
    await Promise.all(pages.splice(0).map((page) => page.context().close()));
    await started?.settle();
    const complaints = started?.complaints ?? [];
    if (complaints.length > 0) throw new Error(`a page complained: ${complaints.join('; ')}`);
  });

  return {
    world,
    async open(options) {
      const page = await world().open(options);
      pages.push(page);
      return page;
    },
    entriesOf: async (approvalId) =>
      (await world().gateway.entriesAfter(0)).filter((entry) => entry['approvalId'] === approvalId),
  };
}

/** Waits until the page of a request shows this state. */
export async function become(page: Page, status: string): Promise<void> {
  await page.locator('.crumb .badge', { hasText: status }).waitFor();
}

/** Longer than a button or a key of high risk has to be held. */
const HELD_MS = 900;

/** Holds what approves a request of high risk, as a person with a mouse does. */
export async function holdToApprove(page: Page, name: RegExp | string = 'Hold to approve'): Promise<void> {
  const button = page.getByRole('button', { name });
  await button.hover();
  await page.mouse.down();
  await page.waitForTimeout(HELD_MS);
  await page.mouse.up();
}

export async function holdKey(page: Page, key: string, heldMs: number = HELD_MS): Promise<void> {
  await page.keyboard.down(key);
  await page.waitForTimeout(heldMs);
  await page.keyboard.up(key);
}
