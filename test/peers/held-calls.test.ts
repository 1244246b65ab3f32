import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApprovalView } from '../../src/core/admin-api/approval-view.ts';
import { GATEWAY_ERRORS } from '../../src/core/mcp/errors.ts';
import { expectPairs } from '../support/audit-pairs.ts';
import { ERAS, mcpRequest, withHeaders } from '../support/mcp-request.ts';
import { type PeerWorld, startPeerWorld } from '../support/peer-world.ts';
import { sendRaw } from '../support/raw-http.ts';
import { type SdkProgress, SDKS, textOf } from '../support/sdk-hosts.ts';

// Calls that take a while, with an approver or an operator who acts meanwhile. The hold is far longer than a test may take: what ends
// these calls is the person, never the clock.

let world: PeerWorld;
beforeAll(async () => {
  world = await startPeerWorld({ holdMs: 300_000 });
});
afterAll(() => world?.close());

/** The request that waits for this target, once it is there. */
async function requestFor(target: string): Promise<ApprovalView> {
  for (;;) {
    const pending = await world.pendingApprovals();
    const mine = pending.find(({ arguments: args }) => (args as { path: string }).path === target);
    if (mine !== undefined) return mine;
  }
}

describe.each(SDKS)('%s', (name, connect) => {
  const fileName = name.replaceAll(/\W+/g, '-');

  it('is held, is told why, and gets the result of the very call that was approved', async () => {
    const host = await connect(world.url('/mcp'), world.tokens.alice);
    await host.listTools();
    const target = join(world.files, `${fileName}-approved`);
    const seen: SdkProgress[] = [];
    const write = { path: target, content: 'agreed' };
    const held = host.call('filesystem__write_file', write, (progress) => seen.push(progress));

    const { id, arguments: shown, requester } = await requestFor(target);
    expect([requester, shown]).toEqual(['alice', write]);
    expect(existsSync(target)).toBe(false);
    await world.gateway.admin('POST', `/api/approvals/${id}/approve`, {}, world.admins.olivia);

    const done = await held;
    expect(done.isError).not.toBe(true);
    expect(readFileSync(target, 'utf8')).toBe('agreed');
    expect(seen[0]).toMatchObject({ progress: 0, message: expect.stringContaining(`waiting for approval ${id}: `) });
    expect(await host.call('filesystem__write_file', write)).toEqual(done);
    await host.close();
  });

  it('is held, and told of the refusal', async () => {
    const host = await connect(world.url('/mcp/filesystem'), world.tokens.alice);
    const target = join(world.files, `${fileName}-rejected`);
    const held = host.call('write_file', { path: target, content: 'x' });
    const { id } = await requestFor(target);
    await world.gateway.admin('POST', `/api/approvals/${id}/reject`, { comment: 'no' }, world.admins.olivia);
    expect(await held).toMatchObject({ isError: true, structuredContent: { status: 'approval_rejected' } });
    expect(existsSync(target)).toBe(false);
    await host.close();
  });

  it('leaves while it is held: nothing runs until it comes back, and then once', async () => {
    const leaving = await connect(world.url('/mcp'), world.tokens.alice);
    const target = join(world.files, `${fileName}-left`);
    const write = { path: target, content: 'later' };
    const lost = leaving.call('filesystem__write_file', write).catch(() => 'lost');
    const { id } = await requestFor(target);
    await leaving.close();
    expect(await lost).toBe('lost');
    await world.gateway.admin('POST', `/api/approvals/${id}/approve`, {}, world.admins.olivia);
    expect(existsSync(target)).toBe(false);

    const back = await connect(world.url('/mcp'), world.tokens.alice);
    expect(textOf(await back.call('filesystem__write_file', write))).toContain('Successfully wrote');
    expect(readFileSync(target, 'utf8')).toBe('later');
    await back.close();
  });

  it('follows the progress of a long operation', async () => {
    const host = await connect(world.url('/mcp/everything'), world.tokens.alice);
    const seen: SdkProgress[] = [];
    const operation = { duration: 0.6, steps: 3 };
    const done = await host.call('trigger-long-running-operation', operation, (progress) => seen.push(progress));
    expect(textOf(done)).toBe('Long running operation completed. Duration: 0.6 seconds, Steps: 3.');
    // The last one may come in the same breath as the result, and then the SDK has no listener any more.
    expect(seen.slice(0, 2)).toEqual([
      { progress: 1, total: 3 },
      { progress: 2, total: 3 },
    ]);
    await host.close();
  });
});

