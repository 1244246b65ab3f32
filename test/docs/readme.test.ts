import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_ADMIN_URL } from '../../src/cli/load-admin-target.ts';
import { hostSnippets } from '../../src/cli/host-snippets.ts';
import { type Checkout, createCheckout } from '../support/checkout.ts';
import { codeBlocks } from '../support/code-blocks.ts';
import { readProjectFile } from '../support/project-files.ts';
import type { ProgramRun, StartedProcess } from '../support/start-process.ts';

// README.md, done by its reader: every command word for word and in its order, but for the ports, because the usual ones may be taken.

const readme = readProjectFile('README.md');
const blocks = codeBlocks('README.md', 'sh').map(({ text }) => text.trimEnd());
const [start = '', tests = '', read = '', write = '', decide = '', look = ''] = blocks;
const [list = '', approve = ''] = decide.split('\n');
const [tail = '', verify = '', kill = ''] = look.split('\n');

const USUAL_MCP = '127.0.0.1:8420';

let checkout: Checkout;
let gateway: StartedProcess;
let mcp: string;
let adminUrl: string;
/** Sent at once: until somebody decides it is held, and that takes longer than everything else here. */
let written: Promise<ProgramRun>;

beforeAll(async () => {
  checkout = createCheckout();
  gateway = checkout.start(`${start.replace('npm ci && ', '')} -- --listen-mcp 127.0.0.1:0 --listen-admin 127.0.0.1:0`);
  await gateway.until(/Stop with Ctrl-C/);
  [, mcp = ''] = await gateway.until(/MCP plane +http:\/\/(\S+)\/mcp/);
  [, adminUrl = ''] = await gateway.until(/admin plane +(\S+)/);
  written = type(write);
});
afterAll(async () => {
  await gateway?.stop();
  checkout?.remove();
});

/** In the second terminal, where the first line of the first block was typed. */
function type(line: string): Promise<ProgramRun> {
  const [exported = ''] = read.split('\n');
  const typed = line.startsWith(exported) ? line : `${exported}\n${line}`;
  return checkout.run(typed.replaceAll(USUAL_MCP, mcp), { COUNTERSIGN_ADMIN_URL: adminUrl });
}

describe('README.md', () => {
  it('has these commands, and no others', () => {
    expect(blocks).toHaveLength(6);
    expect(start).toBe('npm ci && npm start');
    expect(tests).toBe('npm test');
    expect([list, approve, tail, verify, kill].map((line) => line.split(' -- ')[0])).toEqual(
      Array(5).fill('npm run -s countersign'),
    );
    expect(blocks.join('\n').match(/127\.0\.0\.1:\d+/g)).toEqual([USUAL_MCP, USUAL_MCP]);
    expect(DEFAULT_ADMIN_URL).toBe('http://127.0.0.1:8421');
  });

  it('is right about what the start prints, and its curl line works as it stands', async () => {
    const printed = gateway.stdout();
    const token = readFileSync(join(checkout.dir, 'data/demo-requester-token'), 'utf8').trim();
    expect(printed).toContain(`alice asks       ${token}`);
    expect(printed).toMatch(/olivia decides {3}csa_/);
    for (const { text } of hostSnippets(`http://${mcp}/token/mcp`))
      expect(printed.replaceAll(/^ +/gm, '')).toContain(text);

    const [curl = ''] = /^ *curl .*$/m.exec(printed) ?? [];
    const { stdout, exitCode } = await checkout.run(curl);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ id: 1, result: { resultType: 'complete' } });
    expect(stdout).toContain('note-1');
  });

  it('a read passes', async () => {
    const { stdout, exitCode } = await type(read);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('note-1');
  });

  it('a write waits for a person, and the answer says so', { timeout: 60_000 }, async () => {
    const { stdout, stderr } = await written;
    expect(stdout + stderr).toMatch(/Pending approval, not executed/);
  });

  it('Olivia decides, and the same call then runs once', async () => {
    const listed = await type(list);
    const [id = ''] = /apr_\S+/.exec(listed.stdout) ?? [];
    expect(listed.stdout).toMatch(/pending +alice +notes\/update/);
    const approved = await type(approve.replace('ID', id));
    expect(approved.stdout).toBe(`Approved ${id}: alice may run notes/update once, with these arguments.\n`);

    const first = await type(write);
    expect(first.exitCode).toBe(0);
    expect((await type(read)).stdout).toContain('changed');
  });

  it('everything is in the log, and one command stops it all', async () => {
    const recorded = await type(tail);
    expect(recorded.stdout).toMatch(/dispatch +alice +notes\/update.*\n.*outcome +ok/);
    expect(recorded.stdout.match(/ dispatch /g)).toHaveLength(1);
    expect((await type(verify)).stdout).toMatch(/^Checked \d+ entries to #\d+: no fault found\./);
    const killed = await type(kill);
    expect(killed.stdout).toMatch(/^Stopped: all calls/);
    const refused = await type(read);
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stdout + refused.stderr).toMatch(/503|kill switch/);
  });

  it('a signal to npm stops the gateway, too', async () => {
    expect(await gateway.stop('SIGTERM')).toBe(0);
    await expect(fetch(`http://${mcp}/healthz`)).rejects.toThrow('fetch failed');
    expect(gateway.stderr()).toBe('');
  });

  it('shows hosts what the start prints', () => {
    const rows = new Map(
      [...readme.matchAll(/^\| ([^|]+?) \| (`.*`) \|$/gm)].map(([, where = '', put = '']) => [where, put]),
    );
    const snippets = hostSnippets(`http://${USUAL_MCP}/token/mcp`);
    expect(rows.size).toBeGreaterThan(3);
    for (const [where, put] of rows) {
      const snippet = snippets.find(({ host }) => where.startsWith(host));
      const lines = [...put.matchAll(/`([^`]*)`/g)].map(([, line]) => line);
      expect(lines.join('\n')).toBe(snippet?.text);
      if (where.includes('`')) expect(where).toBe(`${snippet?.host}, \`${snippet?.where}\``);
    }
  });
});
