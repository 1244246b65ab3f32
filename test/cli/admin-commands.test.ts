import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { fakeRecord } from '../support/fake-administration.ts';
import { type CliWorld, createCliWorld } from '../support/cli-world.ts';

let world: CliWorld;

beforeEach(async () => {
  world = await createCliWorld();
});

const calls = () => world.administration.calls.map(({ method, args }) => [method, ...args]);

describe('kill', () => {
  it.each([
    [['--upstream', 'crm'], { upstream: 'crm' }],
    [['--tool', 'crm/update_deal'], { tool: 'crm/update_deal' }],
    [['--principal', 'alice'], { principal: 'alice' }],
    [['--client', 'cursor'], { client: 'cursor' }],
    [['--writes'], { writes: true }],
    [[], { all: true }],
  ])('%j stops %j', async (options, scope) => {
    const run = await world.run(['kill', ...options, '--reason', 'runaway']);
    expect(run.exitCode).toBe(0);
    expect(calls()).toEqual([['pullKillSwitch', { scope, reason: 'runaway', expiresMs: null }]]);
  });

  it('ends by itself with --for', async () => {
    await world.run(['kill', '--reason', 'x', '--for', '90s']);
    expect(calls()[0]?.[1]).toMatchObject({ expiresMs: Date.UTC(2026, 10, 20, 14, 3, 30) });
  });

  it.each([
    ['no reason', []],
    ['two scopes', ['--upstream', 'crm', '--writes', '--reason', 'x']],
    ['a time that is no duration', ['--for', '1.5h', '--reason', 'x']],
    ['a command that there is not', ['sl', '--reason', 'x']],
    ['an option that there is not', ['--upstraem', 'crm', '--reason', 'x']],
    ['an option without its value', ['--reason']],
  ])('with %s is called wrongly, and stops nothing', async (_, args) => {
    const run = await world.run(['kill', ...args]);
    expect([run.exitCode, calls()]).toEqual([2, []]);
    expect(run.stderr).toContain('error:');
  });

  it('says so when the log gets the entry later', async () => {
    const pull = world.administration.pullKillSwitch.bind(world.administration);
    world.administration.pullKillSwitch = async (...args) => {
      const pulled = await pull(...args);
      return pulled.ok ? { ok: true, value: { ...pulled.value, recorded: false } } : pulled;
    };
    const run = await world.run(['kill', '--reason', 'disk full']);
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toContain('gets the entry later');
  });

  it.each<[readonly string[], boolean | null, string | null, string]>([
    [
      ['--principal', 'olivai'],
      false,
      'olivia',
      'Nobody called olivai is known so far, so the switch stops nothing yet. Did you mean olivia?',
    ],
    [['--client', 'x'], false, null, 'No client called x is known so far, so the switch stops nothing yet.\n'],
    [['--tool', 'crm/x\u001b[2J'], false, null, 'No tool called crm/x\\u{1b}[2J is known so far'],
    [['--principal', 'olivia'], null, null, 'Whether principal olivia is known could not be looked up now.'],
  ])('%j where that is known: %s', async (options, known, didYouMean, said) => {
    const pull = world.administration.pullKillSwitch.bind(world.administration);
    world.administration.pullKillSwitch = async (...args) => {
      const pulled = await pull(...args);
      return pulled.ok ? { ok: true, value: { ...pulled.value, name: { known, didYouMean } } } : pulled;
    };
    const run = await world.run(['kill', ...options, '--reason', 'x']);
    expect([run.exitCode, run.stdout.startsWith('Stopped: ')]).toEqual([0, true]);
    expect(run.stdout).toContain(said);
    const json = await world.run(['kill', ...options, '--reason', 'x', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ known, didYouMean });
  });

  it('ls and release take the options of their own', async () => {
    const listed = await world.run(['kill', 'ls', '--json'], { env: { COUNTERSIGN_ADMIN_URL: 'http://127.0.0.1:1' } });
    expect(listed.exitCode).toBe(3);
    const again = await world.run(['kill', 'ls', '--json', '--admin-url', world.url]);
    expect((JSON.parse(again.stdout) as { killSwitches: unknown[] }).killSwitches).toHaveLength(1);
    expect((await world.run(['release', 'kil_9'])).exitCode).toBe(1);
  });
});

describe('token create', () => {
  it('prints the token alone where no person reads', async () => {
    const run = await world.run(['token', 'create', 'alice']);
    expect(run.stdout).toMatch(/^csm_0{21}9_s{44}\n$/);
    expect(calls()).toEqual([
      ['createToken', { user: 'alice', plane: 'mcp', groups: [], scopes: [], roles: [], ttlMs: 30 * 86_400_000 }],
    ]);
  });

  it('takes groups, scopes and roles one by one', async () => {
    const options = ['--plane', 'admin', '--role', 'approver', '--role', 'auditor', '--group', 'leads', '--ttl', '12h'];
    await world.run(['token', 'create', 'olivia', ...options]);
    expect(calls()[0]?.[1]).toMatchObject({
      plane: 'admin',
      roles: ['approver', 'auditor'],
      groups: ['leads'],
      ttlMs: 12 * 3_600_000,
    });
  });

  it.each([
    [['--plane', 'mpc'], 2],
    [['--ttl', '30'], 2],
    [['--role', 'root'], 1],
    [['--scope', 'two scopes'], 1],
  ])('refuses %j', async (options, exitCode) => {
    const run = await world.run(['token', 'create', 'alice', ...options]);
    expect([run.exitCode, calls()]).toEqual([exitCode, []]);
  });
});

