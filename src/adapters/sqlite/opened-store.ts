import type { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../../ports/store-error.ts';
import { createBatchCommit } from './commit-batch.ts';
import { openDatabase } from './database.ts';
import { type FileWatch, watchFiles } from './file-watch.ts';
import type { Batch, BatchAnswer, OpenRequest, StoreSettings } from './messages.ts';
import { createTables, type Tables } from './tables.ts';

/** The database while it is open, on the worker's side. After any error that `isLasting` it must be closed and opened again. */
export interface OpenedStore {
  readonly tables: Tables;
  lastSequence(): number;
  commit(batch: Batch): BatchAnswer;
  /** Moves the write-ahead log to the database when it has grown enough. Done between commits, so that nobody waits for it alone. */
  checkpointIfDue(): void;
  close(): void;
}

export function openStore({ path, limits }: StoreSettings, { create, sequenceMin }: OpenRequest): OpenedStore {
  const db = openDatabase({ path, create, busyTimeoutMs: limits.busyTimeoutMs });
  const tables = createTables(db);
  let sequence = tables.audit.lastSequence();
  if (sequence < sequenceMin) {
    db.close();
    throw new StoreError(
      'corrupt',
      `the audit log ends at entry ${sequence}, but ${sequenceMin} were acknowledged; put the right file back and restart`,
    );
  }
  const commitBatch = createBatchCommit(db, tables);
  const checkpoint = db.prepare('PRAGMA wal_checkpoint(PASSIVE)');
  const files = watchOrClose(path, db);
  let walPages = 0;

  return {
    tables,
    lastSequence: () => sequence,
    commit(batch) {
      files.checkLog();
      const answer = commitBatch(batch, sequence);
      files.checkFiles();
      sequence = newestOf(answer) ?? sequence;
      walPages += estimatePages(batch);
      return answer;
    },
    checkpointIfDue() {
      if (walPages < limits.checkpointPages) return;
      walPages = 0;
      checkpoint.get();
    },
    // The last connection to close moves the whole write-ahead log to the database and removes it.
    close() {
      files.close();
      db.close();
    },
  };
}

/** `null`: nothing is stored. */
function newestOf(answer: BatchAnswer): number | null {
  if (typeof answer === 'number') return answer;
  return answer.sequences.findLast((each) => each !== null) ?? null;
}

function watchOrClose(path: string, db: DatabaseSync): FileWatch {
  try {
    return watchFiles(path);
  } catch (error) {
    db.close();
    throw error;
  }
}

const PAGE_BYTES = 4096;
/** Pages of the tree above the entries, and of the tables beside the log, that about every commit touches. */
const PAGES_PER_COMMIT = 3;

function estimatePages({ text }: Batch): number {
  return PAGES_PER_COMMIT + Math.ceil(text.length / PAGE_BYTES);
}
