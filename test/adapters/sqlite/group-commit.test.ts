import { statSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SqliteStore } from '../../../src/adapters/sqlite/open-store.ts';
import type { StoreError } from '../../../src/ports/store-error.ts';
import { createStoreRig, readEntries, untilWritable } from '../../support/store-rig.ts';
import {
  sampleApproval,
  sampleApprovalEntry,
  sampleDecision,
  sampleDispatch,
  sampleGatewayEntry,
  sampleOutcome,
  FIRST_OF_ITS_KIND,
} from '../../support/store-samples.ts';

// A lock held by "another program" stands for a disk that does not answer: the worker waits for it as it would for a sync.

const SILENT = { commitTimeoutMs: 1000, busyTimeoutMs: 20_000, probeIntervalMs: 10 };
const PATIENTLY = { timeout: 25_000 };
const codeOf = (promise: Promise<unknown>): Promise<StoreError['code'] | 'stored'> =>
  promise.then(
    () => 'stored',
    (error: unknown) => (error as StoreError).code,
  );
const record = (store: SqliteStore, detail: string): Promise<number> =>
  store.audit.record([sampleGatewayEntry(detail)]);

describe('a commit', () => {
  it('stores each unit of a batch as a whole or not at all', async () => {
    const rig = createStoreRig();
    onTestFinished(() => rig.dispose());
    const store = await rig.open();
    const approval = sampleApproval('apr_1');
    const entries = [sampleApprovalEntry('requested', approval), sampleGatewayEntry('created')];
    const decide = (by: string) =>
      store.approvals.transition(approval.id, 'pending', { status: 'approved', atMs: 1, decidedBy: by }, [
        sampleApprovalEntry('approved', approval),
        sampleGatewayEntry(by),
      ]);
    // Handed over in one turn of the event loop, so in one commit: the loser stands between units that are stored.
    const results = await Promise.all([
      store.approvals.create(approval, FIRST_OF_ITS_KIND, entries),
      decide('first'),
      decide('second'),
      record(store, 'last'),
    ]);
    expect(results.map((result) => (result === null ? 'lost' : 'stored'))).toEqual([
      'stored',
      'stored',
      'lost',
      'stored',
    ]);
    expect(results[3]).toBe(5);
    expect((await readEntries(store.audit)).map(({ detail, change }) => detail ?? change)).toEqual([
      'requested',
      'created',
      'approved',
      'first',
      'last',
    ]);
  });

  it('takes more than one batch holds, in order', async () => {
    const rig = createStoreRig();
    onTestFinished(() => rig.dispose());
    const store = await rig.open({ batchUnitsMax: 7, batchCharsMax: 2000 });
    const numbers = await Promise.all(Array.from({ length: 100 }, (_, index) => record(store, `entry ${index}`)));
    expect(numbers).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
  });

  it('takes an entry that is larger than a batch, or than the queue', async () => {
    const rig = createStoreRig();
    onTestFinished(() => rig.dispose());
    const store = await rig.open({ batchCharsMax: 1000, queueCharsMax: 1000 });
    expect(await store.audit.record([sampleDecision({ payload: { text: 'x'.repeat(1_000_000) } })])).toBe(1);
  });

  it('moves the write-ahead log to the database as it grows', async () => {
    const rig = createStoreRig();
    onTestFinished(() => rig.dispose());
    const store = await rig.open({ checkpointPages: 50 });
    for (let round = 0; round < 40; round += 1) await record(store, 'x'.repeat(20_000));
    // Five pages each: without any checkpoint it would hold 200.
    expect(statSync(`${rig.path}-wal`).size).toBeLessThan(100 * 4096);
    expect(statSync(rig.path).size).toBeGreaterThan(100 * 4096);
  });
});

