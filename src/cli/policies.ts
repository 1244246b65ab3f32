import type { Command } from 'commander';
import { CONFIG_FILE, findConfigFile } from '../config/find-config-file.ts';
import type { CliContext } from './cli-context.ts';
import { diffPolicies } from './diff.ts';
import { registerExplain } from './explain.ts';
import { registerReplay } from './replay.ts';

/** The commands that answer questions about policies. */
export function registerPolicies(program: Command, context: CliContext): void {
  registerExplain(program, context);
  registerReplay(program, context);

  program
    .command('diff')
    .description('who gains or loses which tools between two policy directories')
    .argument('<old>', 'the directory of the policies that are in force')
    .argument('<new>', 'the directory of the policies that are proposed')
    .option('--config <file>', `the configuration (default: ${CONFIG_FILE} where there is one)`)
    .option('--json', 'one JSON document')
    .action(async (before: string, after: string, { config = null, json = false }: DiffFlags) => {
      const nowMs = context.nowMs();
      const options = { before, after, config: findConfigFile(config), nowMs, json, color: context.color };
      const { exitCode, output } = await diffPolicies(options);
      context.stdout.write(output);
      context.exitWith(exitCode);
    });
}

interface DiffFlags {
  readonly config?: string | null;
  readonly json?: boolean;
}
