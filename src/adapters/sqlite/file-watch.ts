import { closeSync, constants, fstatSync, openSync, readlinkSync, readSync, statSync } from 'node:fs';
import { StoreError } from '../../ports/store-error.ts';

/**
 * Notices when the files under an open database are deleted, replaced or cut off. The open handle goes on writing to the old file then,
 * and everything that is acknowledged would be gone at the next start. What it finds it throws, as `StoreError`.
 */
export interface FileWatch {
  /** Before a commit, which fills up a write-ahead log that was cut off. It writes nothing to the database itself. */
  checkLog(): void;
  /** After a commit, because nobody may be told of what went to a lost file. */
  checkFiles(): void;
  close(): void;
}

export function watchFiles(path: string): FileWatch {
  const log = watchLog(`${path}-wal`);
  let last = statSync(path);
  return {
    checkLog: () => log.checkSize(),
    checkFiles() {
      const now = statSync(path, { throwIfNoEntry: false });
      if (now === undefined || !isSame(now, last) || now.size < last.size) throw lost(path);
      last = now;
      log.checkPlace();
      log.checkSize();
    },
    close: () => log.close(),
  };
}

interface LogWatch {
  /** That the file has still its name, and the name its file. */
  checkPlace(): void;
  checkSize(): void;
  close(): void;
}

/**
 * Looks at the times of the log as rarely as can be. Where a file system counts them finely, a look makes the next write put down a new time,
 * and the sync after it takes half as long again for that. So a handle of our own shows by the place that it stands for, and by a byte at
 * its end, that all is as it was. Where that shows something else, or nothing, the attributes decide.
 */
function watchLog(file: string): LogWatch {
  const handle = openQuietly(file);
  const { ino, dev, size: sizeAtFirst } = fstatSync(handle);
  const tail = new Uint8Array(2);
  let size = sizeAtFirst;
  let place: string | null = null;

  function look(): void {
    const placeNow = placeOf(handle);
    const now = statSync(file, { throwIfNoEntry: false });
    if (now === undefined || !isSame(now, { ino, dev }) || now.size < size) throw lost(file);
    size = now.size;
    place = placeNow;
  }
  look();

  return {
    checkPlace() {
      if (place === null || placeOf(handle) !== place) look();
    },
    checkSize() {
      const bytesKnown = Math.min(size, 1);
      if (readSync(handle, tail, 0, tail.length, size - bytesKnown) !== bytesKnown) look();
    },
    close: () => closeSync(handle),
  };
}

/** Where the system can, so that reading puts down no time either. That is for the owner of the file alone. */
function openQuietly(file: string): number {
  try {
    return openSync(file, constants.O_RDONLY | (constants.O_NOATIME ?? 0));
  } catch {
    return openSync(file, constants.O_RDONLY);
  }
}

/** Changes with every deletion, renaming and replacement of the file. `null`: this system does not tell. */
function placeOf(handle: number): string | null {
  try {
    return readlinkSync(`/proc/self/fd/${handle}`);
  } catch {
    return null;
  }
}

interface Identity {
  readonly ino: number;
  readonly dev: number;
}

function isSame(one: Identity, other: Identity): boolean {
  return one.ino === other.ino && one.dev === other.dev;
}

function lost(file: string): StoreError {
  return new StoreError(
    'corrupt',
    `${file} was deleted, replaced or cut off while in use; put the old file back and restart`,
  );
}