describe('a full queue', () => {
  it.each([
    ['units', { queueUnitsMax: 3 }],
    ['characters', { queueCharsMax: 5000 }],
  ])('turns away what is beyond its bound on %s, and nothing else', async (_what, bound) => {
    const rig = createStoreRig();
    onTestFinished(() => rig.dispose());
    const store = await rig.open({ ...bound, busyTimeoutMs: 20_000 });
    const unlock = rig.lockDatabase();
    const first = codeOf(record(store, 'under way'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    const others = Array.from({ length: 20 }, () => codeOf(record(store, 'x'.repeat(1500))));
    const turnedAway = await Promise.race([...others.slice(3), first]);
    expect(turnedAway).toBe('overloaded');
    expect(store.audit.health().writable).toBe(true);
    unlock();
    expect(await Promise.all([first, ...others])).toEqual([
      ...Array<string>(4).fill('stored'),
      ...Array<string>(17).fill('overloaded'),
    ]);
    expect(await readEntries(store.audit)).toHaveLength(4);
  });
});

describe.concurrent('a store that does not answer', () => {
  it('is given up after the time limit; then callers are turned away at once, and health says so', async ({
    expect,
    onTestFinished,
  }) => {
    const rig = createStoreRig();
    onTestFinished(() => rig.dispose());
    const store = await rig.open(SILENT);
    const unlock = rig.lockDatabase();
    const [first, second] = [codeOf(record(store, 'under way')), codeOf(record(store, 'waiting'))];
    expect(await Promise.all([first, second])).toEqual(['unavailable', 'unavailable']);
    expect(store.audit.health()).toEqual({ writable: false, problem: 'the store did not answer for 1000 ms' });
    const turn = new Promise((resolve) => setImmediate(() => resolve('a turn of the event loop')));
    expect(await Promise.race([codeOf(record(store, 'late')), turn])).toBe('unavailable');
    expect(await Promise.race([codeOf(store.approvals.list({ status: 'pending', limit: 1 })), turn])).toBe(
      'unavailable',
    );
    unlock();
    await untilWritable(store.audit);
  });

  it('comes back without traffic and without a restart, and says in the log that it was away', async ({
    expect,
    onTestFinished,
  }) => {
    const rig = createStoreRig();
    onTestFinished(() => rig.dispose());
    const store = await rig.open(SILENT);
    const unlock = rig.lockDatabase();
    await codeOf(record(store, 'under way'));
    unlock();
    await untilWritable(store.audit);
    const entries = await readEntries(store.audit);
    expect(entries.at(-1)).toMatchObject({ kind: 'gateway', change: 'recovered' });
    expect(entries.at(-1)?.detail).toContain('since 2026-11-20T00:00:00.000Z: the store did not answer for 1000 ms');
    expect(await record(store, 'again')).toBe(entries.length + 1);
  });

  it('writes one entry about its recovery, however long it took', async ({ expect, onTestFinished }) => {
    const rig = createStoreRig();
    onTestFinished(() => rig.dispose());
    const store = await rig.open(SILENT);
    const unlock = rig.lockDatabase();
    await codeOf(record(store, 'under way'));
    await new Promise((resolve) => setTimeout(resolve, 300));
    unlock();
    await untilWritable(store.audit);
    const recovered = (await readEntries(store.audit)).filter(({ change }) => change === 'recovered');
    expect(recovered).toHaveLength(1);
  });

  it('closes a call whose decision was stored late, because nobody dispatched it', async ({
    expect,
    onTestFinished,
  }) => {
    const rig = createStoreRig();
    onTestFinished(() => rig.dispose());
    const store = await rig.open(SILENT);
    const unlock = rig.lockDatabase();
    expect(await codeOf(store.audit.record([sampleDecision({ callId: 'allowed' })]))).toBe('unavailable');
    unlock();
    await expect
      .poll(
        async () => (await readEntries(store.audit)).map(({ kind, callId, outcome }) => ({ kind, callId, outcome })),
        PATIENTLY,
      )
      .toMatchObject([
        { kind: 'decision', callId: 'allowed' },
        { kind: 'gateway' },
        { kind: 'outcome', callId: 'allowed', outcome: 'not-dispatched' },
      ]);
  });

  it('ends an approval that was spent late, because nothing ran', async ({ expect, onTestFinished }) => {
    const rig = createStoreRig();
    onTestFinished(() => rig.dispose());
    const store = await rig.open(SILENT);
    const approval = sampleApproval('apr_1', { status: 'approved' });
    await store.approvals.create(approval, FIRST_OF_ITS_KIND, []);
    const unlock = rig.lockDatabase();
    const dispatch = sampleDispatch({ callId: 'approved', approvalId: approval.id });
    const spent = store.approvals.transition(approval.id, 'approved', { status: 'executing', atMs: 1 }, [dispatch]);
    expect(await codeOf(spent)).toBe('unavailable');
    unlock();
    await untilWritable(store.audit);
    await expect
      .poll(() => store.approvals.find(approval.id), PATIENTLY)
      .toMatchObject({ status: 'failed', note: 'not run, because the store could not be written' });
    expect((await readEntries(store.audit)).at(-1)).toMatchObject({
      callId: 'approved',
      outcome: 'not-dispatched',
      approvalId: approval.id,
    });
  });

  it('does not store an outcome twice that was stored late and is then tried again', async ({
    expect,
    onTestFinished,
  }) => {
    const rig = createStoreRig();
    onTestFinished(() => rig.dispose());
    const store = await rig.open(SILENT);
    await store.audit.record([sampleDecision()]);
    const unlock = rig.lockDatabase();
    expect(await codeOf(store.audit.record([sampleOutcome()]))).toBe('unavailable');
    unlock();
    await untilWritable(store.audit);
    expect(await codeOf(store.audit.record([sampleOutcome()]))).toBe('stored');
    const kinds = (await readEntries(store.audit)).map(({ kind }) => kind);
    expect(kinds).toEqual(['decision', 'outcome', 'gateway']);
  });

  it('stores an outcome that is tried again and was not stored before', async ({ expect, onTestFinished }) => {
    const rig = createStoreRig();
    onTestFinished(() => rig.dispose());
    const store = await rig.open({ ...SILENT, busyTimeoutMs: 10 });
    await store.audit.record([sampleDecision()]);
    const unlock = rig.lockDatabase();
    expect(await codeOf(store.audit.record([sampleOutcome()]))).toBe('unavailable');
    expect(store.audit.health().problem).toBe('another program keeps the database locked; end it');
    unlock();
    await untilWritable(store.audit);
    await store.audit.record([sampleOutcome()]);
    const kinds = (await readEntries(store.audit)).map(({ kind }) => kind);
    expect(kinds).toEqual(['decision', 'gateway', 'outcome']);
  });
});

describe('closing', () => {
  it('stores what was accepted, and then takes nothing more', async () => {
    const rig = createStoreRig();
    onTestFinished(() => rig.dispose());
    const store = await rig.open();
    const recorded = Array.from({ length: 50 }, (_, index) => record(store, `entry ${index}`));
    const closed = store.close();
    expect(await codeOf(record(store, 'too late'))).toBe('closed');
    await closed;
    expect((await Promise.all(recorded)).at(-1)).toBe(50);
    expect(await codeOf(store.audit.find(1))).toBe('closed');
    expect(store.audit.health()).toEqual({ writable: false, problem: 'the store is closed' });
    expect(await readEntries((await rig.open()).audit)).toHaveLength(50);
  });

  it('ends also while the store does not answer', async () => {
    const rig = createStoreRig();
    onTestFinished(() => rig.dispose());
    const store = await rig.open(SILENT);
    const unlock = rig.lockDatabase();
    await codeOf(record(store, 'under way'));
    unlock();
    await store.close();
    expect(store.audit.health().writable).toBe(false);
  });
});
