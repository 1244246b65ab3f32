import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApprovalList } from '../../src/core/admin-api/approval-view.ts';
import type { TokenList } from '../../src/core/admin-api/token-view.ts';
import { expectPairs } from '../support/audit-pairs.ts';
import { type PeerWorld, startPeerWorld } from '../support/peer-world.ts';
import { runInspector } from '../support/run-inspector.ts';
import { SDKS, type SdkHost, textOf } from '../support/sdk-hosts.ts';

// The command line as an operator runs it, in processes of its own, while real hosts are at work.

let world: PeerWorld;
let hosts: readonly SdkHost[];
beforeAll(async () => {
  world = await startPeerWorld({ holdMs: 100 });
  writeFileSync(join(world.files, 'note.txt'), 'a note');
  hosts = await Promise.all(SDKS.map(([, connect]) => connect(world.url('/mcp'), world.tokens.alice)));
});
afterAll(() => world?.close());

/** What a command prints when all is well. */
async function print(...args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await world.countersign(...args);
  expect([exitCode, stderr]).toEqual([0, '']);
  return stdout;
}
const printJson = async <T>(...args: readonly string[]): Promise<T> => JSON.parse(await print(...args, '--json')) as T;

describe('countersign token', () => {
  it('makes a token that works at once, and at the next request after it is revoked no more', async () => {
    const token = (await print('token', 'create', 'dora', '--group', 'staff', '--ttl', '1h')).trimEnd();
    expect(token).toMatch(/^csm_[\w-]{22}_[\w-]{44}$/);
    const opened = await Promise.all(SDKS.map(([, connect]) => connect(world.url('/token/mcp'), token)));
    for (const host of opened) expect(textOf(await host.call('everything__echo', { message: 'hi' }))).toBe('Echo: hi');

    const { tokens } = await printJson<TokenList>('token', 'ls');
    const mine = tokens.find(({ user }) => user === 'dora');
    expect(mine).toMatchObject({ plane: 'mcp', groups: ['staff'], revokedAt: null });
    expect(await print('token', 'revoke', mine?.id ?? '')).toBe(`Revoked ${mine?.id}.\n`);

    for (const host of opened) {
      await expect(host.call('everything__echo', { message: 'hi' })).rejects.toThrow(/401|[Uu]nauthorized/);
      await host.close();
    }
    for (const [, connect] of SDKS)
      await expect(connect(world.url('/mcp'), token)).rejects.toThrow(/401|[Uu]nauthorized/);
    const inspected = await runInspector({ url: world.url('/token/mcp'), token, era: 'auto' }, [
      '--method',
      'tools/list',
    ]);
    expect(inspected).toMatchObject({ result: null, error: { code: 'auth_required' } });
  });
});

describe('countersign approvals', () => {
  it('shows exactly what waits, and approves it', async () => {
    const target = join(world.files, 'approved');
    const write = (host: SdkHost) =>
      host.call('filesystem__write_file', { path: target, content: 'a \u202e b\u001b[2J' });
    const pending = await Promise.all(hosts.map(write));
    const id = String(pending[0]?.structuredContent?.['approvalId']);
    // One request, whichever of alice's hosts asks.
    expect(pending.map(({ structuredContent }) => structuredContent?.['approvalId'])).toEqual(hosts.map(() => id));

    const [{ approvals }, shown, mistaken, undecided] = await Promise.all([
      printJson<ApprovalList>('approvals', 'ls', '--status', 'pending'),
      print('approvals', 'show', id),
      world.countersign('approvals', 'approve', id, '--args-hash', '0'.repeat(64)),
      world.countersign('approvals', 'approve', id),
    ]);
    expect(approvals.map((approval) => approval.id)).toEqual([id]);
    expect(shown).toContain('filesystem/write_file');
    expect(shown).toContain(
      'A lead confirms every change to shared files (rule staff-write at policies/filesystem.yaml:',
    );
    expect(shown).toContain(String.raw`"content": "a \u202e b\u001b[2J"`);
    expect([mistaken.exitCode, mistaken.stdout]).toEqual([1, '']);
    expect([undecided.exitCode, undecided.stdout]).toEqual([2, '']);

    const argsDigest = approvals[0]?.argsDigest ?? '';
    const approved = await print('approvals', 'approve', id, '--args-hash', argsDigest);
    expect(approved).toBe(`Approved ${id}: alice may run filesystem/write_file once, with these arguments.\n`);
    const [first, second] = [await write(hosts[0]!), await write(hosts.at(-1)!)];
    expect(second).toEqual(first);
    expect(readFileSync(target, 'utf8')).toBe('a \u202e b\u001b[2J');
    const [again, listed] = await Promise.all([
      world.countersign('approvals', 'approve', id, '--yes'),
      print('approvals', 'ls', '--limit', '1'),
    ]);
    expect([again.exitCode, again.stdout]).toEqual([1, '']);
    expect(listed).toMatch(/executed +alice +filesystem\/write_file/);
  });
});

