#!/usr/bin/env -S MALLOC_ARENA_MAX=1 node --max-semi-space-size=8 --max-old-space-size=768
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { registerAccount } from './cli/account.ts';
import { registerApprovals } from './cli/approvals.ts';
import { registerAudit } from './cli/audit.ts';
import { type CliContext, createProcessContext, type ExitCode } from './cli/cli-context.ts';
import { registerContent } from './cli/content.ts';
import { registerFiles } from './cli/files.ts';
import { registerPolicies } from './cli/policies.ts';
import { registerKill } from './cli/kill.ts';
import { registerPins } from './cli/pins.ts';
import { sayFault } from './cli/say-fault.ts';
import { registerToken } from './cli/token.ts';
import { registerUp } from './cli/up.ts';
import { registerUpstreams } from './cli/upstreams.ts';
import { openStoredLog } from './compose.ts';
import { listUpstreamTools, serve } from './serve.ts';

const CALLED_WRONGLY: ExitCode = 2;
const COULD_NOT: ExitCode = 1;
const HELP = 'countersign --help says what there is';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const interrupt = new AbortController();
const context = createProcessContext(interrupt.signal);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // The first signal lets running work come to its end; a second one does not wait for it.
  process.on(signal, () => (interrupt.signal.aborted ? process.exit(COULD_NOT) : interrupt.abort()));
}

/** Before any options are read, the words of the command line alone tell who reads. */
const isForProgram = process.argv.includes('--json');

try {
  await createProgram(context).parseAsync();
} catch (error) {
  context.exitWith(exitCodeOf(error));
}

function createProgram(context: CliContext): Command {
  const program = new Command('countersign')
    .description('A policy-enforcing gateway for the Model Context Protocol')
    .version(version)
    .exitOverride();
  sayUsageFaults(program, context);
  registerUp(program, context, { version, serve });
  registerApprovals(program, context);
  registerKill(program, context);
  registerAudit(program, context, openStoredLog);
  registerToken(program, context);
  registerAccount(program, context);
  registerUpstreams(program, context);
  registerFiles(program, context);
  registerPolicies(program, context);
  registerPins(program, context);
  registerContent(program, context, (upstream, config) => listUpstreamTools(upstream, config, version));
  return program;
}

function sayUsageFaults(program: Command, context: CliContext): void {
  if (!isForProgram) return void program.showHelpAfterError(`(${HELP})`);
  program.configureOutput({
    outputError: (text) =>
      sayFault(context, { exitCode: CALLED_WRONGLY, message: text.replace(/^error: /, '').trim(), help: HELP }, true),
  });
}

/** What a person must mend comes as a message; the stack would only hide it. */
function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : CALLED_WRONGLY;
  if (interrupt.signal.aborted) return COULD_NOT;
  const message = error instanceof Error ? error.message : String(error);
  sayFault(context, { exitCode: COULD_NOT, message, help: null }, isForProgram);
  return COULD_NOT;
}
