import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectPairs } from '../support/audit-pairs.ts';
import { type PeerWorld, startPeerWorld } from '../support/peer-world.ts';
import { connectV1, SDKS, type SdkAnswer, textOf } from '../support/sdk-hosts.ts';

// What a write through server-filesystem does to the disk, and when: the file is the judge.

let world: PeerWorld;
beforeAll(async () => {
  world = await startPeerWorld({ holdMs: 100 });
});
afterAll(() => world?.close());

const approve = (id: string, token: string | null) =>
  world.gateway.admin('POST', `/api/approvals/${id}/approve`, {}, token);
const approvalIdOf = ({ structuredContent }: SdkAnswer): string => String(structuredContent?.['approvalId']);

const WAYS = SDKS.flatMap(([name, connect], row) =>
  (['/mcp', '/mcp/filesystem', '/token/mcp'] as const).map((path) => ({
    name,
    connect,
    path,
    file: `written-${row}${path.replaceAll('/', '-')}`,
    tool: path.endsWith('/filesystem') ? 'write_file' : 'filesystem__write_file',
  })),
);

it.each(WAYS)(
  '$name at $path: a write waits for another person, then runs once',
  async ({ connect, path, file, tool }) => {
    const host = await connect(world.url(path), world.tokens.alice);
    await host.listTools();
    const target = join(world.files, file);
    const write = () => host.call(tool, { path: target, content: 'by an agent' });

    const pending = await write();
    const id = approvalIdOf(pending);
    expect(pending).toMatchObject({ isError: true, structuredContent: { status: 'approval_pending' } });
    expect(textOf(pending)).toMatch(/^Pending approval, not executed\..*same arguments/);
    expect(approvalIdOf(await write())).toBe(id);
    expect(existsSync(target)).toBe(false);

    expect((await approve(id, world.admins.olivia)).json).toMatchObject({ status: 'approved', decidedBy: 'olivia' });
    expect(existsSync(target)).toBe(false);
    const done = await write();
    expect(done.isError).not.toBe(true);
    expect(textOf(done)).toContain('Successfully wrote');
    expect(readFileSync(target, 'utf8')).toBe('by an agent');

    // Once: what somebody wrote since then stays, and the retry is told what happened the first time.
    writeFileSync(target, 'by a person');
    const { mtimeMs } = statSync(target);
    expect(await write()).toEqual(done);
    expect((await approve(id, world.admins.olivia)).status).toBe(409);
    expect(await write()).toEqual(done);
    expect(readFileSync(target, 'utf8')).toBe('by a person');
    expect(statSync(target).mtimeMs).toBe(mtimeMs);
    await host.close();
  },
);

