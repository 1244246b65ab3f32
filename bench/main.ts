import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { checkBudget } from './budget.ts';
import type { PartName } from './cases.ts';
import { choosePlacement, machineFacts } from './machine.ts';
import { type Options, parseOptions, USAGE } from './options.ts';
import { Processes } from './processes.ts';
import { jsonLine, renderReport } from './report.ts';
import { runBenchmark } from './run-benchmark.ts';

const EXIT_MISSED = 1;
const EXIT_USAGE = 2;

const parsed = parseOptions(process.argv.slice(2));
if (!parsed.ok) {
  console.error(`${parsed.error.join('\n')}\nhelp: npm run bench -- --help`);
  process.exitCode = EXIT_USAGE;
} else if (parsed.value.help) {
  process.stdout.write(USAGE);
} else {
  process.exitCode = await main(parsed.value);
}

async function main(options: Options): Promise<number> {
  const failed = options.parts.filter((part) => !runPart(part, options.quick));
  if (failed.length > 0) return EXIT_MISSED;
  return options.cases.length === 0 ? 0 : runCases(options);
}

async function runCases(options: Options): Promise<number> {
  const processes = new Processes();
  // Ending this process ends all that it started: see Processes.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(EXIT_MISSED));
  try {
    const placement = choosePlacement();
    const facts = machineFacts(placement);
    if (options.json) console.error(facts.join('\n'));
    const { rows, missing } = await runBenchmark(options, { processes, placement, say: (text) => console.error(text) });
    const budget = checkBudget(rows, options);
    process.stdout.write(
      options.json ? rows.map((row) => `${jsonLine(row)}\n`).join('') : renderReport({ facts, rows, missing, budget }),
    );
    return options.check && budget.some(({ isMet }) => !isMet) ? EXIT_MISSED : 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return EXIT_MISSED;
  } finally {
    await processes.close();
  }
}

function runPart(part: PartName, quick: boolean): boolean {
  const { [part]: script } = {
    json: new URL('./json.ts', import.meta.url),
    content: new URL('./content.ts', import.meta.url),
    policy: new URL('./policy.ts', import.meta.url),
    store: new URL('./store.ts', import.meta.url),
    streams: new URL('./streams.ts', import.meta.url),
    approvals: new URL('./approvals.ts', import.meta.url),
    lists: new URL('./lists.ts', import.meta.url),
  } satisfies Record<PartName, URL>;
  const args = [fileURLToPath(script), ...(quick && part === 'streams' ? ['--quick'] : [])];
  return spawnSync(process.execPath, args, { stdio: 'inherit' }).status === 0;
}
