import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A program of its own, and what it has written so far. */
export interface StartedProcess {
  readonly pid: number;
  stdout(): string;
  stderr(): string;
  /** The first match in either; throws where the program ends before there is one. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
  /** Resolves with its exit code when it is gone and all that it wrote was read; `null` after a signal. */
  ended(): Promise<number | null>;
  /** The same after a signal to it; what does not heed it is killed after a while, with all that it started where it has a group. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export type Program = readonly [program: string, ...args: string[]];

export interface StartOptions {
  readonly cwd?: string;
  /** The whole environment but for `PATH`, so that nothing of the machine decides a test. */
  readonly env?: Readonly<Record<string, string>>;
  /** In a process group of its own, for a program that starts others and may leave them behind. */
  readonly ownGroup?: boolean;
}

const STOP_TIMEOUT_MS = 15_000;

export function startProcess(command: Program, options: StartOptions = {}): StartedProcess {
  const [program, ...args] = command;
  const { cwd, env, ownGroup = false } = options;
  const child = spawn(program, args, {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: ownGroup,
    ...(cwd === undefined ? {} : { cwd }),
  });
  let stdout = '';
  let stderr = '';
  let isOver = false;
  let news = Promise.withResolvers<void>();
  const tell = (): void => {
    news.resolve();
    news = Promise.withResolvers();
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    tell();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    tell();
  });
  const ended = once(child, 'close').then(() => {
    isOver = true;
    tell();
    return child.exitCode;
  });

  const pid = child.pid ?? 0;
  const kill = (): void => {
    try {
      process.kill(ownGroup ? -pid : pid, 'SIGKILL');
    } catch {
      // Gone already.
    }
  };

  return {
    pid,
    stdout: () => stdout,
    stderr: () => stderr,
    async until(pattern) {
      for (;;) {
        const found = pattern.exec(stdout) ?? pattern.exec(stderr);
        if (found !== null) return found;
        if (isOver) throw new Error(`${command.join(' ')} ended without ${String(pattern)}\n${stdout}\n${stderr}`);
        await news.promise;
      }
    },
    ended: () => ended,
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      const impatience = setTimeout(kill, STOP_TIMEOUT_MS);
      const exitCode = await ended;
      clearTimeout(impatience);
      return exitCode;
    },
  };
}

export interface ProgramRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. */
export async function runProgram(command: Program, options?: StartOptions): Promise<ProgramRun> {
  const started = startProcess(command, options);
  const exitCode = await started.ended();
  return { exitCode, stdout: started.stdout(), stderr: started.stderr() };
}
