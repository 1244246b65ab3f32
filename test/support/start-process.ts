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
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export type Program = readonly [program: string, ...args: string[]];

export interface StartOptions {
  readonly cwd?: string;
  /** The whole environment but for `PATH`, so that nothing of the machine decides a test. */
  readonly env?: Readonly<Record<string, string>>;
}

export function startProcess(command: Program, options: StartOptions = {}): StartedProcess {
  const [program, ...args] = command;
  const { cwd, env } = options;
  const child = spawn(program, args, {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
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

  return {
    pid: child.pid ?? -1,
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
    stop(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
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
