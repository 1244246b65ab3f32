import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Approval } from '../../src/core/approval/approval.ts';
import { type CliRun, type CliWorld, createCliWorld, type RunOptions } from '../support/cli-world.ts';
import { codeBlocks } from '../support/code-blocks.ts';
import { sampleApprovalEntry } from '../support/store-samples.ts';

const ALICE = 'apr_0000000000000000000001';
const BOB = 'apr_0000000000000000000002';
let world: CliWorld;

beforeEach(async () => {
  world = await createCliWorld();
});

interface Watch {
  /** Until stdout has this. */
  until(pattern: RegExp): Promise<string>;
  /** As Ctrl-C does. */
  interrupt(): Promise<CliRun>;
}

function watch(args: readonly string[] = [], options: RunOptions = {}): Watch {
  const interrupt = new AbortController();
  let text = '';
  let look = (): void => undefined;
  const onOutput = (stdout: string): void => {
    text = stdout;
    look();
  };
  const run = world.run(['approvals', 'watch', ...args], { ...options, signal: interrupt.signal, onOutput });
  onTestFinished(() => interrupt.abort());
  return {
    until: (pattern) =>
      new Promise((resolve) => {
        look = () => pattern.test(text) && resolve(text);
        look();
      }),
    interrupt: () => {
      interrupt.abort();
      return run;
    },
  };
}

/** Changes the approval, and records what the gateway records with it. */
async function change(id: string, fields: Partial<Approval>): Promise<void> {
  world.administration.approvals = world.administration.approvals.map((each) =>
    each.id === id ? { ...each, ...fields } : each,
  );
  const changed = world.administration.approvals.find((each) => each.id === id) as Approval;
  await world.audit.record([sampleApprovalEntry('approved', changed)]);
}

describe('approvals watch', () => {
  it('says what waits, the oldest first, and every change, and ends cleanly when it is interrupted', async () => {
    const watching = watch();
    await watching.until(/crm\/send_email/);
    await change(ALICE, { status: 'approved', approvedBy: ['olivia'] });
    await watching.until(/approved/);
    await change(BOB, { status: 'rejected' });
    await watching.until(/rejected/);
    const run = await watching.interrupt();
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(run.stdout.split('\n').map((line) => line.split(/ {2,}/).slice(1, 5))).toEqual([
      [ALICE, 'pending', 'alice', 'crm/update_deal'],
      [BOB, 'pending', 'bob', 'crm/send_email'],
      [ALICE, 'approved', 'alice', 'crm/update_deal'],
      [BOB, 'rejected', 'bob', 'crm/send_email'],
      [],
    ]);
  });

  it('prints what docs/cli.md shows', async () => {
    const [{ text } = { text: '' }] = codeBlocks('docs/cli.md', 'text');
    world.administration.approvals = world.administration.approvals.filter(({ id }) => id === ALICE);
    const watching = watch([], { isTty: true });
    await watching.until(/pending/);
    await change(ALICE, { status: 'approved' });
    await watching.until(/approved/);
    expect((await watching.interrupt()).stdout).toBe(text);
  });

  it('has a head and colours on a terminal, and neither in a pipe', async () => {
    const watching = watch([], { isTty: true, color: true });
    const text = await watching.until(/send_email/);
    expect(text).toMatch(/^\u001b\[2mTIME +ID +STATUS/);
    expect(text).toContain('\u001b[33m2026-11-20 14:00:00Z');
    await watching.interrupt();
  });

  it('writes one document a line with --json', async () => {
    const watching = watch(['--json']);
    await watching.until(/send_email/);
    await change(ALICE, { status: 'executed' });
    await watching.until(/executed/);
    const { stdout } = await watching.interrupt();
    const documents = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string; status: string });
    expect(documents.map(({ id, status }) => [id, status])).toEqual([
      [ALICE, 'pending'],
      [BOB, 'pending'],
      [ALICE, 'executed'],
    ]);
  });

  it('says nothing twice: not for entries of other things, nor for a change that is recorded twice', async () => {
    const watching = watch();
    await watching.until(/send_email/);
    await change(ALICE, { status: 'approved' });
    await change(ALICE, {});
    await change(BOB, { status: 'void' });
    await watching.until(/void/);
    expect((await watching.interrupt()).stdout.trim().split('\n')).toHaveLength(4);
  });

  it('misses nothing when the connection is lost, and says that it was', async () => {
    const proxy = await startProxy(Number(new URL(world.url).port));
    const watching = watch(['--admin-url', proxy.url]);
    await watching.until(/send_email/);
    proxy.down();
    await change(ALICE, { status: 'approved' });
    await change(BOB, { status: 'expired' });
    proxy.up();
    await watching.until(/approved/);
    await watching.until(/expired/);
    const run = await watching.interrupt();
    expect(run.stdout.trim().split('\n')).toHaveLength(4);
    expect(run).toMatchObject({
      exitCode: 0,
      stderr: expect.stringMatching(/^countersign: the connection was lost;.*\n$/),
    });
  });

  it('shows no control or invisible character', async () => {
    const hostile = 'x\u001b[2J\u202e\r\napproved';
    world.administration.approvals = world.administration.approvals.map((each) => ({ ...each, reason: hostile }));
    const watching = watch();
    await watching.until(/send_email/);
    expect((await watching.interrupt()).stdout.replaceAll('\n', '')).not.toMatch(/\p{C}/u);
  });

  it.each([
    ['that is not there', { COUNTERSIGN_ADMIN_URL: 'http://127.0.0.1:1' }],
    ['that does not know the token', { COUNTERSIGN_ADMIN_TOKEN: 'csa_wrong' }],
  ])('ends with 3 for a gateway %s', async (_, env) => {
    const run = await world.run(['approvals', 'watch'], { env });
    expect(run).toMatchObject({ exitCode: 3, stdout: '' });
    expect(run.stderr).toContain('help:');
  });
});

/** Passes bytes on; while it is down it takes no connection, and those that were open are cut. */
async function startProxy(port: number): Promise<{ url: string; down(): void; up(): void }> {
  let isUp = true;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    if (!isUp) return void socket.destroy();
    const onward = connect(port, '127.0.0.1');
    for (const each of [socket, onward]) {
      sockets.add(each);
      each.on('error', () => undefined).on('close', () => sockets.delete(each));
    }
    socket.pipe(onward).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => sockets.forEach((socket) => void socket.destroy());
  onTestFinished(() => {
    cut();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    down: () => {
      isUp = false;
      cut();
    },
    up: () => {
      isUp = true;
    },
  };
}
