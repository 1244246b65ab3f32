import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openSqliteStore, type SqliteStore } from '../../src/adapters/sqlite/open-store.ts';
import type { ApprovalId } from '../../src/core/approval/approval.ts';
import type { OutcomeEntry } from '../../src/core/audit/entry.ts';
import type { AuditLog, AuditRecord } from '../../src/ports/audit-log.ts';
import type { FixedClock } from './fixed-clock.ts';
import { createMemoryStore } from './memory-store.ts';

/** What outlives the processes of a run. */
export interface LastingStore {
  /** Of the process that runs now. */
  readonly ports: SqliteStore;
  /** How long the log is, as whoever looks at the disk at this moment sees it. */
  lastSequence(): number;
  /** What an approval is bound to, in this very turn. */
  peek(id: ApprovalId): Promise<Peeked | null> | Peeked | null;
  /** Waits, without letting anybody in this thread go on, until what is on its way to the disk has come there. */
  blockUntilStored(): void;
  /** The process is gone, with what it did not store yet, and another one opens what it left. */
  crash(): Promise<void>;
  close(): Promise<void>;
}

export interface Peeked {
  readonly expiresMs: number;
  readonly policyVersion: string;
}

/** An entry of the log, as it was stored. */
export interface LogEntry {
  readonly kind: string;
  readonly callId: string;
  readonly change: string;
  readonly approvalId: ApprovalId;
  readonly principal: string;
  readonly user: string;
  readonly by: string | null;
  readonly comment: string | null;
  readonly decidedBy: string;
  readonly outcome: string;
}

export async function readLog(audit: AuditLog): Promise<readonly AuditRecord[]> {
  const all: AuditRecord[] = [];
  for (;;) {
    const records = await audit.read({ limit: 1000, afterSequence: all.length });
    if (records.length === 0) return all;
    all.push(...records);
  }
}

export function entriesIn(log: readonly AuditRecord[]): readonly LogEntry[] {
  return log.map(({ leaf }) => (JSON.parse(leaf) as { entry: LogEntry }).entry);
}

/** In memory, where a run takes milliseconds. Ends by itself what a crash left open, as the real one does. */
export function createLastingMemory(clock: FixedClock): LastingStore {
  const memory = createMemoryStore();
  const ports = { ...memory, close: () => Promise.resolve() };
  let sequence = 0;
  memory.onAppend((entries) => {
    sequence += entries.length;
  });
  return {
    ports,
    lastSequence: () => sequence,
    async peek(id) {
      const found = await memory.approvals.find(id);
      return found === null ? null : { expiresMs: found.expiresMs, policyVersion: found.binding.policyVersion };
    },
    blockUntilStored: () => undefined,
    async crash() {
      const log = entriesIn(await readLog(memory.audit));
      for (const { id } of await memory.approvals.list({ status: 'executing', limit: 1000 })) {
        const dispatch = log.find((entry) => entry.kind === 'dispatch' && entry.approvalId === id);
        const nowMs = clock.nowMs();
        const change = { status: 'outcome-unknown', atMs: nowMs, finishedMs: nowMs } as const;
        await memory.approvals.transition(id, 'executing', change, [lostOutcome(dispatch?.callId ?? '', id, nowMs)]);
      }
    },
    close: () => Promise.resolve(),
  };
}

function lostOutcome(callId: string, approvalId: ApprovalId, timeMs: number): OutcomeEntry {
  const nothing = { resultDigest: null, resultBytes: null, latencyMs: null, detail: null };
  return { kind: 'outcome', timeMs, callId, outcome: 'unknown', approvalId, ...nothing };
}

const DATABASE = 'store.db';
/** What a process that dies leaves. Its lock and its shared memory die with it. */
const LEFT_BEHIND = [DATABASE, `${DATABASE}-wal`, `${DATABASE}.kill`];
/** A machine that is busy must not change what happens in a run. */
const PATIENCE_MS = 120_000;
const PATIENT = {
  commitTimeoutMs: PATIENCE_MS,
  readTimeoutMs: PATIENCE_MS,
  killSwitchFallbackMs: PATIENCE_MS,
} as const;

/** There may be nothing on its way that changes anything. */
const BLOCKED_MS_MAX = 300;

/** The real one. A crash leaves its files as they are at that moment, and opening them again recovers what is in them. */
export async function openLastingSqlite(clock: FixedClock): Promise<LastingStore> {
  let directory = mkdtempSync(join(tmpdir(), 'countersign-runs-'));
  const open = (): Promise<SqliteStore> => openSqliteStore({ path: join(directory, DATABASE), clock, limits: PATIENT });
  const look = (): DatabaseSync => new DatabaseSync(join(directory, DATABASE), { readOnly: true });
  let ports = await open();
  // Another program that reads the database, and sees nothing but what is stored.
  let reader = look();
  const readOne = (sql: string, ...values: string[]): Record<string, unknown> | undefined =>
    reader.prepare(sql).get(...values);

  async function leave(): Promise<void> {
    reader.close();
    await ports.close();
    rmSync(directory, { recursive: true });
  }

  return {
    get ports() {
      return ports;
    },
    lastSequence: () => Number(readOne('SELECT max(seq) AS seq FROM audit_log')?.['seq'] ?? 0),
    peek(id) {
      const row = readOne('SELECT expires_ms, policy_version FROM approval WHERE id = ?', id);
      return row === undefined
        ? null
        : { expiresMs: Number(row['expires_ms']), policyVersion: String(row['policy_version']) };
    },
    blockUntilStored() {
      const version = (): unknown => readOne('PRAGMA data_version')?.['data_version'];
      const before = version();
      for (let waitedMs = 0; version() === before && waitedMs < BLOCKED_MS_MAX; waitedMs += 1)
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    },
    async crash() {
      // At once: what was handed to the store in this turn is not on its way yet, and nobody was told that it is stored.
      const left = mkdtempSync(join(tmpdir(), 'countersign-runs-'));
      for (const file of LEFT_BEHIND)
        if (existsSync(join(directory, file))) copyFileSync(join(directory, file), join(left, file));
      await leave();
      directory = left;
      ports = await open();
      reader = look();
    },
    close: leave,
  };
}
