import { parseArgs } from 'node:util';
import { err, ok, type Result } from '../src/core/result.ts';
import { CASE_NAMES, type CaseName, PART_NAMES, type PartName, TARGET_NAMES, type TargetName } from './cases.ts';
import type { Era } from './load/job.ts';

export interface Options {
  readonly json: boolean;
  readonly check: boolean;
  readonly help: boolean;
  readonly quick: boolean;
  readonly rounds: number;
  readonly durationMs: number;
  readonly era: Era;
  readonly cases: readonly CaseName[];
  readonly targets: readonly TargetName[];
  /** Not of all cases: they are run when they are named. */
  readonly parts: readonly PartName[];
}

export const USAGE: string = `Usage: npm run bench -- [options]

Measures the gateway beside a plain proxy and another MCP proxy, all before the same fast upstream, on this machine alone.

  --json             one JSON object a line and row, nothing else, on standard output
  --check            exit 1 when the budget is missed, or cannot be judged because something is missing
  --quick            three rounds of one second: to see that it works, not to quote
  --rounds N         rounds a case, interleaved over the targets; medians are shown (default 5)
  --duration S       seconds that each round measures (default 3)
  --case NAME        ${CASE_NAMES.join(', ')}; may be given more than once (default: these).
                     Also ${PART_NAMES.join(', ')}: JSON, what is done to results, decisions, the durable store, streams, approvals and lists, without --json
  --target NAME      ${TARGET_NAMES.join(', ')}; may be given more than once (default: all)
  --era ERA          modern (2026-07-28, the default) or legacy (2025-11-25)
  --help
`;

/** Everything that is wrong at once. */
export function parseOptions(argv: readonly string[]): Result<Options, readonly string[]> {
  const parsed = readArguments(argv);
  if (!parsed.ok) return parsed;
  const { values } = parsed.value;
  const problems: string[] = [];
  const rounds = positive('--rounds', values.rounds ?? (values.quick ? '3' : '5'), problems);
  const seconds = positive('--duration', values.duration ?? (values.quick ? '1' : '3'), problems);
  if (!Number.isInteger(rounds)) problems.push(`--rounds: a whole number is needed; got ${values.rounds}`);
  const named = oneOf('--case', values.case ?? CASE_NAMES, [...CASE_NAMES, ...PART_NAMES], problems);
  const options: Options = {
    json: values.json,
    check: values.check,
    help: values.help,
    quick: values.quick,
    rounds,
    durationMs: seconds * 1000,
    era: oneOf('--era', [values.era], ['modern', 'legacy'] as const, problems)[0] ?? 'modern',
    cases: CASE_NAMES.filter((name) => named.includes(name)),
    parts: PART_NAMES.filter((name) => named.includes(name)),
    targets: oneOf('--target', values.target ?? TARGET_NAMES, TARGET_NAMES, problems),
  };
  if (options.json && options.parts.length > 0) problems.push(`--json: ${PART_NAMES.join(', ')} have tables only`);
  return problems.length === 0 ? ok(options) : err(problems);
}

// Its type is long and says what the calls below say already.
function readArguments(argv: readonly string[]) {
  try {
    return ok(
      parseArgs({
        args: [...argv],
        options: {
          json: { type: 'boolean', default: false },
          check: { type: 'boolean', default: false },
          quick: { type: 'boolean', default: false },
          help: { type: 'boolean', short: 'h', default: false },
          rounds: { type: 'string' },
          duration: { type: 'string' },
          era: { type: 'string', default: 'modern' },
          case: { type: 'string', multiple: true },
          target: { type: 'string', multiple: true },
        },
      }),
    );
  } catch (error) {
    return err([error instanceof Error ? error.message : String(error)]);
  }
}

function positive(option: string, text: string, problems: string[]): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  problems.push(`${option}: a number above 0 is needed; got ${JSON.stringify(text)}`);
  return 1;
}

function oneOf<T extends string>(
  option: string,
  given: readonly string[],
  known: readonly T[],
  problems: string[],
): T[] {
  for (const name of given) {
    if ((known as readonly string[]).includes(name)) continue;
    problems.push(`${option}: one of ${known.join(', ')} is needed; got ${JSON.stringify(name)}`);
  }
  return known.filter((name) => given.includes(name));
}
