import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Command } from 'commander';
import { findConfigFile } from '../config/find-config-file.ts';
import { loadConfig } from '../config/load-config.ts';
import { createLogCheck, type LogVerdict } from '../core/audit/verify/check-log.ts';
import { NOT_PROVED } from '../core/audit/verify/say-verdict.ts';
import { visibleJson } from '../core/content/visible-text.ts';
import { err, ok, type Result } from '../core/result.ts';
import { checkStoredLog } from '../gateway/check-stored-log.ts';
import { StoreError } from '../ports/store-error.ts';
import type { StoredLog } from '../ports/stored-log.ts';
import type { CliContext } from './cli-context.ts';
import { parseCount } from './parse-option.ts';
import { createProgress } from './progress.ts';
import { readLines } from './read-export.ts';
import { renderVerdict } from './render-verdict.ts';
import { sayFault } from './say-fault.ts';

/** Opens the log of a store for reading. Throws `StoreError`. */
export type OpenStoredLog = (path: string) => StoredLog;

interface VerifyOptions {
  readonly config?: string;
  readonly faults: number;
  readonly json?: true;
}

/** Where the demo keeps its store. */
const DEFAULT_STORE = './data/countersign.db';

export function registerAuditVerify(audit: Command, context: CliContext, openStoredLog: OpenStoredLog): void {
  audit
    .command('verify [file]')
    .description('look for contradictions in the log, offline: in a store, or in what was exported')
    .option('--config <file>', 'the configuration whose store it is (default: countersign.yaml where there is one)')
    .option('--faults <count>', 'how many bad entries are named', parseCount, 20)
    .option('--json', 'one JSON document')
    .action((file: string | undefined, options: VerifyOptions) => verify(context, openStoredLog, file, options));
}

/** Exits with 1 where anything is wrong with the log, and with 2 where there is none. */
async function verify(
  context: CliContext,
  openStoredLog: OpenStoredLog,
  given: string | undefined,
  options: VerifyOptions,
): Promise<void> {
  const file = given === undefined ? await storeOf(options.config ?? null) : ok(given);
  const verdict = file.ok ? await checkFile(context, openStoredLog, file.value, options.faults) : file;
  if (!verdict.ok) return sayFault(context, { exitCode: 2, message: verdict.error, help: null }, options.json);
  const isFaultless = verdict.value.faultCount === 0;
  const document = { ok: isFaultless, ...verdict.value, notProved: NOT_PROVED };
  context.stdout.write(options.json ? `${visibleJson(document)}\n` : renderVerdict(verdict.value, context));
  context.exitWith(isFaultless ? 0 : 1);
}

async function storeOf(given: string | null): Promise<Result<string, string>> {
  const file = findConfigFile(given);
  if (file === null) return ok(DEFAULT_STORE);
  const config = await loadConfig(file);
  return config.ok ? ok(config.value.store.path) : err(`${file} has problems; \`countersign check\` names them`);
}

async function checkFile(
  context: CliContext,
  openStoredLog: OpenStoredLog,
  file: string,
  namedMax: number,
): Promise<Result<LogVerdict, string>> {
  const progress = createProgress(context);
  const check = { context, namedMax, show: (entries: number) => progress.show(entries) };
  try {
    const verdict = (await isDatabase(file))
      ? await checkStore(openStoredLog(file), check)
      : await checkExport(file, check);
    return verdict === null ? err('stopped before the end, so nothing can be said') : ok(verdict);
  } catch (error) {
    if (error instanceof StoreError) return err(error.message);
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return err(`${file} cannot be read (${code})`);
  } finally {
    progress.end();
  }
}

interface Checking {
  readonly context: Pick<CliContext, 'signal'>;
  readonly namedMax: number;
  readonly show: (entries: number) => void;
}

/** `null`: interrupted. */
async function checkStore(log: StoredLog, { context, namedMax, show }: Checking): Promise<LogVerdict | null> {
  try {
    const checking = checkStoredLog(log, { namedMax });
    for (;;) {
      const step = checking.next();
      if (step.done === true) return step.value;
      show(step.value.sequence);
      await nextTurn();
      if (context.signal.aborted) return null;
    }
  } finally {
    log.close();
  }
}

/** A part of a log as well, so it may begin anywhere. `null`: interrupted. */
async function checkExport(file: string, { context, namedMax, show }: Checking): Promise<LogVerdict | null> {
  const check = createLogCheck({ isWhole: false, namedMax });
  let entries = 0;
  for await (const leaf of readLines(createReadStream(file))) {
    check.take({ sequence: null, leaf, payload: null });
    show((entries += 1));
    if (context.signal.aborted) return null;
  }
  return check.end(null);
}

const MAGIC = 'SQLite format 3\0';

async function isDatabase(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, 0);
    return buffer.toString('latin1', 0, bytesRead) === MAGIC;
  } finally {
    await handle.close();
  }
}
