import type { Command } from 'commander';
import { CONFIG_FILE, findConfigFile } from '../config/find-config-file.ts';
import { loadConfig } from '../config/load-config.ts';
import { checkFiles } from './check.ts';
import type { CliContext } from './cli-context.ts';
import type { CommandOutcome } from './command-outcome.ts';
import { loadNamedTools } from './load-named-tools.ts';
import { collect } from './parse-option.ts';
import { sayFault } from './say-fault.ts';
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
    .option('--config <file>', CONFIG_HELP)
    .option('--policies <dir>', 'the policies (default: where the configuration says)')
    .option('--tools <[upstream=]file>', 'a saved tools/list to hold the policies against; repeatable', collect)
    .option('--json', 'one JSON document')
    .action(async ({ config = null, policies = null, json = false, tools: named = [] }: CheckFlags) => {
      const tools = await loadNamedTools(named, policies ?? (await policiesDirOf(findConfigFile(config))));
      if (tools.ok) {
        const options = { config: findConfigFile(config), dir: policies, tools: tools.value };
        return finish(await checkFiles({ ...options, nowMs: context.nowMs(), json, color }));
      }
      sayFault(context, { exitCode: 2, message: tools.error, help: null }, json);
    });

  program
    .command('test')
    .description('run the tests beside the policies')
    .argument('[glob]', 'which test files, by name')
    .option('--config <file>', CONFIG_HELP)
    .option('--policies <dir>', 'the policies (default: where the configuration says)')
    .option('--json', 'one JSON document')
    .action(async (filter: string | undefined, { config = null, policies = null, json = false }: FileOptions) => {
      const file = findConfigFile(config);
      const dir = policies ?? (await policiesDirOf(file));
      finish(await testPolicies({ dir, config: file, filter: filter ?? null, json, color }));
    });
}

const CONFIG_HELP = `the configuration (default: ${CONFIG_FILE} where there is one)`;

interface CheckFlags extends FileOptions {
  readonly tools?: readonly string[];
}

interface FileOptions {
  readonly config?: string | null;
  readonly policies?: string | null;
  readonly json?: boolean;
}

/** A configuration that cannot be read says so when the tests ask for its environment. */
async function policiesDirOf(file: string | null): Promise<string> {
  const config = file === null ? null : await loadConfig(file);
  return config?.ok === true ? config.value.policiesDir : './policies';
}
