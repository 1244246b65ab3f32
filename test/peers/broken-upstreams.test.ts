import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { UpstreamList } from '../../src/core/admin-api/upstream-view.ts';
import { expectPairs } from '../support/audit-pairs.ts';
import { type PeerWorld, startPeerWorld } from '../support/peer-world.ts';
import { connectV1, SDKS, type SdkHost, textOf } from '../support/sdk-hosts.ts';

// One upstream dies in the middle of its work. In order: each test goes on where the one before has left the world.

let world: PeerWorld;
let hosts: readonly SdkHost[];
const note = (): string => join(world.files, 'note.txt');
beforeAll(async () => {
  world = await startPeerWorld({ holdMs: 100 });
  writeFileSync(note(), 'a note');
  hosts = await Promise.all(SDKS.map(([, connect]) => connect(world.url('/mcp'), world.tokens.alice)));
});
afterAll(() => world?.close());

const of = (upstream: string, listed: readonly string[]): readonly string[] =>
  listed.filter((tool) => tool.startsWith(`${upstream}__`));
const stateOf = async (name: string): Promise<string | undefined> => {
  const { json } = await world.gateway.admin('GET', '/api/upstreams');
  return (json as unknown as UpstreamList).upstreams.find((upstream) => upstream.name === name)?.state;
};

it('a process that is killed takes down its own calls and nobody else', async () => {
  for (const host of hosts) {
    const read = await host.call('filesystem__read_text_file', { path: note() });
    expect(textOf(read)).toBe('a note');
  }
  const before = world.filesystemPids().at(-1) ?? 0;
  process.kill(before, 'SIGKILL');
  for (const host of hosts) {
    expect(textOf(await host.call('everything__echo', { message: 'still here' }))).toBe('Echo: still here');
    const listed = await host.listTools();
    expect(of('everything', listed)).toHaveLength(8);
    expect(of('filesystem', listed)).toHaveLength(13);
  }
});

it('it is started again, by itself', async () => {
  const [first] = hosts;
  const read = () => first!.call('filesystem__read_text_file', { path: note() });
  let answer = await read();
  while (answer.isError) {
    expect(answer.structuredContent).toMatchObject({ status: 'failed' });
    await delay(50);
    answer = await read();
  }
  expect(textOf(answer)).toBe('a note');
  expect(await stateOf('filesystem')).toBe('ready');
});

it('a server that is killed under a call makes that call fail, and says that it may have run', async () => {
  const running = hosts.map((host) => {
    const started = Promise.withResolvers<void>();
    const operation = { duration: 600, steps: 6000 };
    return {
      started: started.promise,
      call: host.call('everything__trigger-long-running-operation', operation, () => started.resolve()),
    };
  });
  await Promise.all(running.map(({ started }) => started));
  await world.everything.process.stop('SIGKILL');
  for (const answer of await Promise.all(running.map(({ call }) => call))) {
    expect(answer).toMatchObject({ isError: true, structuredContent: { status: 'failed', mayHaveRun: true } });
  }
});

it('its tools can be called no more, and the others can', async () => {
  for (const host of hosts) {
    const echo = await host.call('everything__echo', { message: 'x' });
    expect(echo).toMatchObject({ isError: true, structuredContent: { status: 'failed' } });
    expect(JSON.stringify(echo)).not.toContain(new URL(world.everything.url).port);
    expect(textOf(await host.call('filesystem__read_text_file', { path: note() }))).toBe('a note');
  }
  expect(await stateOf('everything')).toBe('failing');
  expect(await stateOf('filesystem')).toBe('ready');
});

it('who asks for the first time is shown the tools of the other', async () => {
  const bob = await connectV1(world.url('/mcp'), world.tokens.bob);
  const listed = await bob.listTools();
  expect(of('filesystem', listed)).toHaveLength(13);
  expect(of('everything', listed)).toEqual([]);
  const echo = await bob.call('everything__echo', { message: 'x' });
  expect(echo).toMatchObject({ isError: true, structuredContent: { reason: 'upstream_unavailable' } });
  expect(textOf(await bob.call('filesystem__read_text_file', { path: note() }))).toBe('a note');
  await bob.close();
});

it('all of it is in the audit log', async () => {
  const log = await expectPairs(world);
  const outcomes = log.filter(({ kind, outcome }) => kind === 'outcome' && outcome !== 'ok');
  expect(outcomes.filter(({ outcome }) => outcome === 'upstream-unreachable')).toHaveLength(hosts.length);
  expect(outcomes.filter(({ outcome }) => outcome === 'not-dispatched').length).toBeGreaterThanOrEqual(hosts.length);
  await Promise.all(hosts.map((host) => host.close()));
});
