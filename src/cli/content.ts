import { type Command, InvalidArgumentError } from 'commander';
import { PERSONAL_DATA_CLASSES, type PersonalDataClass } from '../core/content/detectors/detector.ts';
import type { CliContext } from './cli-context.ts';
import type { CommandOutcome } from './command-outcome.ts';
import { parsePersonalData, redactFile } from './redact.ts';

/** The commands that look at what servers say: nothing is changed by them, and no gateway need run. */
export function registerContent(program: Command, context: CliContext): void {
  const { color } = context;
  function finish({ exitCode, output }: CommandOutcome): void {
    context.stdout.write(output);
    context.exitWith(exitCode);
  }

  program
    .command('redact')
    .description('what the detectors take out of a text or a JSON result')
    .argument('[file]', 'the file; `-` or nothing reads standard input')
    .option('--personal-data <classes>', PERSONAL_DATA_HELP, readClasses)
    .option('--json', 'one JSON document: {spans, output}')
    .action(async (file: string | undefined, { personalData = null, json = false }: RedactFlags) =>
      finish(
        await redactFile({
          file: file === undefined || file === '-' ? null : file,
          stdin: process.stdin,
          personalData,
          json,
          color,
        }),
      ),
    );
}

interface RedactFlags {
  readonly personalData?: readonly PersonalDataClass[] | null;
  readonly json?: boolean;
}

const PERSONAL_DATA_HELP = `which classes too: all, or some of ${PERSONAL_DATA_CLASSES.join(', ')} (default: all but email)`;

function readClasses(value: string): readonly PersonalDataClass[] {
  const classes = parsePersonalData(value);
  if (classes === null) throw new InvalidArgumentError(`The classes are ${PERSONAL_DATA_CLASSES.join(', ')}, and all.`);
  return classes;
}
