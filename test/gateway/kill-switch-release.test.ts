import { describe, expect, it } from 'vitest';
import { createInFlight } from '../../src/gateway/in-flight.ts';
import { createKillSwitches, type KillSwitches, type KillSwitchesDeps } from '../../src/gateway/kill-switches.ts';
import { StoreError } from '../../src/ports/store-error.ts';
import { createCountingIds, createFixedClock } from '../support/fixed-clock.ts';
import { createMemoryStore, type MemoryStore } from '../support/memory-store.ts';

const EVERYTHING = { scope: { all: true }, reason: 'a test', expiresMs: null, by: 'olivia' } as const;
const ANY_CALL = { principal: 'alice', client: 'c', upstream: 'notes', tool: 'get', class: 'read' } as const;

function start(store: MemoryStore): Promise<KillSwitches> {
  const deps: KillSwitchesDeps = {
    store: store.killSwitches,
    approvals: store.approvals,
    inFlight: createInFlight(),
    clock: createFixedClock(),
    ids: createCountingIds(),
    wakeApproval: () => undefined,
    report: () => undefined,
  };
  return createKillSwitches(deps);
}

describe('a release that the log does not take', () => {
  it('is none: the switch stays on, also after a restart, and the log says so', async () => {
    const store = createMemoryStore();
    const killSwitches = await start(store);
    const { killSwitch } = await killSwitches.pull(EVERYTHING);

    store.failWith('the disk is full');
    await expect(killSwitches.release(killSwitch.id, 'olivia')).rejects.toThrow(StoreError);
    expect(killSwitches.find(ANY_CALL)).toEqual(killSwitch);
    expect((await start(store)).find(ANY_CALL)).toEqual(killSwitch);

    store.failWith(null);
    expect(await killSwitches.release(killSwitch.id, 'olivia')).toEqual(killSwitch);
    const entries = await store.audit.read({ limit: 10, afterSequence: 0 });
    const changes = entries.map(({ leaf }) => (JSON.parse(leaf) as { entry: { change: string; by: string } }).entry);
    expect(changes.map(({ change, by }) => `${change} by ${by}`)).toEqual([
      'on by olivia',
      'off by olivia',
      'on by gateway',
      'off by olivia',
    ]);
  });
});

describe('a switch that several release at once', () => {
  it('is released once, by one of them, and the log says it once', async () => {
    const store = createMemoryStore();
    const killSwitches = await start(store);
    const { killSwitch } = await killSwitches.pull(EVERYTHING);
    const released = await Promise.all(
      ['olivia', 'otto', 'oscar'].map((by) => killSwitches.release(killSwitch.id, by)),
    );
    expect(released).toEqual([killSwitch, null, null]);
    expect(killSwitches.find(ANY_CALL)).toBeNull();
    const entries = await store.audit.read({ limit: 10, afterSequence: 0 });
    expect(entries.map(({ leaf }) => /"change":"(\w+)"/.exec(leaf)?.[1])).toEqual(['on', 'off']);
  });
});
