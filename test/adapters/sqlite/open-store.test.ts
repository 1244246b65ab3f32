import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { LEFT_CALLS_MAX } from '../../../src/ports/open-call-store.ts';
import { createStoreRig, readEntries, type StoreRig, untilWritable } from '../../support/store-rig.ts';
import {
  sampleApproval,
  sampleDecision,
  sampleDispatch,
  sampleGatewayEntry,
  sampleKillSwitch,
  sampleOutcome,
  sampleToken,
  FIRST_OF_ITS_KIND,
} from '../../support/store-samples.ts';

let rig: StoreRig;
beforeEach(() => {
  rig = createStoreRig();
});
afterEach(() => rig.dispose());

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

describe('the files of a store', () => {
  it('are for the owner only, and so is a directory that was missing', async () => {
    const store = await rig.open();
    await store.audit.record([sampleGatewayEntry('x')]);
    const directory = dirname(rig.path);
    expect(modeOf(directory)).toBe('700');
    expect(readdirSync(directory)).toEqual(['', '-shm', '-wal', '.kill', '.lock'].map((end) => `store.db${end}`));
    for (const file of readdirSync(directory)) expect(`${file} ${modeOf(join(directory, file))}`).toBe(`${file} 600`);
  });

  it('are closed to others when they were open', async () => {
    await (await rig.open()).close();
    chmodSync(rig.path, 0o644);
    await rig.open();
    expect(modeOf(rig.path)).toBe('600');
  });

  it('hold everything in the database once the store is closed', async () => {
    await (await rig.open()).close();
    expect(readdirSync(dirname(rig.path))).toEqual(['store.db', 'store.db.kill', 'store.db.lock']);
  });

  it('can be read by other programs meanwhile', async () => {
    const store = await rig.open();
    await store.audit.record([sampleGatewayEntry('x')]);
    const reader = new DatabaseSync(rig.path, { readOnly: true });
    expect(reader.prepare('SELECT count(*) AS count FROM audit_log').get()).toEqual({ count: 1 });
    await store.audit.record([sampleGatewayEntry('y')]);
    expect(reader.prepare('SELECT count(*) AS count FROM audit_log').get()).toEqual({ count: 2 });
    reader.close();
  });

  it.each([
    [
      'the directory cannot be made',
      (path: string) => writeFileSync(dirname(path), ''),
      /cannot create the store .*; name a file/,
    ],
    [
      'the database is another program’s',
      (path: string) => {
        mkdirSync(dirname(path));
        const db = new DatabaseSync(path);
        db.exec('CREATE TABLE customers (name TEXT)');
        db.close();
      },
      /cannot open the store .*another program; name another file/,
    ],
  ])('are refused with a remedy when %s', async (_what, prepare, message) => {
    prepare(rig.path);
    await expect(rig.open()).rejects.toThrow(message);
  });
});

