#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { checkFiles } from './cli/check.ts';
import type { CommandOutcome } from './cli/command-outcome.ts';
import { testPolicies } from './cli/test.ts';
import { readyLine, readyText, type UpOptions } from './cli/up.ts';
import { renderProblems } from './config/render-problems.ts';
import { CONFIG_FILE, serve } from './serve.ts';

/** Exit codes: 0 done, 1 found something or could not do it, 2 called wrongly. `docs/cli.md` says more. */
const COULD_NOT = 1;
const CALLED_WRONGLY = 2;

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const hasColor = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;

try {
  await createProgram().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : CALLED_WRONGLY;
  else fail(error);
}

function createProgram(): Command {
  const program = new Command('countersign')
    .description('A policy-enforcing gateway for the Model Context Protocol')
    .version(version)
    .exitOverride()
    .showHelpAfterError('(countersign --help says what there is)');

  program
    .command('up')
    .alias('serve')
    .description('run the gateway; the demo where there is no configuration')
    .option('--config <file>', `the configuration (default: ${CONFIG_FILE} where there is one)`)
    .option('--data <dir>', 'demo: where to keep its data', './data')
    .option('--listen-mcp <address>', 'demo: the MCP plane', '127.0.0.1:8420')
    .option('--listen-admin <address>', 'demo: the admin plane', '127.0.0.1:8421')
    .option('--json', 'print one line of JSON when ready')
    .action((given: Omit<UpOptions, 'config' | 'json'> & { config?: string; json?: true }) =>
      up({ ...given, config: given.config ?? null, json: given.json ?? false }),
    );

  program
    .command('check')
    .description('validate configuration and policies; every problem at once')
    .option('--config <file>', 'the configuration')
    .option('--policies <dir>', 'the policies')
    .option('--json', 'one JSON document')
    .action(async ({ config = null, policies = null, json = false }) =>
      finish(await checkFiles({ config, dir: policies, json, color: hasColor })),
    );

  program
    .command('test')
    .description('run the tests beside the policies')
    .argument('[glob]', 'which test files, by name')
    .option('--config <file>', 'the configuration')
    .option('--policies <dir>', 'the policies', './policies')
    .option('--json', 'one JSON document')
    .action(async (filter: string | undefined, { config = null, policies, json = false }) =>
      finish(await testPolicies({ dir: policies, config, filter: filter ?? null, json, color: hasColor })),
    );

  return program;
}

async function up(options: UpOptions): Promise<void> {
  const served = await serve({ ...options, version });
  if (!served.ok) {
    process.stderr.write(renderProblems(served.error, { color: process.stderr.isTTY }));
    process.exitCode = COULD_NOT;
    return;
  }
  const { running, warnings } = served.value;
  process.stderr.write(renderProblems(warnings, { color: process.stderr.isTTY }));
  process.stdout.write(options.json ? `${readyLine(running)}\n` : readyText(running, version, hasColor));
  stopOnSignal(() => running.close());
}

/** The first signal lets running calls finish; a second one does not wait for them. */
function stopOnSignal(close: () => Promise<void>): void {
  let isStopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (isStopping) process.exit(COULD_NOT);
      isStopping = true;
      close().then(() => process.exit(0), fail);
    });
  }
}

function finish({ exitCode, output }: CommandOutcome): void {
  process.stdout.write(output);
  process.exitCode = exitCode;
}

/** What an operator must mend comes as a message; the stack would only hide it. */
function fail(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`countersign: ${message}\n`);
  process.exit(COULD_NOT);
}