describe('countersign kill', () => {
  it('stops one upstream for every host, and nothing else, until it is released', async () => {
    const stopped = await print('kill', '--upstream', 'everything', '--reason', 'maintenance', '--for', '1h');
    const id = /countersign release (\S+)/.exec(stopped)?.[1] ?? '';
    for (const host of hosts) {
      await expect(host.call('everything__echo', { message: 'x' })).rejects.toThrow(/503|kill switch/);
      expect((await host.listTools()).filter((tool) => tool.startsWith('everything__'))).toEqual([]);
      const read = await host.call('filesystem__read_text_file', { path: join(world.files, 'note.txt') });
      expect(textOf(read)).toBe('a note');
    }
    expect(await print('kill', 'ls')).toMatch(new RegExp(`${id} +upstream everything +olivia`));
    expect(await print('release', id)).toContain('upstream everything may run again');
    for (const host of hosts) expect(textOf(await host.call('everything__echo', { message: 'x' }))).toBe('Echo: x');
  });
});

describe('countersign upstreams and audit', () => {
  it('say how each server is doing, and have everything that happened', async () => {
    const lines = await print('upstreams');
    expect(lines).toMatch(/^everything +http +ready +2025-11-25 +\d+ +-$/m);
    expect(lines).toMatch(/^filesystem +stdio +ready +2025-11-25 +14 +-$/m);

    const log = await expectPairs(world);
    const told = log.filter(({ kind }) => ['token', 'approval', 'dispatch', 'kill-switch'].includes(kind));
    expect(told.slice(-7).map(({ kind, change, by, decidedBy }) => [kind, change, by ?? decidedBy])).toEqual([
      ['token', 'created', 'olivia'],
      ['token', 'revoked', 'olivia'],
      ['approval', 'requested', undefined],
      ['approval', 'approved', 'olivia'],
      ['dispatch', undefined, 'olivia'],
      ['kill-switch', 'on', 'olivia'],
      ['kill-switch', 'off', 'olivia'],
    ]);
    const last = log.findLast(({ kind }) => kind === 'decision');
    const seq = Number(last?.seq);
    const [shown, line] = await Promise.all([
      printJson('audit', 'show', String(seq)),
      print('audit', 'tail', '--after', String(seq - 1), '--limit', '1'),
    ]);
    expect(shown).toMatchObject({ tool: 'echo', arguments: { message: 'x' } });
    expect(line).toMatch(/decision +allow +alice +everything\/echo/);
  });
});

it('a credential of the MCP plane opens none of it', async () => {
  const attempts = [
    ['kill', '--reason', 'x'],
    ['token', 'create', 'mallory', '--plane', 'admin', '--role', 'approver'],
  ];
  const runs = await Promise.all(attempts.map((args) => world.countersignAs(world.tokens.alice, ...args)));
  expect(runs.map(({ exitCode, stdout }) => [exitCode, stdout])).toEqual(attempts.map(() => [3, '']));
  for (const { stderr } of runs) expect(stderr).toMatch(/MCP plane/);
});
