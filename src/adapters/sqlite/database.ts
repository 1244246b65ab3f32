import { existsSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../../ports/store-error.ts';
import { makeAppendOnly } from './append-only.ts';
import { applyMigrations } from './migrations.ts';

export interface DatabaseOptions {
  readonly path: string;
  /** `false`: a file that is missing is an error, never replaced by an empty one. */
  readonly create: boolean;
  readonly busyTimeoutMs: number;
}

/** Opens the store's database, brought up to date, checked and guarded. Throws `StoreError`, or the error of SQLite. */
export function openDatabase(options: DatabaseOptions): DatabaseSync {
  if (!options.create && !existsSync(options.path)) {
    throw new StoreError('corrupt', 'the file of the store is gone; put it back, with its -wal file, and restart');
  }
  const db = new DatabaseSync(options.path, { timeout: options.busyTimeoutMs });
  try {
    enableWriteAheadLog(db);
    db.exec(PRAGMAS);
    if (!options.create) flushWriteAheadLog(db);
    applyMigrations(db);
    checkDatabase(db, options.path);
    makeAppendOnly(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

// synchronous FULL: a commit is on stable storage before it is acknowledged. NORMAL, with WAL, would lose commits on power loss.
// wal_autocheckpoint 0: SQLite would check in the middle of a commit, and ignore its failure. `commit-batch.ts` does it instead.
// cache_size, in KiB: commits write mostly at the ends of tables, and what is read elsewhere the system keeps in memory anyway.
// trusted_schema, cell_size_check: a file that was tampered with gets as little to run, and is noticed as early, as possible.
// recursive_triggers: REPLACE runs the delete triggers too.
const PRAGMAS = `
  PRAGMA synchronous = FULL;
  PRAGMA wal_autocheckpoint = 0;
  PRAGMA cache_size = -2000;
  PRAGMA temp_store = MEMORY;
  PRAGMA trusted_schema = OFF;
  PRAGMA cell_size_check = ON;
  PRAGMA recursive_triggers = ON;
`;

/** A commit is then one write and one sync, and readers in other programs, a backup or a verifier, do not stop it. */
function enableWriteAheadLog(db: DatabaseSync): void {
  const mode = db.prepare('PRAGMA journal_mode = WAL').get()?.['journal_mode'];
  if (mode === 'wal') return;
  throw new StoreError(
    'unavailable',
    'this file system has no shared memory for SQLite; put the store on a local disk',
  );
}

/**
 * Needed after a sync of the disk failed: the system may take pages of the write-ahead log for written that are not, and would never
 * write them again. Moving all of it to the database and starting it anew writes every page a second time.
 */
function flushWriteAheadLog(db: DatabaseSync): void {
  const result = db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
  if (result?.['busy'] !== 0) {
    throw new StoreError('unavailable', 'another program reads the database and keeps it from being repaired; end it');
  }
}

/** A full check reads the whole file; up to this size it takes well under a second. */
const FULL_CHECK_BYTES_MAX = 64 * 1024 * 1024;
const TAIL_ENTRIES = 10_000;

/** A start must stay quick however long the log is, so of a large one only the ends are looked at. `audit verify` reads all. */
function checkDatabase(db: DatabaseSync, path: string): void {
  const subjects =
    statSync(path).size <= FULL_CHECK_BYTES_MAX ? [''] : ["('open_call')", "('kill_switch')", "('token')"];
  for (const subject of subjects) {
    const problem = db.prepare(`PRAGMA quick_check${subject}`).get()?.['quick_check'];
    if (problem !== 'ok') throw damaged(String(problem));
  }
  // The triggers keep the sequence without gaps, so these fail only for a file that something else wrote to.
  const { first, last } = db.prepare(ENDS).get() as unknown as Ends;
  if (first === null || last === null) return;
  if (first !== 1) throw damaged(`the audit log begins with entry ${first}`);
  const tail = db.prepare('SELECT count(*) AS entries FROM audit_log WHERE seq > ?').get(last - TAIL_ENTRIES);
  if (tail?.['entries'] !== Math.min(last, TAIL_ENTRIES)) throw damaged(`entries before ${last} are missing`);
}

/** Asked apart: SQLite looks up one end of a table at once, but reads all of it for both together. */
const ENDS = 'SELECT (SELECT min(seq) FROM audit_log) AS first, (SELECT max(seq) FROM audit_log) AS last';

interface Ends {
  readonly first: number | null;
  readonly last: number | null;
}

function damaged(problem: string): StoreError {
  return new StoreError(
    'corrupt',
    `the database is damaged (${problem}); restore a backup, and keep this file as evidence`,
  );
}
