import { readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { KillSwitchEntry } from '../../../src/core/audit/entry.ts';
import type { SqliteStore } from '../../../src/adapters/sqlite/open-store.ts';
import { createStoreRig, readEntries, type StoreRig, untilWritable } from '../../support/store-rig.ts';
import { sampleGatewayEntry, sampleKillSwitch, sampleKillSwitchEntry } from '../../support/store-samples.ts';

// A lock held by "another program" keeps the log from being written. With a long `busyTimeoutMs` the worker hangs; with a short one
// commits fail.

let rig: StoreRig;
beforeEach(() => {
  rig = createStoreRig();
});
afterEach(() => rig.dispose());

const HANGING = { busyTimeoutMs: 20_000, killSwitchFallbackMs: 50, probeIntervalMs: 10 };
const FAILING = { busyTimeoutMs: 0, killSwitchFallbackMs: 20_000, probeIntervalMs: 10 };
const PATIENTLY = { timeout: 25_000 };

const [one, two, three] = ['kill_1', 'kill_2', 'kill_3'].map((id) => sampleKillSwitch(id)) as [
  ReturnType<typeof sampleKillSwitch>,
  ReturnType<typeof sampleKillSwitch>,
  ReturnType<typeof sampleKillSwitch>,
];
const entry = sampleKillSwitchEntry;

async function switchEntries(store: SqliteStore): Promise<readonly string[]> {
  const entries = (await readEntries(store.audit)) as readonly Partial<KillSwitchEntry>[];
  return entries.filter(({ kind }) => kind === 'kill-switch').map(({ id, change }) => `${id} ${change}`);
}

async function crashed(): Promise<SqliteStore> {
  const copy = rig.copyFiles();
  onTestFinished(() => copy.dispose());
  return copy.open();
}

describe('a kill switch', () => {
  it('is kept while the log hangs, survives a crash then, and its entry follows', async () => {
    const store = await rig.open(HANGING);
    const unlock = rig.lockDatabase();
    expect(await store.killSwitches.save([one], [entry(one)])).toEqual({ recorded: false });
    const after = await crashed();
    expect(await after.killSwitches.load()).toEqual([one]);
    expect(await switchEntries(after)).toEqual(['kill_1 on']);
    unlock();
  });

  it('is kept at once while the log fails', async () => {
    const store = await rig.open(FAILING);
    const unlock = rig.lockDatabase();
    await expect(store.audit.record([sampleGatewayEntry('x')])).rejects.toThrow('locked');
    expect(await store.killSwitches.save([one], [entry(one)])).toEqual({ recorded: false });
    expect(await store.killSwitches.save([one, two], [entry(two)])).toEqual({ recorded: false });
    const after = await crashed();
    expect(await after.killSwitches.load()).toEqual([one, two]);
    expect(await switchEntries(after)).toEqual(['kill_1 on', 'kill_2 on']);
    unlock();
  });

  it.each([
    ['hung', HANGING],
    ['failed', FAILING],
  ])('is in the log, once, when the log that %s works again', async (_how, limits) => {
    const store = await rig.open(limits);
    const unlock = rig.lockDatabase();
    await store.killSwitches.save([one], [entry(one)]);
    await store.killSwitches.save([one, two], [entry(two)]);
    await store.killSwitches.save([two], [entry(one, 'off')]);
    unlock();
    await expect.poll(() => switchEntries(store), PATIENTLY).toEqual(['kill_1 on', 'kill_2 on', 'kill_1 off']);
    expect(await store.killSwitches.load()).toEqual([two]);
    expect(await store.killSwitches.save([two, three], [entry(three)])).toEqual({ recorded: true });
    await store.close();

    const after = await rig.open();
    expect(await after.killSwitches.load()).toEqual([two, three]);
    expect(await switchEntries(after)).toEqual(['kill_1 on', 'kill_2 on', 'kill_1 off', 'kill_3 on']);
  });

  it('is not released by what the log does not take', async () => {
    const store = await rig.open(FAILING);
    await store.killSwitches.save([one], [entry(one)]);
    const unlock = rig.lockDatabase();
    const released = store.killSwitches.saveRecorded([], [entry(one, 'off')]);
    await expect(released).rejects.toMatchObject({ code: 'unavailable' });
    expect(await (await crashed()).killSwitches.load()).toEqual([one]);
    await store.killSwitches.save([one], [entry(one)]);
    expect(await (await crashed()).killSwitches.load()).toEqual([one]);
    unlock();
    await expect.poll(() => switchEntries(store), PATIENTLY).toEqual(['kill_1 on', 'kill_1 off', 'kill_1 on']);
    expect(await store.killSwitches.load()).toEqual([one]);
  });

  it('is not recorded twice when a crash comes between the log and the emptying of the file', async () => {
    const store = await rig.open(FAILING);
    const unlock = rig.lockDatabase();
    await store.killSwitches.save([one], [entry(one)]);
    const reserved = readFileSync(`${rig.path}.kill`);
    unlock();
    await untilWritable(store.audit);
    await expect.poll(() => switchEntries(store), PATIENTLY).toEqual(['kill_1 on']);
    await store.killSwitches.save([one, two], [entry(two)]);
    await store.close();
    writeFileSync(`${rig.path}.kill`, reserved);

    const after = await rig.open();
    expect(await after.killSwitches.load()).toEqual([one, two]);
    expect(await switchEntries(after)).toEqual(['kill_1 on', 'kill_2 on']);
  });

  it('has its place in a full queue', async () => {
    const store = await rig.open({ ...HANGING, queueUnitsMax: 1, killSwitchFallbackMs: 20_000 });
    const unlock = rig.lockDatabase();
    const underWay = store.audit.record([sampleGatewayEntry('under way')]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const waiting = store.audit.record([sampleGatewayEntry('waiting')]);
    await expect(store.audit.record([sampleGatewayEntry('too many')])).rejects.toMatchObject({ code: 'overloaded' });
    const saved = store.killSwitches.save([one], [entry(one)]);
    unlock();
    expect(await Promise.all([underWay, waiting, saved])).toEqual([1, 2, { recorded: true }]);
  });

  it('is refused when it does not fit the reserved place, so that nobody takes it for kept', async () => {
    const store = await rig.open(FAILING);
    const unlock = rig.lockDatabase();
    const large = sampleKillSwitch('kill_1', { reason: 'x'.repeat(1_100_000) });
    await expect(store.killSwitches.save([large], [])).rejects.toMatchObject({ code: 'overloaded' });
    unlock();
  });
});

describe('a state of the kill switches that cannot be read', () => {
  const damageFile = (path: string, from: string, to: string): void => {
    const text = readFileSync(path, 'latin1');
    expect(text).toContain(from);
    writeFileSync(path, text.replace(from, to), 'latin1');
  };

  it.each([
    ['a changed byte', 'kill_1', 'kill_2'],
    ['a changed checksum', 'countersign-reserved 1 ', 'countersign-reserved 1 1'],
    ['a lost head', 'countersign-reserved', ''],
    ['a lost tail', ' '.repeat(100), ''],
  ])('is reported as corrupt: %s', async (_what, from, to) => {
    const store = await rig.open(FAILING);
    const unlock = rig.lockDatabase();
    await store.killSwitches.save([one], [entry(one)]);
    const copy = rig.copyFiles();
    onTestFinished(() => copy.dispose());
    unlock();
    damageFile(`${copy.path}.kill`, from, to);

    const after = await copy.open();
    await expect(after.killSwitches.load()).rejects.toMatchObject({ code: 'corrupt' });
    // Somebody looked at it and decided what is to be stopped: from then on that is the state.
    expect(await after.killSwitches.save([two], [entry(two)])).toEqual({ recorded: true });
    expect(await after.killSwitches.load()).toEqual([two]);
    await after.close();
    expect(await (await copy.open()).killSwitches.load()).toEqual([two]);
  });

  it('is reported as corrupt when the database holds what no version of this program wrote', async () => {
    const store = await rig.open();
    await store.killSwitches.save([one], [entry(one)]);
    await store.close();
    const db = new DatabaseSync(rig.path);
    db.exec(`UPDATE kill_switch SET scope = '{"everything":true}'`);
    db.close();
    await expect((await rig.open()).killSwitches.load()).rejects.toMatchObject({ code: 'corrupt' });
  });
});
