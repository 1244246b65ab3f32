import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Ends when it is called. */
export type StopWatching = () => void;

/** How often the directory is looked at. */
const LOOK_MS = 1000;

/**
 * Calls `onChange` when the files of a directory are others than before, by name, size, time or inode, and have been the same for two
 * looks: a file that is being written is not yet one. Looks instead of listening, because notices of file systems are lost where
 * directories are mounted, linked or replaced. SIGHUP calls it at once.
 */
export function watchDirectory(dir: string, onChange: () => void): StopWatching {
  let known: string | null = null;
  let seen: string | null = null;
  let isLooking = false;

  async function look(): Promise<void> {
    if (isLooking) return;
    isLooking = true;
    const now = await fingerprintOf(dir);
    known ??= now;
    if (now === seen && now !== known) {
      known = now;
      onChange();
    }
    seen = now;
    isLooking = false;
  }

  void look();
  const timer = setInterval(() => void look(), LOOK_MS).unref();
  process.on('SIGHUP', onChange);
  return () => {
    clearInterval(timer);
    process.off('SIGHUP', onChange);
  };
}

/** A directory that cannot be read has no files. */
async function fingerprintOf(dir: string): Promise<string> {
  const names = await readdir(dir).catch(() => []);
  const files = await Promise.all(names.toSorted((a, b) => (a < b ? -1 : 1)).map((name) => describe(join(dir, name))));
  return files.join('\n');
}

async function describe(file: string): Promise<string> {
  const found = await stat(file, { bigint: true }).catch(() => null);
  return found === null ? `${file} gone` : `${file} ${found.size} ${found.mtimeNs} ${found.ino}`;
}
