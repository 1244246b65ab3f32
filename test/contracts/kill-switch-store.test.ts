import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KillSwitch } from '../../src/core/kill-switch/kill-switch.ts';
import { sampleKillSwitch, sampleKillSwitchEntry } from '../support/store-samples.ts';
import { STORES, type StoreUnderTest } from './store-under-test.ts';

describe.each(Object.entries(STORES))('the kill switch store in %s', (_name, open) => {
  let store: StoreUnderTest;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  const pull = (switches: readonly KillSwitch[], pulled: KillSwitch) =>
    store.killSwitches.save(switches, [sampleKillSwitchEntry(pulled)]);

  it('has none at first', async () => {
    expect(await store.killSwitches.load()).toEqual([]);
  });

  it('gives back every scope as it was saved, in the same order', async () => {
    const scopes: readonly KillSwitch['scope'][] = [
      { writes: true },
      { all: true },
      { upstream: 'crm' },
      { tool: 'crm/update_deal' },
      { principal: 'https://login.example.com#alice' },
      { client: 'cursor' },
    ];
    const switches = scopes.map((scope, index) =>
      sampleKillSwitch(`kill_${index}`, { scope, expiresMs: index || null }),
    );
    await store.killSwitches.save(switches, []);
    expect(await store.killSwitches.load()).toEqual(switches);
  });

  it('replaces the whole set, and records what changed', async () => {
    const [one, two] = [sampleKillSwitch('kill_1'), sampleKillSwitch('kill_2')];
    expect(await pull([one], one)).toEqual({ recorded: true });
    expect(await pull([one, two], two)).toEqual({ recorded: true });
    await store.killSwitches.save([two], [sampleKillSwitchEntry(one, 'off')]);
    expect(await store.killSwitches.load()).toEqual([two]);
    await store.killSwitches.save([], [sampleKillSwitchEntry(two, 'off')]);
    expect(await store.killSwitches.load()).toEqual([]);
    expect(await store.audit.read({ limit: 10, afterSequence: 0 })).toHaveLength(4);
  });

  it('records a change that waits for the log', async () => {
    const [one, two] = [sampleKillSwitch('kill_1'), sampleKillSwitch('kill_2')];
    await pull([one, two], two);
    await store.killSwitches.saveRecorded([two], [sampleKillSwitchEntry(one, 'off')]);
    expect(await store.killSwitches.load()).toEqual([two]);
    expect(await store.audit.read({ limit: 10, afterSequence: 0 })).toHaveLength(2);
  });

  it('ends with the last of several simultaneous saves, each recorded once', async () => {
    const switches = Array.from({ length: 20 }, (_, index) => sampleKillSwitch(`kill_${index}`));
    await Promise.all(switches.map((pulled, index) => pull(switches.slice(0, index + 1), pulled)));
    expect(await store.killSwitches.load()).toEqual(switches);
    const records = await store.audit.read({ limit: 100, afterSequence: 0 });
    expect(records.map(({ leaf }) => /"id":"([^"]+)"/.exec(leaf)?.[1])).toEqual(switches.map(({ id }) => id));
  });
});
