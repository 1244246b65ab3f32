import { existsSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import type { CliContext } from './cli-context.ts';

/** Where lines go, as fast as they are taken. */
export interface LineSink {
  write(text: string): Promise<void>;
  /** All of them are there. */
  finish(): Promise<void>;
  /** What is there is not whole, and is taken away where it can be. */
  abandon(): Promise<void>;
}

export function createStdoutSink({ stdout }: Pick<CliContext, 'stdout'>): LineSink {
  const nothing = () => Promise.resolve();
  return {
    write: (text) => new Promise<void>((resolve) => void stdout.write(text, resolve)),
    finish: nothing,
    abandon: nothing,
  };
}

/**
 * A file for its owner alone, which has its name only when it is whole. One that is there already is never replaced: throws with the code
 * EEXIST.
 */
export async function createFileSink(file: string): Promise<LineSink> {
  if (existsSync(file)) throw Object.assign(new Error(`${file} is there already`), { code: 'EEXIST' });
  const part = `${file}.part`;
  await rm(part, { force: true });
  const handle = await open(part, 'wx', 0o600);
  return {
    write: async (text) => void (await handle.write(text)),
    async finish() {
      await handle.sync();
      await handle.close();
      await rename(part, file);
    },
    async abandon() {
      await handle.close();
      await rm(part, { force: true });
    },
  };
}