describe('an approval', () => {
  it('is never given by who asked for it, with whatever credential', async () => {
    const host = await connectV1(world.url('/mcp'), world.tokens.alice);
    const target = join(world.files, 'own');
    const write = () => host.call('filesystem__write_file', { path: target, content: 'x' });
    const id = approvalIdOf(await write());
    expect((await approve(id, world.tokens.alice)).json).toMatchObject({ status: 403, code: 'forbidden' });
    expect((await approve(id, world.admins.alice)).json).toMatchObject({ status: 403, code: 'forbidden' });
    expect((await approve(id, null)).status).toBe(401);
    expect(approvalIdOf(await write())).toBe(id);
    expect(existsSync(target)).toBe(false);
    await host.close();
  });

  it('is good for these arguments and no others', async () => {
    const host = await connectV1(world.url('/mcp'), world.tokens.alice);
    const write = (content: string) =>
      host.call('filesystem__write_file', { path: join(world.files, 'exact'), content });
    const agreed = approvalIdOf(await write('agreed'));
    await approve(agreed, world.admins.olivia);
    const other = approvalIdOf(await write('agreed '));
    expect(other).toMatch(/^apr_/);
    expect(other).not.toBe(agreed);
    expect(existsSync(join(world.files, 'exact'))).toBe(false);
    await host.close();
  });

  it('that was refused does not run, and asking again at once is no way round it', async () => {
    const host = await connectV1(world.url('/mcp'), world.tokens.alice);
    const target = join(world.files, 'rejected');
    const write = () => host.call('filesystem__write_file', { path: target, content: 'x' });
    const id = approvalIdOf(await write());
    await world.gateway.admin('POST', `/api/approvals/${id}/reject`, { comment: 'not today' }, world.admins.olivia);
    for (const answer of [await write(), await write()]) {
      expect(answer).toMatchObject({
        isError: true,
        structuredContent: { status: 'approval_rejected', approvalId: id },
      });
      expect(textOf(answer)).toContain('not today');
    }
    expect(existsSync(target)).toBe(false);
    await host.close();
  });

  it('is spent by a call that fails, too', async () => {
    const host = await connectV1(world.url('/mcp'), world.tokens.alice);
    const write = () => host.call('filesystem__write_file', { path: '/etc/countersign-was-here', content: 'x' });
    const id = approvalIdOf(await write());
    await approve(id, world.admins.olivia);
    const failed = await write();
    expect(failed.isError).toBe(true);
    expect(textOf(failed)).toMatch(/outside allowed directories/);
    expect(await write()).toEqual(failed);
    expect((await world.gateway.admin('GET', `/api/approvals/${id}`)).json).toMatchObject({ status: 'failed' });
    await host.close();
  });

  it('runs once for a host that sends its retry many times at the same moment', async () => {
    const hosts = await Promise.all(SDKS.map(([, connect]) => connect(world.url('/mcp'), world.tokens.alice)));
    const target = join(world.files, 'edited');
    writeFileSync(target, '1');
    const edits = [{ oldText: '1', newText: '11' }];
    const edit = () =>
      Promise.all(
        hosts.flatMap((host) => [1, 2, 3].map(() => host.call('filesystem__edit_file', { path: target, edits }))),
      );
    const ids = new Set((await edit()).map(approvalIdOf));
    expect(ids.size).toBe(1);
    await approve([...ids][0] ?? '', world.admins.olivia);
    const answers = await edit();
    expect(answers.some(({ isError }) => isError !== true)).toBe(true);
    await edit();
    expect(readFileSync(target, 'utf8')).toBe('11');
    await Promise.all(hosts.map((host) => host.close()));
  });
});

describe("another person's approval", () => {
  it('cannot be seen, decided or used', async () => {
    const alice = await connectV1(world.url('/mcp'), world.tokens.alice);
    const bob = await connectV1(world.url('/mcp'), world.tokens.bob);
    const target = join(world.files, 'private');
    const write = (host: typeof alice) => host.call('filesystem__write_file', { path: target, content: 'x' });
    const id = approvalIdOf(await write(alice));
    const own = approvalIdOf(await write(bob));
    expect(own).toMatch(/^apr_/);
    expect(own).not.toBe(id);

    const show = (token: string) => world.gateway.admin('GET', `/api/approvals/${id}`, undefined, token);
    expect((await show(world.tokens.bob)).status).toBe(403);
    expect((await world.gateway.admin('GET', '/api/approvals', undefined, world.tokens.bob)).status).toBe(403);
    expect((await approve(id, world.tokens.bob)).status).toBe(403);
    // An approver, but not of the group that the rule asks for.
    expect((await approve(id, world.admins.bob)).status).toBe(403);

    await approve(id, world.admins.olivia);
    expect(await write(bob)).toMatchObject({ structuredContent: { status: 'approval_pending', approvalId: own } });
    expect(existsSync(target)).toBe(false);
    expect(textOf(await write(alice))).toContain('Successfully wrote');
    await Promise.all([alice.close(), bob.close()]);
  });
});

it('all of it is in the audit log, each write once', async () => {
  const log = await expectPairs(world);
  const dispatched = log.filter(({ kind }) => kind === 'dispatch').map(({ approvalId }) => approvalId);
  expect(new Set(dispatched).size).toBe(dispatched.length);
  expect(dispatched.length).toBe(WAYS.length + 3);
  expect(log.filter(({ change }) => change === 'denied').length).toBeGreaterThan(0);
  for (const approvalId of dispatched) {
    // Who tried to decide and might not has an entry as well.
    const changes = log.filter(
      (entry) => entry['approvalId'] === approvalId && entry.kind !== 'decision' && entry['change'] !== 'denied',
    );
    expect(changes.map(({ kind, change, by, decidedBy }) => [kind, change ?? '', by ?? decidedBy ?? ''])).toEqual([
      ['approval', 'requested', ''],
      ['approval', 'approved', 'olivia'],
      ['dispatch', '', 'olivia'],
      ['outcome', '', ''],
    ]);
  }
});