describe('a restart', () => {
  it('keeps everything', async () => {
    const before = await rig.open();
    const approval = sampleApproval('apr_1');
    const token = sampleToken('tok_1');
    const killSwitch = sampleKillSwitch('kill_1');
    await before.approvals.create(approval, FIRST_OF_ITS_KIND, [sampleGatewayEntry('approval')]);
    await before.tokens.create(token, [sampleGatewayEntry('token')]);
    await before.killSwitches.save([killSwitch], [sampleGatewayEntry('switch')]);
    const entries = await before.audit.read({ limit: 10, afterSequence: 0 });
    await before.close();

    const after = await rig.open();
    expect(await after.approvals.find(approval.id)).toEqual(approval);
    expect(await after.tokens.list()).toEqual([token]);
    expect(await after.killSwitches.load()).toEqual([killSwitch]);
    expect(await after.audit.read({ limit: 10, afterSequence: 0 })).toEqual(entries);
    expect(await after.audit.record([sampleGatewayEntry('next')])).toBe(4);
  });

  it('says that the outcome of calls under way is unknown, and ends the approvals that they spent', async () => {
    const before = await rig.open();
    const approval = sampleApproval('apr_1', { status: 'approved' });
    const other = sampleApproval('apr_2', { status: 'approved', binding: { principal: 'bob' } });
    await before.approvals.create(approval, FIRST_OF_ITS_KIND, []);
    await before.approvals.create(other, FIRST_OF_ITS_KIND, []);
    await before.audit.record([
      sampleDecision({ callId: 'ended' }),
      sampleDecision({ callId: 'open' }),
      sampleDecision({ callId: 'denied', decision: 'deny' }),
      sampleDecision({ callId: 'held', decision: 'approve' }),
      sampleDecision({ callId: 'listing', method: 'tools/list', tool: null }),
      sampleOutcome({ callId: 'ended' }),
    ]);
    const dispatch = sampleDispatch({ callId: 'approved', approvalId: approval.id });
    await before.approvals.transition(approval.id, 'approved', { status: 'executing', atMs: 1 }, [dispatch]);
    await before.close();

    const after = await rig.open();
    expect((await readEntries(after.audit)).slice(7)).toMatchObject([
      { kind: 'outcome', callId: 'approved', outcome: 'unknown', approvalId: approval.id },
      { kind: 'outcome', callId: 'open', outcome: 'unknown', approvalId: null },
      { kind: 'gateway', change: 'recovered', detail: 'the process before this one ended with 2 calls under way' },
    ]);
    expect(await after.approvals.find(approval.id)).toMatchObject({
      status: 'outcome-unknown',
      finishedMs: rig.clock.nowMs(),
      note: 'the gateway stopped before the outcome was recorded',
    });
    expect(await after.approvals.find(other.id)).toEqual(other);
  });

  it('leaves open what another process can go on with, for as long as it can, and the approvals that it spent', async () => {
    const before = await rig.open();
    const approval = sampleApproval('apr_1', { status: 'approved' });
    await before.approvals.create(approval, FIRST_OF_ITS_KIND, []);
    const dispatch = sampleDispatch({ callId: 'approved', approvalId: approval.id });
    await before.approvals.transition(approval.id, 'approved', { status: 'executing', atMs: 1 }, [dispatch]);
    await before.audit.record(['waits', 'late', 'open'].map((callId) => sampleDecision({ callId })));
    const untilMs = rig.clock.nowMs() + 1000;
    for (const callId of ['approved', 'waits']) await before.openCalls.keep({ callId, round: 1, untilMs, sealed: 's' });
    await before.openCalls.keep({ callId: 'late', round: 1, untilMs: rig.clock.nowMs(), sealed: 's' });
    await before.close();

    const after = await rig.open();
    const ended = (await readEntries(after.audit)).filter(({ kind }) => kind === 'outcome');
    expect(ended).toMatchObject([{ callId: 'late' }, { callId: 'open' }]);
    expect((await after.openCalls.listKept()).map(({ callId }) => callId)).toEqual(['approved', 'waits']);
    expect((await after.approvals.find(approval.id))?.status).toBe('executing');
  });

  it('takes over no more of them than it has room for: those that can go on the longest', async () => {
    const before = await rig.open();
    const count = LEFT_CALLS_MAX + 3;
    const ids = Array.from({ length: count }, (_, index) => `call ${String(index).padStart(5, '0')}`);
    await before.audit.record(ids.map((callId) => sampleDecision({ callId })));
    const nowMs = rig.clock.nowMs();
    await Promise.all(
      ids.map((callId, index) => before.openCalls.keep({ callId, round: 1, untilMs: nowMs + 1 + index, sealed: 's' })),
    );
    await before.close();
    const after = await rig.open();
    expect((await after.openCalls.listKept()).map(({ callId }) => callId)).toEqual(ids.slice(3));
  });

  it('does so once, and says nothing when no call was under way', async () => {
    const before = await rig.open();
    await before.audit.record([sampleDecision()]);
    await before.close();
    await (await rig.open()).close();
    const after = await rig.open();
    expect((await readEntries(after.audit)).map(({ kind }) => kind)).toEqual(['decision', 'outcome', 'gateway']);
  });
});

