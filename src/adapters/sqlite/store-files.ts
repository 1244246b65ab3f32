import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../../ports/store-error.ts';
import { reserveFile } from './reserved-file.ts';

/** Holds the store for this process. */
export interface StoreClaim {
  release(): void;
}

/**
 * Creates what is missing, readable by the owner only, and makes sure that no other process has the same store. The claim is a lock of
 * the operating system on `<path>.lock`, taken through SQLite because Node has none of its own: it ends with the process, however
 * that ends, so a crash leaves nothing behind that would have to be cleaned up. Throws `StoreError` with what to do about it.
 */
export function claimStoreFiles(path: string): StoreClaim {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const lockFile = `${path}.lock`;
    for (const file of [path, lockFile]) createFile(file);
    reserveFile(killSwitchFile(path));
    for (const file of [path, lockFile, killSwitchFile(path)]) makePrivate(file);
    // A new name is on stable storage only once its directory is.
    syncFile(dirname(path));
    return lock(path, lockFile);
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw new StoreError('unavailable', `cannot create the store ${path}: ${String(error)}; ${remedyFor(error)}`, {
      cause: error,
    });
  }
}

/** Where kill switches go while the database cannot be written. */
export function killSwitchFile(path: string): string {
  return `${path}.kill`;
}

/**
 * INVARIANT: a file that exists is not opened here. When a process closes any handle of a file, the system drops every lock that the
 * process has on it, also those of a store that is open already.
 */
function createFile(file: string): void {
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
}

function makePrivate(file: string): void {
  if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
}

function syncFile(file: string): void {
  const handle = openSync(file, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** sqlite.org/rescode.html#busy: somebody else has the lock. */
const BUSY = 5;

function lock(path: string, lockFile: string): StoreClaim {
  const db = new DatabaseSync(lockFile);
  try {
    db.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if ((error as { errcode?: number }).errcode !== BUSY) throw error;
    throw new StoreError(
      'unavailable',
      `another process has the store ${path} open; stop that one first, or give this one a store of its own (store: in countersign.yaml)`,
      { cause: error },
    );
  }
  return { release: () => db[Symbol.dispose]() };
}

const REMEDIES: ReadonlyMap<unknown, string> = new Map([
  ['EACCES', 'give the user that runs the gateway the right to write there'],
  ['EPERM', 'give the user that runs the gateway the right to write there'],
  ['EROFS', 'the file system is read-only: mount it writable, or name another place (store: in countersign.yaml)'],
  ['ENOSPC', 'there is no space left: make some'],
  ['EDQUOT', 'the quota is used up: make space'],
]);

function remedyFor(error: unknown): string {
  const remedy = REMEDIES.get((error as NodeJS.ErrnoException).code);
  return remedy ?? 'name a file in a directory that can be written (store: in countersign.yaml)';
}
