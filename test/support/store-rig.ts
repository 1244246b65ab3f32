import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openSqliteStore, type SqliteStore, type SqliteStoreOptions } from '../../src/adapters/sqlite/open-store.ts';
import type { JsonObject } from '../../src/core/json/value.ts';
import type { AuditLog } from '../../src/ports/audit-log.ts';
import { createFixedClock, type FixedClock } from './fixed-clock.ts';

/** One store directory, opened and closed as often as a test likes. */
export interface StoreRig {
  readonly path: string;
  readonly clock: FixedClock;
  open(limits?: SqliteStoreOptions['limits']): Promise<SqliteStore>;
  /** Keeps the database locked, as another program could, so that commits hang or fail. Gives the way to let go. */
  lockDatabase(): () => void;
  /** What a crash at this moment would leave on the disk, as a store of its own. */
  copyFiles(): StoreRig;
  /** Closes what is open and removes the directory. */
  dispose(): Promise<void>;
}

export function createStoreRig(): StoreRig {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-'));
  const path = join(directory, 'private', 'store.db');
  const clock = createFixedClock();
  const stores: SqliteStore[] = [];
  return {
    path,
    clock,
    async open(limits = {}) {
      const store = await openSqliteStore({ path, clock, limits });
      stores.push(store);
      return store;
    },
    lockDatabase() {
      const db = new DatabaseSync(path, { timeout: 5000 });
      db.exec('BEGIN IMMEDIATE');
      return () => db.close();
    },
    copyFiles() {
      const copy = createStoreRig();
      cpSync(dirname(path), dirname(copy.path), { recursive: true });
      return copy;
    },
    async dispose() {
      for (const store of stores) await store.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The recorded fields of every entry, oldest first. */
export async function readEntries(audit: AuditLog): Promise<readonly JsonObject[]> {
  const records = await audit.read({ limit: 1000, afterSequence: 0 });
  return records.map(({ leaf }) => (JSON.parse(leaf) as { entry: JsonObject }).entry);
}

/** Waits until the store says that it can be written, or that it cannot. */
export async function untilWritable(audit: AuditLog, writable = true): Promise<void> {
  while (audit.health().writable !== writable) await new Promise((resolve) => setTimeout(resolve, 5));
}