describe('audit tail', () => {
  it('goes on with --follow until it is interrupted, and shows every entry once', async () => {
    const interrupt = new AbortController();
    const records = world.administration.records;
    world.administration.records = records.slice(0, 2);
    const read = world.administration.readAudit.bind(world.administration);
    let polls = 0;
    world.administration.readAudit = (...args) => {
      polls++;
      if (polls === 2) world.administration.records = [...records, fakeRecord(45, { kind: 'new-kind', timeMs: 1 })];
      if (polls === 3) setImmediate(() => interrupt.abort());
      return read(...args);
    };
    const run = await world.run(['audit', 'tail', '--follow', '--json'], { signal: interrupt.signal });
    const shown = run.stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { seq: number }).seq);
    expect(shown).toEqual([41, 42, 43, 44, 45]);
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it.each([
    ['-n', '0'],
    ['-n', '1e2'],
    ['--after', '-1'],
    ['--after', 'x'],
  ])('refuses %s %s', async (...args) => {
    expect((await world.run(['audit', 'tail', ...args])).exitCode).toBe(2);
  });
});

describe('the gateway', () => {
  it('that is not there is 3, with the next step', async () => {
    const run = await world.run(['upstreams'], { env: { COUNTERSIGN_ADMIN_URL: 'http://127.0.0.1:1' } });
    expect(run).toEqual({
      exitCode: 3,
      stdout: '',
      stderr:
        'countersign: cannot reach the admin plane at http://127.0.0.1:1 (ECONNREFUSED)\nhelp: Is the gateway up? Name another one with --admin-url.\n',
    });
  });

  it.each([
    ['is no gateway', 200, '<html>\u001b[2J</html>'],
    ['answers something else', 200, '{"approvals":{}}'],
    ['sends somewhere else', 302, ''],
    ['fails without a problem document', 500, 'stack trace'],
  ])('that %s is 3, and its words are not shown', async (_, status, body) => {
    const url = await startServer((send) => send(status, body, { location: world.url }));
    const run = await world.run(['approvals', 'ls', '--admin-url', url]);
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain('not of an admin plane');
    expect(run.stdout + run.stderr).not.toMatch(/html|stack|\u001b/);
    expect(calls()).toEqual([]);
  });

  it('that lies in its words cannot move the terminal', async () => {
    const problem = { title: 't', status: 409, code: 'conflict', detail: '\u001b[2Jall fine\u202e', help: 'h' };
    const url = await startServer((send) => send(409, JSON.stringify(problem), {}));
    const run = await world.run(['upstreams', '--admin-url', url]);
    expect(run).toEqual({ exitCode: 1, stdout: '', stderr: 'countersign: \\u{1b}[2Jall fine\\u{202e}\nhelp: h\n' });
  });

  it('that does not know the token is 3', async () => {
    const run = await world.run(['upstreams'], { env: { COUNTERSIGN_ADMIN_TOKEN: 'csa_wrong' } });
    expect(run.exitCode).toBe(3);
    expect(run.stderr).not.toContain('csa_wrong');
  });
});

describe('the admin URL', () => {
  it.each([
    ['http://10.0.0.1:8421', 'plain http to another machine'],
    ['http://localhost.evil.example:8421', 'plain http to another machine'],
    ['ftp://localhost', 'no http or https URL'],
    ['localhost:8421', 'no http or https URL'],
  ])('%s is refused before the token leaves', async (url, words) => {
    const run = await world.run(['upstreams', '--admin-url', url]);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain(words);
  });
});

describe('the token', () => {
  let dir: string;
  let before: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'countersign-cli-'));
    before = process.cwd();
  });
  afterEach(() => process.chdir(before));

  it('comes from a file', async () => {
    const file = join(dir, 'token');
    writeFileSync(file, `${world.token}\n`);
    chmodSync(file, 0o600);
    const run = await world.run(['upstreams', '--admin-token-file', file], {
      env: { COUNTERSIGN_ADMIN_TOKEN: 'wrong' },
    });
    expect(run.exitCode).toBe(0);
  });

  it.each([
    ['is not there', null],
    ['is empty', ''],
    ['holds two lines', 'csa_1\ncsa_2\n'],
    ['holds a header', 'csa_1\r\nX-Evil: 1'],
  ])('is missed where the file %s', async (_, content) => {
    const file = join(dir, 'token');
    if (content !== null) writeFileSync(file, content);
    const run = await world.run(['upstreams', '--admin-token-file', file]);
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain(file);
    expect(run.stderr).not.toContain('csa_1');
  });

  it('is looked for in ./data otherwise, where the gateway leaves it', async () => {
    const env = { COUNTERSIGN_ADMIN_TOKEN: '' };
    process.chdir(dir);
    const missed = await world.run(['upstreams'], { env });
    expect(missed.exitCode).toBe(3);
    expect(missed.stderr).toContain('./data/operator-token cannot be read (ENOENT)');
    mkdirSync('data');
    writeFileSync('data/operator-token', `${world.token}\n`);
    expect((await world.run(['upstreams'], { env })).exitCode).toBe(0);
  });
});

type Send = (status: number, body: string, headers: Record<string, string>) => void;

async function startServer(answer: (send: Send) => void): Promise<string> {
  const server = createServer((_request, response) => {
    answer((status, body, headers) => response.writeHead(status, headers).end(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