describe('the kill switch', () => {
  it('stops what runs and what waits, all hosts at once; they go on when it is released', async () => {
    const hosts = await Promise.all(
      SDKS.map(async ([, connect]) => ({
        alice: await connect(world.url('/mcp'), world.tokens.alice),
        bob: await connect(world.url('/token/mcp/everything'), world.tokens.bob),
      })),
    );
    const target = join(world.files, 'stopped');
    const write = { path: target, content: 'x' };
    const running = hosts.map(({ bob }) => {
      const started = Promise.withResolvers<void>();
      const call = bob.call('trigger-long-running-operation', { duration: 600, steps: 6000 }, () => started.resolve());
      return { started: started.promise, call: call.catch((error: unknown) => error) };
    });
    const held = hosts.map(({ alice }) => alice.call('filesystem__write_file', write).catch((error: unknown) => error));
    const { id } = await requestFor(target);
    await Promise.all(running.map(({ started }) => started));

    const kill = await world.countersign('kill', '--reason', 'something odd', '--json');
    expect([kill.exitCode, kill.stderr]).toEqual([0, '']);
    const killSwitch = JSON.parse(kill.stdout) as { readonly id: string };
    for (const answer of await Promise.all([...running.map(({ call }) => call), ...held])) {
      expect(answer).toMatchObject({
        code: GATEWAY_ERRORS.killSwitch,
        message: expect.stringContaining('kill switch') as string,
      });
    }
    for (const { alice, bob } of hosts) {
      await expect(alice.call('filesystem__list_allowed_directories', {})).rejects.toThrow(/503|kill switch/);
      await expect(bob.call('echo', { message: 'x' })).rejects.toThrow(/503|kill switch/);
      await expect(alice.listTools()).rejects.toThrow(/503|kill switch/);
    }
    for (const era of ERAS) {
      const echo = mcpRequest(era, 'tools/call', { name: 'everything__echo', arguments: { message: 'x' } });
      const raw = withHeaders(echo, [['Authorization', `Bearer ${world.tokens.bob}`]]);
      const { status, headers } = await sendRaw(world.gateway.mcpPort, raw);
      expect([status, headers.get('retry-after')]).toEqual([503, '60']);
    }
    expect((await world.gateway.admin('GET', `/api/approvals/${id}`)).json).toMatchObject({ status: 'void' });

    const release = await world.countersign('release', killSwitch.id);
    expect([release.exitCode, release.stderr]).toEqual([0, '']);
    for (const { alice, bob } of hosts) {
      expect(textOf(await alice.call('filesystem__list_allowed_directories', {}))).toContain(world.files);
      expect(textOf(await bob.call('echo', { message: 'on again' }))).toBe('Echo: on again');
    }
    expect(existsSync(target)).toBe(false);
    await Promise.all(hosts.flatMap(({ alice, bob }) => [alice.close(), bob.close()]));
  });
});

it('all of it is in the audit log, with what the switch cut off', async () => {
  const log = await expectPairs(world);
  const killed = log.filter(({ outcome }) => outcome === 'killed');
  expect(killed).toHaveLength(SDKS.length);
  const switched = log.filter(({ kind }) => kind === 'kill-switch');
  expect(switched).toMatchObject([
    { change: 'on', by: 'olivia', reason: 'something odd' },
    { change: 'off', by: 'olivia' },
  ]);
  // Hosts come back for their event streams as well, each in its own time.
  const denied = log.filter(
    ({ method, reasons }) => method !== 'GET' && Array.isArray(reasons) && reasons.includes('kill_switch'),
  );
  expect(denied).toHaveLength(SDKS.length * 3 + ERAS.length);
  // Nothing was let through between the two.
  const [on, off] = switched.map(({ seq }) => seq);
  const meanwhile = log.filter(({ seq, kind }) => seq > Number(on) && seq < Number(off) && kind === 'decision');
  expect(meanwhile.map(({ decision }) => decision)).toEqual(meanwhile.map(() => 'deny'));
});
