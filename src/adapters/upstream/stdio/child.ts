import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createLineSplitter, type LineSplitter } from './line-splitter.ts';
import { createStderrTail } from './stderr-tail.ts';
import type { Reading } from './unfinished-answer.ts';

export interface ChildCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string | undefined;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Values that must not be shown in its last words. */
  readonly secrets: readonly string[];
}

export interface ChildLimits {
  readonly lineBytesMax: number;
  /** What may wait for a process that does not read. */
  readonly inputBytesMax: number;
  /** For each step of ending it: end of input, SIGTERM, SIGKILL. */
  readonly closeTimeoutMs: number;
}

export interface ChildListener {
  onLine(line: Uint8Array): void;
  /** The two ends of a line that was cut. */
  onCutLine(ends: Uint8Array): void;
  /** So many bytes are there of a line that is not whole yet; 0: nothing. */
  onUnfinished(bytes: number): void;
  /** A line passed the limit, so nothing it says can be told apart any more. */
  onLineTooLong(): void;
  /** It is gone, and so is all that it started in its process group. Called once. */
  onGone(end: ChildEnd): void;
}

export interface ChildEnd {
  /** `false`: the program could not be started at all. */
  readonly hadStarted: boolean;
  /** Such as `exit code 1`, `SIGKILL` or `ENOENT`. */
  readonly how: string;
  readonly lastWords: string;
}

/** A process of its own group, spoken to line by line. */
export interface Child extends Reading {
  /** Sends one line. `full` and `gone` mean that nothing of it was sent. */
  write(line: string): 'written' | 'full' | 'gone';
  /** Ends it, gently first. Resolves when it is gone. */
  stop(): Promise<void>;
  /** Ends it at once. */
  kill(): void;
}

/** Ends with the gateway, also when that ends without waiting for anything: a child may ignore that its input has ended. */
const living = new Set<ChildProcessWithoutNullStreams>();
process.on('exit', () => {
  for (const child of living) signalGroup(child, 'SIGKILL');
});

/** How long output may still come when the process itself has ended: somebody who left its group can hold the pipe open. */
const LAST_OUTPUT_MS = 500;

/** Starts a program without a shell: no argument is ever read as code. What goes wrong comes to `onGone`. */
export function startChild(command: ChildCommand, limits: ChildLimits, listener: ChildListener): Child {
  const child = spawnGroup(command);
  if (typeof child === 'string') return startNothing(child, listener);
  const splitter = createLineSplitter(limits.lineBytesMax);
  readLines(child, splitter, listener);
  child.stdin.on('error', () => undefined);
  const gone = awaitEnd(child, command.secrets, listener);
  return {
    write(line) {
      if (!child.stdin.writable || hasEnded(child)) return 'gone';
      if (child.stdin.writableLength > limits.inputBytesMax) return 'full';
      child.stdin.write(`${asOneLine(line)}\n`);
      return 'written';
    },
    pause: () => void child.stdout.pause(),
    resume: () => void child.stdout.resume(),
    cut: () => splitter.cut(),
    async stop() {
      child.stdin.end();
      for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
        if (await isInTime(gone, limits.closeTimeoutMs)) return;
        if (!hasEnded(child)) signalGroup(child, signal);
      }
      await isInTime(gone, limits.closeTimeoutMs);
    },
    kill() {
      if (!hasEnded(child)) signalGroup(child, 'SIGKILL');
    },
  };
}

/** Then its id may be somebody else's soon. */
function hasEnded({ exitCode, signalCode }: ChildProcessWithoutNullStreams): boolean {
  return exitCode !== null || signalCode !== null;
}

/** Its own group, so that a signal reaches what it starts, too. */
function spawnGroup({ program, args, cwd, env }: ChildCommand): ChildProcessWithoutNullStreams | string {
  try {
    const child = spawn(program, args, { cwd, env, shell: false, detached: true, windowsHide: true, stdio: 'pipe' });
    if ((child.stdout as unknown) !== undefined) return child;
    // Out of file descriptors, Node reports the error later and leaves the streams out.
    child.on('error', () => undefined);
    return 'EMFILE';
  } catch (error) {
    return codeOf(error);
  }
}

/** A child that could not be started at all. */
export function startNothing(how: string, listener: ChildListener): Child {
  queueMicrotask(() => listener.onGone({ hadStarted: false, how, lastWords: '' }));
  return { ...NOBODY, stop: () => Promise.resolve() };
}

const nothing = (): void => undefined;
const NOBODY: Omit<Child, 'stop'> = {
  write: () => 'gone',
  pause: nothing,
  resume: nothing,
  cut: nothing,
  kill: nothing,
};

function awaitEnd(
  child: ChildProcessWithoutNullStreams,
  secrets: readonly string[],
  listener: ChildListener,
): Promise<void> {
  const lastWords = createStderrTail(secrets);
  child.stderr.on('data', (chunk: Uint8Array) => lastWords.push(chunk));
  let startError: string | null = null;
  child.on('error', (error) => {
    if (child.pid === undefined) startError = codeOf(error);
  });
  living.add(child);
  child.on('exit', () => {
    living.delete(child);
    // The leader has ended this very moment. Whatever it left behind in its group must not live on.
    signalGroup(child, 'SIGKILL');
    setTimeout(() => [child.stdout, child.stderr].forEach((stream) => stream.destroy()), LAST_OUTPUT_MS).unref();
  });
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      const how = startError ?? signal ?? `exit code ${code}`;
      listener.onGone({ hadStarted: startError === null, how, lastWords: lastWords.read() });
      resolve();
    });
  });
}

function readLines(child: ChildProcessWithoutNullStreams, splitter: LineSplitter, listener: ChildListener): void {
  let isTooLong = false;
  child.stdout.on('data', (chunk: Uint8Array) => {
    if (isTooLong) return;
    const { lines, cutLine, tooLong } = splitter.push(chunk);
    if (cutLine !== null) listener.onCutLine(cutLine);
    for (const line of lines) listener.onLine(line);
    isTooLong = tooLong;
    if (tooLong) listener.onLineTooLong();
    else listener.onUnfinished(splitter.heldBytes());
  });
}

function signalGroup(child: ChildProcessWithoutNullStreams, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Nobody is left in the group.
  }
}

async function isInTime(done: Promise<void>, timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), timeoutMs);
  });
  const inTime = await Promise.race([done.then(() => true), late]);
  clearTimeout(timer);
  return inTime;
}

/**
 * JSON allows these raw inside a string, but readers that cut lines by Unicode's rules (Node's readline, Python's splitlines) take them
 * for line ends. An argument with one of them and a JSON-RPC call behind it would be a second message to them, which no policy saw.
 */
function asOneLine(json: string): string {
  return json.replace(/[\u0085\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
