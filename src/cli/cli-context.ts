import { createInterface } from 'node:readline/promises';
import { styleText } from 'node:util';
import { type FetchAdmin, fetchAdmin, type OpenStream, openStream } from './fetch-admin.ts';

/**
 * 0 done · 1 found something, or it is not there, or was refused · 2 called wrongly · 3 the gateway cannot be reached, or does not allow
 * it. `docs/cli.md` lists them.
 */
export type ExitCode = 0 | 1 | 2 | 3;

/** What a command may touch of the world around it. */
export interface CliContext {
  /** `done` is called when the text was taken. */
  readonly stdout: { write(text: string, done?: () => void): unknown };
  readonly stderr: { write(text: string): unknown };
  /** A person sits at both ends: questions may be asked. */
  readonly isTty: boolean;
  readonly color: boolean;
  /** Standard error is a terminal, on which a line can be written over. */
  readonly isStderrTty: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly fetchAdmin: FetchAdmin;
  readonly openStream: OpenStream;
  /** Aborts when the command is interrupted. */
  readonly signal: AbortSignal;
  nowMs(): number;
  /** One line from the person. */
  ask(question: string): Promise<string>;
  /** What the process will exit with. Does not end it. */
  exitWith(code: ExitCode): void;
}

/** The context of this very process. */
export function createProcessContext(signal: AbortSignal): CliContext {
  const isTty = process.stdin.isTTY && process.stdout.isTTY;
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    isTty,
    // https://no-color.org: any value that is not empty.
    color: process.stdout.isTTY && !process.env['NO_COLOR'],
    isStderrTty: process.stderr.isTTY,
    env: process.env,
    fetchAdmin,
    openStream,
    signal,
    nowMs: () => Date.now(),
    ask: async (question) => {
      const terminal = createInterface({ input: process.stdin, output: process.stdout });
      try {
        return await terminal.question(question, { signal });
      } finally {
        terminal.close();
      }
    },
    exitWith: (code) => {
      process.exitCode = code;
    },
  };
}

/** Colours where there are any. The text must be visible text already: `styleText` passes everything through. */
export function paint(
  context: Pick<CliContext, 'color'>,
  style: Parameters<typeof styleText>[0],
  text: string,
): string {
  return context.color ? styleText(style, text, { validateStream: false }) : text;
}