describe('a second process', () => {
  const children: ChildProcess[] = [];
  afterEach(() => killChildren());

  /** Opens the store in another process. What it says: `open`, or why not. */
  const openInChild = async (): Promise<unknown> => {
    const child = fork(join(import.meta.dirname, '../../peers/hold-store.ts'), [rig.path], { execArgv: [] });
    children.push(child);
    const [message] = (await once(child, 'message')) as [unknown];
    return message;
  };
  const killChildren = async (): Promise<void> => {
    for (const child of children.splice(0)) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  };

  it('is refused, and told what to do', async () => {
    await rig.open();
    const message = await openInChild();
    expect(message).toMatch(
      /another process has the store .* open; stop that one first, or give this one a store of its own/,
    );
  });

  it('keeps this one out in the same way, until it is killed; nothing is left that would have to be cleaned up', async () => {
    const message = await openInChild();
    expect(message).toBe('open');
    await expect(rig.open()).rejects.toThrow('another process has the store');
    await killChildren();
    const store = await rig.open();
    expect(await store.audit.record([sampleGatewayEntry('x')])).toBe(1);
  });

  it('is kept out within one process too', async () => {
    await rig.open();
    await expect(rig.open()).rejects.toThrow('another process has the store');
    // The attempt must not have cost the first one its lock.
    const message = await openInChild();
    expect(message).toMatch(/another process has the store/);
  });
});

describe('files that change under an open store', () => {
  const PROBE = { probeIntervalMs: 10 };

  it.each([
    ['the database is deleted', (path: string) => rmSync(path), /the file of the store is gone|was deleted/],
    ['the database is replaced', replaceDatabase, /was deleted, replaced|acknowledged/],
    [
      'the write-ahead log is cut off',
      (path: string) => truncateSync(`${path}-wal`, 4096),
      /was deleted, replaced|acknowledged|damaged/,
    ],
  ])('are noticed before anything is acknowledged: %s', async (_what, damage, problem) => {
    const store = await rig.open(PROBE);
    for (let entry = 0; entry < 5; entry += 1) await store.audit.record([sampleGatewayEntry('acknowledged')]);
    damage(rig.path);
    await expect(store.audit.record([sampleGatewayEntry('lost')])).rejects.toMatchObject({ code: 'corrupt' });
    expect(store.audit.health().problem).toMatch(problem);
  });

  it('may be written by another program: the store takes no number twice, and goes on after it', async () => {
    const store = await rig.open(PROBE);
    await store.audit.record([sampleGatewayEntry('ours')]);
    const other = new DatabaseSync(rig.path);
    other.exec(`INSERT INTO audit_log VALUES (2, '{"entry":{"detail":"theirs"}}', NULL)`);
    other.close();
    await expect(store.audit.record([sampleGatewayEntry('refused')])).rejects.toMatchObject({ code: 'unavailable' });
    await untilWritable(store.audit);
    expect((await readEntries(store.audit)).map(({ detail }) => detail)).toEqual([
      'ours',
      'theirs',
      expect.stringContaining('the audit log is append-only'),
    ]);
  });

  it('may not go back to an older state: that is noticed, and the store stays closed', async () => {
    const store = await rig.open(PROBE);
    await store.audit.record([sampleGatewayEntry('one')]);
    const older = rig.copyFiles();
    onTestFinished(() => older.dispose());
    await store.audit.record([sampleGatewayEntry('two')]);
    for (const end of ['-wal', '-shm', '']) {
      rmSync(`${rig.path}${end}`);
      cpSync(`${older.path}${end}`, `${rig.path}${end}`);
    }
    await expect(store.audit.record([sampleGatewayEntry('three')])).rejects.toMatchObject({ code: 'corrupt' });
    await expect
      .poll(() => store.audit.health().problem, { timeout: 25_000 })
      .toBe('the audit log ends at entry 1, but 2 were acknowledged; put the right file back and restart');
  });

  it('stop the store until the right file is back; an empty one does not do', async () => {
    const store = await rig.open(PROBE);
    await store.audit.record([sampleGatewayEntry('acknowledged')]);
    const away = `${rig.path}.away`;
    renameSync(rig.path, away);
    await expect(store.audit.record([sampleGatewayEntry('lost')])).rejects.toMatchObject({ code: 'corrupt' });
    await expect.poll(() => store.audit.health().problem, { timeout: 25_000 }).toMatch('the file of the store is gone');
    renameSync(away, rig.path);
    await untilWritable(store.audit);
    expect((await readEntries(store.audit)).map(({ detail }) => detail).at(0)).toBe('acknowledged');
  });

  function replaceDatabase(path: string): void {
    rmSync(path);
    const db = new DatabaseSync(path);
    db.exec('CREATE TABLE audit_log (seq, leaf, payload)');
    db.close();
  }
});
