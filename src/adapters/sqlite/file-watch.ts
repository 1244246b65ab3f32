import { statSync, type Stats } from 'node:fs';
import { StoreError } from '../../ports/store-error.ts';

/**
 * Notices when the files under an open database are deleted, replaced or cut off. The open handle goes on writing to the old file then,
 * and everything that is acknowledged would be gone at the next start. The returned check throws `StoreError`.
 */
export function watchFiles(path: string): () => void {
  const watched = [path, `${path}-wal`].map((file) => ({ file, last: statSync(file) }));
  return () => {
    for (const each of watched) {
      const now = statSync(each.file, { throwIfNoEntry: false });
      if (!isContinued(each.last, now)) {
        throw new StoreError(
          'corrupt',
          `${each.file} was deleted, replaced or cut off while in use; put the old file back and restart`,
        );
      }
      each.last = now;
    }
  };
}

function isContinued(before: Stats, now: Stats | undefined): now is Stats {
  return now !== undefined && now.ino === before.ino && now.dev === before.dev && now.size >= before.size;
}
