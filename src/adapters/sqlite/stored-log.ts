import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import type { FoundLeaf } from '../../core/audit/verify/check-log.ts';
import { StoreError } from '../../ports/store-error.ts';
import type { LogPage, StoredLog } from '../../ports/stored-log.ts';
import { checkVersion } from './migrations.ts';

const PAGE_ENTRIES = 1000;
const PAGE_CHARS_MAX = 8 * 1024 * 1024;

/**
 * Opens the log of a database for reading alone, whoever else has it open. Each page is a transaction of its own, so that a gateway is not
 * kept from moving its write-ahead log on.
 */
export function openStoredLog(path: string): StoredLog {
  if (!existsSync(path)) throw new StoreError('unavailable', `there is no ${path}`);
  // Whoever has the store open has this file, too. Without it nobody writes, and then SQLite need not write beside the database either.
  const isInUse = (): boolean => existsSync(`${path}-wal`);
  const isAlone = !isInUse();
  const db = attempt(path, () => open(path, isAlone));
  return {
    read(afterSequence) {
      const page = attempt(path, () => readPage(db, afterSequence));
      if (isAlone && isInUse()) throw new StoreError('unavailable', `${path} was opened meanwhile; try again`);
      return page;
    },
    close: () => db.close(),
  };
}

function open(path: string, isAlone: boolean): DatabaseSync {
  const url = pathToFileURL(path);
  if (isAlone) url.searchParams.set('immutable', '1');
  const db = new DatabaseSync(url, { readOnly: true });
  try {
    db.exec(PRAGMAS);
    db.enableDefensive(true);
    checkVersion(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

// As of the store: a file that was tampered with gets as little to run, and is noticed as early, as possible.
const PRAGMAS = `
  PRAGMA trusted_schema = OFF;
  PRAGMA cell_size_check = ON;
`;

function readPage(db: DatabaseSync, afterSequence: number): LogPage {
  db.exec('BEGIN');
  try {
    const rows = db
      .prepare('SELECT seq, leaf, payload FROM audit_log WHERE seq > ? ORDER BY seq')
      .iterate(afterSequence);
    const found: FoundLeaf[] = [];
    let chars = 0;
    for (const { seq, leaf, payload } of rows as Iterable<Record<'seq' | 'leaf' | 'payload', unknown>>) {
      const each = { sequence: Number(seq), leaf: textOf(leaf), payload: payload === null ? null : textOf(payload) };
      found.push(each);
      chars += each.leaf.length + (each.payload?.length ?? 0);
      if (found.length === PAGE_ENTRIES || chars > PAGE_CHARS_MAX) return { found, openCalls: null };
    }
    const open = db.prepare('SELECT call_id FROM open_call ORDER BY call_id').all();
    return { found, openCalls: open.map((row) => String(row['call_id'])) };
  } finally {
    db.exec('ROLLBACK');
  }
}

/** Where somebody has made another table of it, anything can stand in it. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : 'no text';
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof StoreError) throw new StoreError(error.code, `${path}: ${error.message}`, { cause: error });
    const { message } = error as Error;
    throw new StoreError('unavailable', `${path} cannot be read as a store: ${message}`, { cause: error });
  }
}
