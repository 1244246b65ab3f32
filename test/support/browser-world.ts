import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import type { ApprovalList, ApprovalView } from '../../src/core/admin-api/approval-view.ts';
import type { JsonObject } from '../../src/core/json/value.ts';
import { hostRequest } from './host-request.ts';
import { PROJECT, projectFiles } from './project-files.ts';
import { sendRaw } from './raw-http.ts';
import { runGateway, type TestGateway } from './run-gateway.ts';

/** The real gateway before the notes of the demo, and a real browser. */
export interface BrowserWorld {
  readonly gateway: TestGateway;
  readonly adminUrl: string;
  /** Tokens: alice asks, olivia decides and operates. */
  readonly alice: string;
  readonly olivia: string;
  /** Of the account of olivia. */
  readonly password: string;
  /** What pages wrote to their consoles: a breach of the content security policy is here, too. */
  readonly complaints: string[];
  /** A new browser of somebody. */
  open(options?: PageOptions): Promise<Page>;
  /** Calls a tool as alice; the answer comes when somebody has decided. */
  call(tool: string, args: JsonObject): Promise<string>;
  /** Calls a tool that needs a person, and resolves when it waits for one. */
  ask(tool: string, args: JsonObject): Promise<{ readonly id: string; readonly answer: Promise<string> }>;
  /** Whether a request still waits. */
  isPending(id: string): Promise<boolean>;
  /** Rejects whatever waits, so that no test leaves anything to the next one. */
  settle(): Promise<void>;
  /** Keeps a picture under `test-output/console`. */
  picture(page: Page, name: string): Promise<void>;
  close(): Promise<void>;
}

export interface PageOptions extends BrowserContextOptions {
  /** `false`: nobody is. Otherwise a token of the admin plane, or olivia's. */
  readonly signedIn?: false | string;
}

const POLICY = `
version: 1
upstream: notes
classes: { read: [list, get, search], write: [create, update, send], never: [delete_all] }
rules:
  - { id: staff-read, who: { groups: [staff] }, tools: { class: read }, effect: allow }
  - id: staff-write
    who: { groups: [staff] }
    tools: [create]
    effect: approve
    approval: { by: { groups: [leads] }, expires: 30m }
    reason: A lead confirms every change to the notes
  - id: staff-send
    who: { groups: [staff] }
    tools: [send]
    when: args.to != 'all@example.com'
    effect: approve
    approval: { by: { groups: [leads] } }
    reason: Mail leaves the house
  - id: staff-update
    who: { groups: [staff] }
    tools: [update]
    effect: approve
    approval:
      by: { groups: [leads] }
      summary: 'Set the text of {{args.id}} to {{args.text}}'
      preview: { tool: get, args: { id: '{{args.id}}' } }
    reason: A lead confirms every change to the notes
  - id: mail-to-all
    who: { groups: [staff] }
    tools: [send]
    when: args.to == 'all@example.com'
    effect: approve
    approval: { by: { groups: [leads] }, confirm: '{{args.to}}', reauthenticate: 1h, grant: { count: 3, for: 10m } }
    reason: Mail to everybody is typed out by whoever agrees
`;

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** `null`: there is no browser on this machine. */
export function findBrowser(): string | null {
  return BROWSERS.find((path) => existsSync(path)) ?? null;
}

