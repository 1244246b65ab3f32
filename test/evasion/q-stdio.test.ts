import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json/value.ts';
import { HOSTS, type Host, hostRequest, initialize } from '../support/host-request.ts';
import { parseAnswerBody } from '../support/mcp-request.ts';
import { sendRaw } from '../support/raw-http.ts';
import { runGateway, type TestGateway } from '../support/run-gateway.ts';

// Class Q: servers over stdio that do not speak as they should, and what of the gateway they could get hold of.

const ODD_SERVER = join(import.meta.dirname, '../peers/odd-server.ts');
const POLICY = (upstream: string): string => `
version: 1
upstream: ${upstream}
classes: { read: [do], write: [], never: [] }
rules: [{ id: all, who: { any: true }, tools: [do], effect: allow }]
`;

describe.each(['legacy', 'modern'] as const)('a server over stdio of the %s era', (era) => {
  const dir = mkdtempSync(join(tmpdir(), 'countersign-odd-'));
  let gateway: TestGateway;
  let token: string;
  let session: string;
  let people = 0;

  beforeAll(async () => {
    const upstream = (name: string): string =>
      JSON.stringify({
        command: [process.execPath, ODD_SERVER, join(dir, name), era],
        era,
        env: { API_KEY: 'canary-own-secret' },
        timeouts: { call: '2s' },
        limits: { resultSize: '64KiB' },
      });
    process.env['COUNTERSIGN_CANARY_SECRET'] = 'canary-gateway-secret';
    gateway = await runGateway({
      config: `upstreams:\n  odd: ${upstream('odd')}\n  even: ${upstream('even')}\n`,
      policies: { 'odd.yaml': POLICY('odd'), 'even.yaml': POLICY('even') },
    });
    ({ token } = await gateway.issue({ user: 'alice' }));
    session = await initialize(gateway.mcpPort, token);
  });
  afterAll(async () => {
    delete process.env['COUNTERSIGN_CANARY_SECRET'];
    await gateway.close();
    rmSync(dir, { recursive: true, force: true });
  });

  async function call(host: Host, args: JsonObject, upstream = 'odd', as = token) {
    const own = as === token ? session : await initialize(gateway.mcpPort, as);
    const params = { name: `${upstream}__do`, arguments: args };
    const answer = await sendRaw(gateway.mcpPort, hostRequest(host, own, { params, token: as }));
    const { result = {} } = parseAnswerBody(answer);
    const [block] = (result['content'] ?? []) as readonly { text: string }[];
    const structured = result['structuredContent'] as JsonObject | undefined;
    return { text: block?.text ?? '', isError: result['isError'] === true, structured, raw: answer.text };
  }

  /** Somebody whose process is their own, so that what becomes of it is nobody else's business. */
  async function newcomer(): Promise<string> {
    return (await gateway.issue({ user: `person-${++people}` })).token;
  }

  describe.each(HOSTS.slice(1))('before a host that speaks %s', (host) => {
    it.each([
      ['garbage', 'after garbage'],
      ['crlf', 'with CRLF'],
      ['parts', 'in parts'],
      ['twice', 'first'],
      ['foreign-id', 'own'],
    ])('Q01 that says %s is heard as far as it makes sense', async (how, text) => {
      const answer = await call(host, { how });
      expect([answer.text, answer.isError]).toEqual([text, false]);
      expect(answer.raw).not.toMatch(/second|foreign"/);
      expect((await call(host, {})).text).toBe('fine');
    });

    it('Q01 that puts a NUL into a text is not believed', async () => {
      expect(await call(host, { how: 'nul' })).toMatchObject({ isError: true, structured: { status: 'failed' } });
      expect((await call(host, {})).text).toBe('fine');
    });

    it('Q01 that prints a line without end is ended, and another is not', async () => {
      const as = await newcomer();
      const before = process.memoryUsage().rss;
      const [flooded, other] = await Promise.all([call(host, { how: 'long-line' }, 'odd', as), call(host, {}, 'even')]);
      expect(flooded).toMatchObject({ isError: true, structured: { status: 'failed', mayHaveRun: true } });
      expect(other.text).toBe('fine');
      expect(process.memoryUsage().rss - before).toBeLessThan(256 * 1024 * 1024);
      expect((await call(host, {}, 'odd')).text).toBe('fine');
    });

    it('Q02 gets one line for one call, whatever the arguments hold', async () => {
      const lines = readFileSync(join(dir, 'odd'), 'utf8').split('\n').length;
      const forged = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"do"}}';
      await call(host, { how: `x\n${forged}\r\n\u2028${forged}\u0085` });
      const added = readFileSync(join(dir, 'odd'), 'utf8')
        .split('\n')
        .slice(lines - 1, -1);
      expect(added).toHaveLength(1);
      expect(added[0]).toContain('\\n{\\"jsonrpc');
    });

    it('Q04 that asks for what it was not offered is told that it cannot', async () => {
      expect((await call(host, { how: 'asks' })).text).toBe('asked');
      const got = readFileSync(join(dir, 'odd'), 'utf8')
        .split('\n')
        .filter((line) => line.includes('"ask '));
      const answers = got.map(
        (line) => JSON.parse(line.slice(line.indexOf('{'))) as { result?: unknown; error?: { code: number } },
      );
      // A modern server may not ask at all, and need not be answered.
      if (era === 'legacy') expect(answers.length).toBeGreaterThanOrEqual(5);
      expect(answers.every(({ result, error }) => result === undefined && error?.code === -32601)).toBe(true);
    });

    it.each(['exit', 'abort', 'grandchild'])(
      'Q04 that ends by %s leaves no answer open, no process behind, and starts again',
      { timeout: 30_000 },
      async (how) => {
        const as = await newcomer();
        expect(await call(host, { how }, 'odd', as)).toMatchObject({
          isError: true,
          structured: { status: 'failed', mayHaveRun: true },
        });
        const grandchild = join(dir, 'odd.grandchild');
        if (how === 'grandchild') {
          await expect.poll(() => existsSync(grandchild)).toBe(true);
          const pid = Number(readFileSync(grandchild, 'utf8'));
          await expect.poll(() => isAlive(pid)).toBe(false);
        }
        await expect.poll(async () => (await call(host, {}, 'odd', as)).text).toBe('fine');
      },
    );

    it('Q04 that does not answer is given up, and the call is said to have run perhaps', {
      timeout: 20_000,
    }, async () => {
      const as = await newcomer();
      expect(await call(host, { how: 'hang' }, 'odd', as)).toMatchObject({
        isError: true,
        structured: { status: 'failed', cause: 'timeout', mayHaveRun: true },
      });
    });

    it('Q05 inherits nothing of the gateway', async () => {
      await call(host, {}, 'even');
      const { names } = JSON.parse(readFileSync(join(dir, 'even.env'), 'utf8')) as { names: readonly string[] };
      const allowed = /^(?:PATH|HOME|TMPDIR|TMP|TEMP|LANG|LC_\w+|LANGUAGE|TZ|API_KEY|__CF_USER_TEXT_ENCODING)$/;
      expect(names.filter((name) => !allowed.test(name))).toEqual([]);
    });
  });

  it('Q04 that is stubborn is gone when the gateway is', { timeout: 30_000 }, async () => {
    const own = await runGateway({
      config: `upstreams:\n  odd: ${JSON.stringify({ command: [process.execPath, ODD_SERVER, join(dir, 'own'), era], era })}\n`,
      policies: { 'odd.yaml': POLICY('odd') },
    });
    const issued = await own.issue({ user: 'alice' });
    const ownSession = await initialize(own.mcpPort, issued.token);
    const params = { name: 'odd__do', arguments: { how: 'stubborn' } };
    const host = era === 'modern' ? '2026-07-28' : '2025-11-25 in a session';
    await sendRaw(own.mcpPort, hostRequest(host, ownSession, { params, token: issued.token }));
    const { pid } = JSON.parse(readFileSync(join(dir, 'own.env'), 'utf8')) as { pid: number };
    expect(isAlive(pid)).toBe(true);
    await own.close();
    expect(isAlive(pid)).toBe(false);
  });
});

it.each([
  ['a program in the directory of work', { command: ['./planted'] }, 'is no program that can be run here'],
  ['a package of whatever version', { command: ['npx', '-y', 'postmark-mcp'] }, 'runs whatever version'],
  ['a shell line', { command: 'node server.js; rm -rf /' }, 'is no program that can be run here'],
])('Q07 %s does not start', async (_, upstream, message) => {
  const started = runGateway({
    config: `upstreams:\n  odd: ${JSON.stringify(upstream)}\n`,
    policies: { 'odd.yaml': POLICY('odd') },
  });
  await expect(started).rejects.toThrow(message);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie answers too; it is one that somebody still has to take note of.
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}
