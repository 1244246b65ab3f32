import type { Command } from 'commander';
import { checkFiles } from './check.ts';
import type { CliContext } from './cli-context.ts';
import type { CommandOutcome } from './command-outcome.ts';
import { testPolicies } from './test.ts';

/** The commands that only look at files: no gateway need run for them. */
export function registerFiles(program: Command, context: CliContext): void {
  const { color } = context;
  function finish({ exitCode, output }: CommandOutcome): void {
    context.stdout.write(output);
    context.exitWith(exitCode);
  }

  program
    .command('check')
    .description('validate configuration and policies; every problem at once')
    .option('--config <file>', 'the configuration')
    .option('--policies <dir>', 'the policies')
    .option('--json', 'one JSON document')
    .action(async ({ config, policies, json }: FileOptions) =>
      finish(await checkFiles({ config: config ?? null, dir: policies ?? null, json: json ?? false, color })),
    );

  program
    .command('test')
    .description('run the tests beside the policies')
    .argument('[glob]', 'which test files, by name')
    .option('--config <file>', 'the configuration')
    .option('--policies <dir>', 'the policies', './policies')
    .option('--json', 'one JSON document')
    .action(async (filter: string | undefined, { config, policies: dir, json }: FileOptions & { policies: string }) =>
      finish(await testPolicies({ dir, config: config ?? null, filter: filter ?? null, json: json ?? false, color })),
    );
}

interface FileOptions {
  readonly config?: string;
  readonly policies?: string;
  readonly json?: true;
}
