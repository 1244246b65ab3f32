import type { BrowserContextOptions, Page, Request } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest';
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
  /** Waits for what Chromium notes of a request of a page that was refused, as it was to be. */
  refused(): Promise<void>;
  /** The entries of the log about one request. */
  entriesOf(approvalId: string): Promise<readonly AuditView[]>;
}

/**
 * One gateway and one browser for the tests of a file. They run wherever there is a Chromium: `apt-get install chromium`. With
 * `COUNTERSIGN_BROWSER=required` there must be one; with `apart` they leave it to another run.
 */
export function useBrowserSuite(): BrowserSuite {
  // A browser on a busy machine.
  vi.setConfig({ testTimeout: 600_000, hookTimeout: 300_000 });
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
  beforeEach(async (context) => {
    if (browser === null || started === null) return context.skip('there is no Chromium here, or its tests run apart');
    // What the first attempt has asked for is known to the gateway, and a rejection of it stands.
    if ((context.task.result?.retryCount ?? 0) > 0) {
      await started.close();
      started = await startBrowserWorld(browser);
    }
    started.complaints.length = 0;
  });
  afterEach(async () => {
    await Promise.all(pages.map((page) => page.unrouteAll({ behavior: 'ignoreErrors' })));
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
    async refused() {
      const { complaints } = world();
      const find = () => complaints.findIndex((each) => /status of 4\d\d/.test(each));
      await expect.poll(find).not.toBe(-1);
      complaints.splice(find(), 1);
    },
    entriesOf: async (approvalId) =>
      (await world().gateway.entriesAfter(0)).filter((entry) => entry['approvalId'] === approvalId),
  };
}

/** Waits until the page of a request shows this state. */
export async function become(page: Page, status: string): Promise<void> {
  await page.locator('.crumb .badge', { hasText: status }).waitFor();
}

/** How long a button or a key of high risk has to be held. */
export const HOLD_MS = 600;

/** Holds what approves a request of high risk, as a person with a mouse does, until the page sends it. */
export async function holdToApprove(page: Page, name: RegExp | string = 'Hold to approve'): Promise<void> {
  await page.getByRole('button', { name }).hover();
  await untilSent(page, () => page.mouse.down());
  await page.mouse.up();
}

/** The same with a key. What was sent. */
export async function holdKey(page: Page, key: string): Promise<Request> {
  const sent = await untilSent(page, () => page.keyboard.down(key));
  await page.keyboard.up(key);
  return sent;
}

async function untilSent(page: Page, act: () => Promise<void>): Promise<Request> {
  const [sent] = await Promise.all([page.waitForRequest(isDecision), act()]);
  return sent;
}

/** The paths of the decisions that a page sends from now on. */
export function decisionsOf(page: Page): readonly string[] {
  const sent: string[] = [];
  page.on('request', (request) => isDecision(request) && sent.push(new URL(request.url()).pathname));
  return sent;
}

const isDecision = (request: Request): boolean =>
  request.method() === 'POST' && /\/(?:approve|reject|batch)$/.test(request.url());

/**
 * From now on time passes in the page only as `page.clock.runFor` says: a machine that is late would hold what is to be let go too early.
 * The page must be at rest.
 */
export async function stopTime(page: Page): Promise<void> {
  await page.clock.install();
  // Where it stops cannot be in the past, however late the page hears of it.
  await page.clock.pauseAt(Date.now() + 60_000);
}
