import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT } from './project-files.ts';
import { type ProgramRun, runProgram, type StartedProcess, startProcess } from './start-process.ts';

/** A copy of the project in which nothing ever ran, after `npm ci`: where a reader of the documents stands. */
export interface Checkout {
  readonly dir: string;
  /** What a reader types, in a shell with an environment of its own. */
  run(line: string, env?: Readonly<Record<string, string>>): Promise<ProgramRun>;
  start(line: string): StartedProcess;
  remove(): void;
}

const COPIED = ['package.json', 'src', 'console', 'scripts', 'policies', 'tsconfig.json', 'tsconfig.build.json'];

export function createCheckout(): Checkout {
  const dir = mkdtempSync(join(tmpdir(), 'countersign-checkout-'));
  for (const name of COPIED) cpSync(join(PROJECT, name), join(dir, name), { recursive: true });
  symlinkSync(join(PROJECT, 'node_modules'), join(dir, 'node_modules'));
  const home = join(dir, 'home');
  mkdirSync(home);
  const options = { cwd: dir, env: { HOME: home, npm_config_update_notifier: 'false' } };
  return {
    dir,
    run: (line, env) => runProgram(['sh', '-c', line], { ...options, env: { ...options.env, ...env } }),
    start: (line) => startProcess(['sh', '-c', `exec ${line}`], { ...options, ownGroup: true }),
    remove: () => rmSync(dir, { recursive: true }),
  };
}
