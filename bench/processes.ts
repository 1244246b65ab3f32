import { type ChildProcessByStdio, spawn, type StdioOptions } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

export interface StartOptions {
  /** For messages. */
  readonly name: string;
  /** Put before the command line: what binds it to a CPU. */
  readonly prefix: readonly string[];
  readonly program: string;
  readonly args: readonly string[];
  /** All that it gets on its standard input. Without it the input stays open until this process ends. */
  readonly input?: string;
}

export interface StartedProcess {
  readonly pid: number;
  /** The first line of its standard output. Rejects when there is none in time, or the process ends before it. */
  firstLine(timeoutMs: number): Promise<string>;
  /** Rejects, with what the process said last, when it ends before `work` is done. */
  aliveDuring<T>(work: Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

/** All processes and folders of a benchmark, so that none is left behind, however it ends. */
export class Processes {
  readonly #running = new Map<Child, Promise<string>>();
  readonly #folder: string = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  readonly #endAtOnce = (): void => {
    for (const child of this.#running.keys()) signalGroup(child, 'SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  };

  constructor() {
    process.once('exit', this.#endAtOnce);
  }

  /** A new folder, which goes when the benchmark ends. */
  createFolder(): string {
    return mkdtempSync(join(this.#folder, 'part-'));
  }

  start({ name, prefix, program, args, input }: StartOptions): StartedProcess {
    const [first, ...rest] = [...prefix, program, ...args] as [string, ...string[]];
    // Into a file as in production, not into a pipe that this process would have to empty on somebody's CPU.
    const errorFile = join(this.createFolder(), 'stderr.txt');
    const errors = openSync(errorFile, 'a');
    // In a group of its own, so that a peer's workers are ended with it.
    const stdio: StdioOptions = ['pipe', 'pipe', errors];
    const child = spawn(first, rest, { stdio, detached: HAS_GROUPS }) as Child;
    closeSync(errors);
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) =>
        resolve(signal === null ? `it ended with code ${code}` : `it got ${signal}`),
      );
    });
    this.#running.set(child, ended);
    void ended.then(() => this.#running.delete(child));
    child.stdin.on('error', () => undefined);
    if (input !== undefined) child.stdin.end(input);
    const line = new Promise<string>((resolve) => createInterface({ input: child.stdout }).once('line', resolve));

    const failWith = (why: string): never => {
      throw new Error(`${name}: ${why}${lastWords(errorFile)}`);
    };
    const aliveDuring = async <T>(work: Promise<T>): Promise<T> => Promise.race([work, ended.then(failWith)]);
    const late = async (timeoutMs: number) => {
      await sleep(timeoutMs, undefined, { ref: false });
      return failWith(`nothing on its output after ${timeoutMs} ms`);
    };
    return {
      pid: child.pid ?? 0,
      aliveDuring,
      firstLine: (timeoutMs) => aliveDuring(Promise.race([line, late(timeoutMs)])),
      stop: () => this.#stop(child),
    };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((child) => this.#stop(child)));
    rmSync(this.#folder, { recursive: true, force: true });
    process.removeListener('exit', this.#endAtOnce);
  }

  async #stop(child: Child): Promise<void> {
    const ended = this.#running.get(child);
    if (ended === undefined) return;
    signalGroup(child, 'SIGTERM');
    await Promise.race([ended, sleep(STOP_MS_MAX, undefined, { ref: false })]);
    // Also after a clean end: a worker may have outlived its parent.
    signalGroup(child, 'SIGKILL');
    await ended;
  }
}

type Child = ChildProcessByStdio<Writable, Readable, null>;

const HAS_GROUPS = process.platform !== 'win32';
const STOP_MS_MAX = 5_000;
const LAST_WORDS_CHARS_MAX = 2_000;

function signalGroup({ pid }: Child, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(HAS_GROUPS ? -pid : pid, signal);
  } catch {
    // It has ended by itself.
  }
}

function lastWords(errorFile: string): string {
  const text = readFileSync(errorFile, 'utf8').trim().slice(-LAST_WORDS_CHARS_MAX);
  return text === '' ? '' : `\n${text}`;
}
