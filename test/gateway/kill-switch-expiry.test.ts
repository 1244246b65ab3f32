import { describe, expect, it } from 'vitest';
import { createInFlight } from '../../src/gateway/in-flight.ts';
import { createKillSwitches, type KillSwitches } from '../../src/gateway/kill-switches.ts';
import { createCountingIds, createFixedClock, type FixedClock } from '../support/fixed-clock.ts';
import { createMemoryStore, type MemoryStore } from '../support/memory-store.ts';
import { FIRST_OF_ITS_KIND, sampleApproval } from '../support/store-samples.ts';

const MINUTE_MS = 60_000;
const ids = createCountingIds();

function start(store: MemoryStore, clock: FixedClock): Promise<KillSwitches> {
  return createKillSwitches({
    clock,
    ids,
    store: store.killSwitches,
    approvals: store.approvals,
    inFlight: createInFlight(),
    wakeApproval: () => undefined,
    report: () => undefined,
  });
}

const pullForAMinute = (killSwitches: KillSwitches, clock: FixedClock) =>
  killSwitches.pull({
    scope: { all: true },
    reason: 'a drill',
    expiresMs: clock.nowMs() + MINUTE_MS,
    by: 'olivia',
  });

async function changesIn(store: MemoryStore): Promise<readonly string[]> {
  const entries = await store.audit.read({ limit: 20, afterSequence: 0 });
  return entries
    .map(({ leaf }) => (JSON.parse(leaf) as { entry: { kind: string; change: string; by: string } }).entry)
    .filter(({ kind }) => kind === 'kill-switch')
    .map(({ change, by }) => `${change} by ${by}`);
}

describe('the end of a switch that was pulled for a time', () => {
  it('is recorded once, and not before', async () => {
    const [store, clock] = [createMemoryStore(), createFixedClock()];
    const killSwitches = await start(store, clock);
    await pullForAMinute(killSwitches, clock);
    await killSwitches.recordExpired();
    expect(await changesIn(store)).toEqual(['on by olivia']);
    clock.advance(MINUTE_MS);
    await Promise.all([killSwitches.recordExpired(), killSwitches.recordExpired()]);
    await killSwitches.recordExpired();
    expect(await changesIn(store)).toEqual(['on by olivia', 'expired by gateway']);
    await (await start(store, clock)).recordExpired();
    expect(await changesIn(store)).toEqual(['on by olivia', 'expired by gateway']);
  });

  it('is recorded though another was pulled after it', async () => {
    const [store, clock] = [createMemoryStore(), createFixedClock()];
    const killSwitches = await start(store, clock);
    await pullForAMinute(killSwitches, clock);
    clock.advance(MINUTE_MS);
    await pullForAMinute(killSwitches, clock);
    await killSwitches.recordExpired();
    expect(await changesIn(store)).toEqual(['on by olivia', 'on by olivia', 'expired by gateway']);
    expect(killSwitches.current()).toHaveLength(1);
  });

  it('is recorded by the next process where it came while none ran', async () => {
    const [store, clock] = [createMemoryStore(), createFixedClock()];
    await pullForAMinute(await start(store, clock), clock);
    clock.advance(MINUTE_MS);
    await (await start(store, clock)).recordExpired();
    expect(await changesIn(store)).toEqual(['on by olivia', 'expired by gateway']);
  });

  it('waits for what the switch made void, and follows when the log is back', async () => {
    const [store, clock] = [createMemoryStore(), createFixedClock()];
    const approval = sampleApproval('apr_1', { createdMs: clock.nowMs() });
    await store.approvals.create(approval, FIRST_OF_ITS_KIND, []);
    const killSwitches = await start(store, clock);
    store.failWith('the disk is full');
    await pullForAMinute(killSwitches, clock);
    clock.advance(MINUTE_MS);
    await expect(killSwitches.recordExpired()).rejects.toThrow('the disk is full');
    store.failWith(null);
    await killSwitches.recordExpired();
    expect(await store.approvals.find(approval.id)).toMatchObject({ status: 'void' });
    expect(await changesIn(store)).toEqual(['on by olivia', 'expired by gateway']);
  });

  it('takes the switch away: there is nothing left to release, and whoever listens is told', async () => {
    const [store, clock] = [createMemoryStore(), createFixedClock()];
    const killSwitches = await start(store, clock);
    const { killSwitch } = await pullForAMinute(killSwitches, clock);
    let told = 0;
    killSwitches.onChange(() => (told += 1));
    clock.advance(MINUTE_MS);
    await killSwitches.recordExpired();
    expect([told, await killSwitches.release(killSwitch.id, 'olivia')]).toEqual([1, null]);
  });
});