export async function startBrowserWorld(executablePath: string): Promise<BrowserWorld> {
  await buildConsole();
  const server = join(PROJECT, 'src/demo/notes-server.ts');
  const command = JSON.stringify([process.execPath, server]);
  const gateway = await runGateway({
    config: `environment: prod\nenvironments: { prod: { approvals: { hold: 5m } } }\nupstreams: { notes: { command: ${command}, shared: true } }\n`,
    policies: { 'notes.yaml': POLICY },
  });
  // Chromium cannot make a sandbox of its own in most containers, and these pages are ours.
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  const { token: alice } = await gateway.issue({ user: 'alice', groups: ['staff'] });
  const roles = ['approver', 'operator', 'auditor'];
  const { token: olivia } = await gateway.issue({ user: 'olivia', plane: 'admin', groups: ['leads'], roles });
  const adminUrl = `http://127.0.0.1:${gateway.adminPort}`;
  const complaints: string[] = [];
  const account = { user: 'olivia', password: PASSWORD, groups: ['leads'], roles };
  await gateway.admin('POST', '/api/accounts', account, olivia);
  const session = await signIn(browser, adminUrl, (page) => fillPassword(page, PASSWORD));
  const waiting = async (): Promise<readonly ApprovalView[]> => {
    const { json } = await gateway.admin('GET', '/api/approvals?status=pending', undefined, olivia);
    return (json as unknown as ApprovalList).approvals;
  };
  async function call(tool: string, args: JsonObject): Promise<string> {
    const params = { name: `notes__${tool}`, arguments: args };
    const headers = [['Accept', 'application/json, text/event-stream']] as const;
    const request = hostRequest('2026-07-28', '', { params, headers, token: alice });
    return Buffer.from((await sendRaw(gateway.mcpPort, request)).body, 'latin1').toString();
  }
  return {
    gateway,
    adminUrl,
    alice,
    olivia,
    password: PASSWORD,
    complaints,
    open: (options = {}) => openPage(browser, { adminUrl, session, complaints }, options),
    call,
    async ask(tool, args) {
      const before = new Set((await waiting()).map(({ id }) => id));
      const answer = call(tool, args);
      for (const endMs = Date.now() + WAIT_MS_MAX; Date.now() < endMs; ) {
        const found = (await waiting()).find(({ id }) => !before.has(id));
        if (found !== undefined) return { id: found.id, answer };
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      throw new Error(`no call of ${tool} waits for a person`);
    },
    isPending: async (id) => (await waiting()).some((each) => each.id === id),
    async settle() {
      for (const { id } of await waiting()) await gateway.admin('POST', `/api/approvals/${id}/reject`, {}, olivia);
    },
    async picture(page, name) {
      const folder = join(PROJECT, 'test-output/console');
      mkdirSync(folder, { recursive: true });
      await page.screenshot({ path: join(folder, `${name}.png`) });
    },
    async close() {
      await browser.close();
      await gateway.close();
    },
  };
}

/** Unless it is newer than every source of it. */
async function buildConsole(): Promise<void> {
  const built = join(PROJECT, 'dist/console/console.js');
  const sources = projectFiles().filter((file) =>
    /^console\/|^src\/core\/(?:admin-api|approval|content|json)\//.test(file),
  );
  const newestMs = Math.max(...sources.map((file) => statSync(join(PROJECT, file)).mtimeMs));
  if (existsSync(built) && statSync(built).mtimeMs > newestMs) return;
  await build({ configFile: join(PROJECT, 'console/vite.config.ts'), logLevel: 'silent' });
}

type Session = NonNullable<Exclude<BrowserContextOptions['storageState'], string>>;

/** Once, by the form, as people do; the pages of the tests begin with its cookie. */
async function signIn(browser: Browser, adminUrl: string, fill: (page: Page) => Promise<void>): Promise<Session> {
  const context = await browser.newContext({ baseURL: adminUrl });
  context.setDefaultTimeout(WAIT_MS_MAX);
  const page = await context.newPage();
  await page.goto('/sign-in');
  await fill(page);
  await page.getByRole('heading', { name: 'Approvals' }).waitFor();
  const session = await context.storageState();
  await context.close();
  return session;
}

const PASSWORD = 'correct horse battery';

export async function fillPassword(page: Page, password: string): Promise<void> {
  await page.getByLabel('Name').fill('olivia');
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

async function fillToken(page: Page, token: string): Promise<void> {
  await page.getByLabel('Or a token of the admin plane').fill(token);
  await page.getByRole('button', { name: 'Sign in with the token' }).click();
}

interface Surroundings {
  readonly adminUrl: string;
  readonly session: Session;
  readonly complaints: string[];
}

async function openPage(
  browser: Browser,
  { adminUrl, session, complaints }: Surroundings,
  { signedIn, ...options }: PageOptions,
): Promise<Page> {
  const context = await browser.newContext({
    baseURL: adminUrl,
    reducedMotion: 'reduce',
    ...(signedIn === false
      ? {}
      : {
          storageState:
            signedIn === undefined ? session : await signIn(browser, adminUrl, (page) => fillToken(page, signedIn)),
        }),
    ...options,
  });
  context.setDefaultTimeout(WAIT_MS_MAX);
  const page = await context.newPage();
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol.startsWith('http') && !/^http:\/\/(?:127\.0\.0\.1|localhost):/.test(origin))
      complaints.push(`asked ${origin}`);
  });
  if (signedIn !== false) await page.goto('/');
  return page;
}

/** A wait that ends here is a hang, not a slow machine. */
const WAIT_MS_MAX = 120_000;
