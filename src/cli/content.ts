import { type Command, InvalidArgumentError } from 'commander';
import { PERSONAL_DATA_CLASSES, type PersonalDataClass } from '../core/content/detectors/detector.ts';
import type { Json } from '../core/json/value.ts';
import { err, type Result } from '../core/result.ts';
import { reportClasses } from './classify.ts';
import type { CliContext } from './cli-context.ts';
import type { CommandOutcome } from './command-outcome.ts';
import { type ListUpstreamTools, loadSavedTools } from './load-tools.ts';
import { parsePersonalData, redactFile } from './redact.ts';
import { sayFault } from './say-fault.ts';
import { reportScan, type ShownForm } from './scan.ts';

/** The commands that look at what servers say: nothing is changed by them, and no gateway need run. */
export function registerContent(program: Command, context: CliContext, listTools: ListUpstreamTools): void {
  const { color } = context;
  function finish({ exitCode, output }: CommandOutcome): void {
    context.stdout.write(output);
    context.exitWith(exitCode);
  }

  async function look(
    upstream: string | undefined,
    flags: ToolFlags,
    report: (definitions: readonly Json[], form: ShownForm) => CommandOutcome,
  ): Promise<void> {
    const loaded = await loadTools(upstream, flags, listTools);
    if (loaded.ok) return finish(report(loaded.value, { json: flags.json ?? false, color }));
    sayFault(context, { exitCode: 2, message: loaded.error, help: null }, flags.json);
  }

  withToolOptions(
    program.command('scan').description('look for poisoned, confusable and invalid tool definitions'),
  ).action((upstream: string | undefined, flags: ToolFlags) => look(upstream, flags, reportScan));

  withToolOptions(program.command('classify').description('propose read, write or never for tools')).action(
    (upstream: string | undefined, flags: ToolFlags) =>
      look(upstream, flags, (definitions, form) => reportClasses(definitions, upstream ?? 'upstream', form)),
  );

  program
    .command('redact')
    .description('what the detectors take out of a text or a JSON result')
    .argument('[file]', 'the file; `-` or nothing reads standard input')
    .option('--personal-data <classes>', PERSONAL_DATA_HELP, readClasses)
    .option('--json', 'one JSON document: {spans, output}')
    .action(async (named: string | undefined, { personalData = null, json = false }: RedactFlags) => {
      const file = named === undefined || named === '-' ? null : named;
      const outcome = await redactFile({ file, stdin: process.stdin, personalData, json, color });
      if (outcome.ok) finish(outcome.value);
      else sayFault(context, outcome.error, json);
    });
}

interface ToolFlags {
  readonly tools?: string;
  readonly config?: string;
  readonly json?: boolean;
}

interface RedactFlags {
  readonly personalData?: readonly PersonalDataClass[] | null;
  readonly json?: boolean;
}

const PERSONAL_DATA_HELP = `which classes too: all, or some of ${PERSONAL_DATA_CLASSES.join(', ')} (default: all but email)`;

function withToolOptions(command: Command): Command {
  return command
    .argument('[upstream]', 'an upstream of the configuration, which is asked for its tools')
    .option('--tools <file>', 'a saved answer to tools/list instead')
    .option('--config <file>', 'the configuration')
    .option('--json', 'one JSON document: an array with one object a tool');
}

function loadTools(
  upstream: string | undefined,
  { tools, config }: ToolFlags,
  listTools: ListUpstreamTools,
): Promise<Result<readonly Json[], string>> {
  if (tools !== undefined && upstream === undefined) return loadSavedTools(tools);
  if (tools === undefined && upstream !== undefined) return listTools(upstream, config ?? null);
  return Promise.resolve(err('name either an upstream or a file with --tools'));
}

function readClasses(value: string): readonly PersonalDataClass[] {
  const classes = parsePersonalData(value);
  if (classes === null) throw new InvalidArgumentError(`The classes are ${PERSONAL_DATA_CLASSES.join(', ')}, and all.`);
  return classes;
}
