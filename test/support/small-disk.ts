import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { GatewayDir } from './run-gateway.ts';
import { type Program, startProcess } from './start-process.ts';

/** A disk of its own for the data of a gateway, which can be full and have space again while the gateway runs. */
export interface SmallDisk {
  /** The directory as this process sees it. */
  readonly home: GatewayDir;
  /** How to start a gateway on it. */
  wrap(command: Program): Program;
  /** Leaves no space. A file that has some already can still be written for a while, until it must grow. */
  fill(gatewayPid: number): void;
  /** `null`: no gateway runs. */
  free(gatewayPid: number | null): void;
  /** The data is gone with it. */
  close(): Promise<void>;
}

const SIZE_KIB = 6 * 1024;
const MOUNT = `mount -t tmpfs -o size=${SIZE_KIB}k tmpfs`;
/** As root, or with a user namespace where those are allowed. */
const unshareFlags = ['-m', '-rm'].find(
  (flags) => spawnSync('unshare', [flags, 'sh', '-c', `${MOUNT} /mnt`]).status === 0,
);

export const canMount: boolean = unshareFlags !== undefined;

/**
 * A file system in memory, in a mount namespace that a process of its own holds open: it is still there after a gateway was killed, and
 * gone when the holder is, so that nothing stays behind on the machine.
 */
export async function mountSmallDisk(home: GatewayDir): Promise<SmallDisk> {
  const data = join(home.dir, 'data');
  mkdirSync(data, { mode: 0o700 });
  const script = `${MOUNT} "$0" && echo mounted && exec sleep 600`;
  const holder = startProcess(['unshare', unshareFlags ?? '-m', 'sh', '-c', script, data]);
  await holder.until(/^mounted$/m);
  const user = unshareFlags === '-rm' ? ['-U', '--preserve-credentials'] : [];
  const ballast = `/proc/${holder.pid}/root${data}/ballast`;
  return {
    home: { ...home, dir: `/proc/${holder.pid}/root${home.dir}` },
    wrap: (command) => ['nsenter', '-t', String(holder.pid), ...user, '-m', '--', ...command],
    fill: () => writeUntilFull(ballast),
    free: () => rmSync(ballast),
    async close() {
      await holder.stop('SIGKILL');
      home.remove();
    },
  };
}

/**
 * What needs no rights at all: a limit of the operating system on the size of the files that the gateway may write. The reserved place
 * of the kill switches, 1 MiB, is below it.
 */
export function limitFileSize(home: GatewayDir): SmallDisk {
  let isFull = false;
  // The soft limit alone: a process may raise that again.
  const setLimit = (bytes: number | 'unlimited', ...target: readonly string[]): readonly [string, ...string[]] => [
    'prlimit',
    `--fsize=${bytes}:`,
    ...target,
  ];
  return {
    home,
    wrap: (command) => (isFull ? setLimit(FILE_BYTES_MAX, ...command) : command),
    fill(gatewayPid) {
      isFull = true;
      run(setLimit(FILE_BYTES_MAX, '--pid', String(gatewayPid)));
    },
    free(gatewayPid) {
      isFull = false;
      if (gatewayPid !== null) run(setLimit('unlimited', '--pid', String(gatewayPid)));
    },
    close: () => Promise.resolve(home.remove()),
  };
}

const FILE_BYTES_MAX = 1500 * 1024;

function run([program, ...args]: Program): void {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program}: ${stderr}`);
}

function writeUntilFull(path: string): void {
  const file = openSync(path, 'a');
  try {
    for (const bytes of [64 * 1024, 4096, 1]) {
      const piece = Buffer.alloc(bytes);
      while (tryToWrite(file, piece));
    }
  } finally {
    closeSync(file);
  }
}

function tryToWrite(file: number, piece: Uint8Array): boolean {
  try {
    return writeSync(file, piece) === piece.length;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false;
    throw error;
  }
}
