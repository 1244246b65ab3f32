import { fileURLToPath } from 'node:url';
import { CASES, type BenchCase, type TargetName } from './cases.ts';
import type { LoadJob, LoadResult } from './load/job.ts';
import type { Placement } from './machine.ts';
import type { Options } from './options.ts';
import type { Processes } from './processes.ts';
import type { Missing } from './report.ts';
import { type Row, rowOf } from './rows.ts';
import { startCountersign } from './targets/countersign.ts';
import { startDirect } from './targets/direct.ts';
import { startMcpProxy } from './targets/mcp-proxy.ts';
import { startNginx } from './targets/nginx.ts';
import { localUrl, type RunningTarget, type StartTarget, type TargetSetup } from './targets/target.ts';

export interface BenchmarkDeps {
  readonly processes: Processes;
  readonly placement: Placement;
  /** For people who wait. */
  readonly say: (text: string) => void;
}

export interface Measured {
  readonly rows: readonly Row[];
  readonly missing: readonly Missing[];
}

/** Starts everything once, then takes each case in rounds that go over all targets, so that a noisy minute hits all of them. */
export async function runBenchmark(options: Options, deps: BenchmarkDeps): Promise<Measured> {
  const setup = { ...deps, ...(await startUpstream(deps)) };
  const { running, missing } = await startTargets(options.targets, setup, deps);
  const rows: Row[] = [];
  for (const name of options.cases) rows.push(...(await runCase(CASES[name], running, options, deps)));
  return { rows, missing };
}

const STARTERS: Readonly<Record<TargetName, StartTarget>> = {
  direct: startDirect,
  nginx: startNginx,
  'mcp-proxy': startMcpProxy,
  countersign: startCountersign,
};

const UPSTREAM_READY_MS_MAX = 20_000;
/** Before the first round of a case: until compilers and caches have settled, which takes some 30,000 calls. */
const WARM_UP_MS = 10_000;
const QUICK_WARM_UP_MS = 3_000;
/** Before each round: for the load generator, which is new each time. */
const ROUND_WARM_UP_MS = 700;
/** For a load process to start, and to wait for late answers. */
const LOAD_EXTRA_MS_MAX = 30_000;
const CHECK_EVERY = 20;

type Running = ReadonlyMap<TargetName, RunningTarget>;

async function startUpstream({
  processes,
  placement,
}: BenchmarkDeps): Promise<Pick<TargetSetup, 'upstreamUrl' | 'upstreamPid'>> {
  const upstream = processes.start({
    name: 'upstream',
    prefix: placement.load,
    ...script(new URL('./upstream.ts', import.meta.url)),
  });
  const { port } = JSON.parse(await upstream.firstLine(UPSTREAM_READY_MS_MAX)) as { readonly port: number };
  return { upstreamUrl: localUrl(port, '/mcp'), upstreamPid: upstream.pid };
}

async function startTargets(
  names: readonly TargetName[],
  setup: TargetSetup,
  { say }: BenchmarkDeps,
): Promise<{ readonly running: Running; readonly missing: readonly Missing[] }> {
  const running = new Map<TargetName, RunningTarget>();
  const missing: Missing[] = [];
  for (const name of names) {
    try {
      const started = await STARTERS[name](setup);
      if (started.ok) running.set(name, started.value);
      else missing.push({ target: name, why: started.error });
    } catch (error) {
      // Without the gateway there is nothing to measure; without a peer there is.
      if (name === 'countersign') throw error;
      missing.push({ target: name, why: error instanceof Error ? error.message : String(error) });
    }
  }
  for (const { target, why } of missing) say(`${target} is not measured: ${why}`);
  return { running, missing };
}

async function runCase(benchCase: BenchCase, running: Running, options: Options, deps: BenchmarkDeps): Promise<Row[]> {
  const results = new Map<TargetName, LoadResult[]>();
  const durationMs = options.quick ? QUICK_WARM_UP_MS : WARM_UP_MS;
  for (const [name, target] of running) {
    deps.say(`${benchCase.name}: warming up ${name}`);
    const warm = await runLoad({ ...jobOf(benchCase, target, options), warmUpMs: 0, durationMs }, deps);
    if (warm.firstProblem !== null) deps.say(`${benchCase.name}, ${name}, warm-up: ${warm.firstProblem}`);
    results.set(name, []);
  }
  for (let round = 1; round <= options.rounds; round += 1) {
    // There and back again, so that nobody always comes after the same neighbour.
    const order = round % 2 === 1 ? [...running] : [...running].reverse();
    for (const [name, target] of order) {
      const result = await runLoad(jobOf(benchCase, target, options), deps);
      results.get(name)?.push(result);
      deps.say(`${benchCase.name} ${round}/${options.rounds}: ${name} ${summary(result)}`);
    }
  }
  return [...results].map(([name, all]) => rowOf(benchCase.name, name, all));
}

function jobOf(
  { arrival, connections, textChars, gapMs }: BenchCase,
  target: RunningTarget,
  options: Options,
): LoadJob {
  const { era, durationMs } = options;
  const load = { arrival, connections, textChars, gapMs, era, durationMs };
  return { ...target, ...load, warmUpMs: ROUND_WARM_UP_MS, checkEvery: CHECK_EVERY };
}

async function runLoad(job: LoadJob, { processes, placement }: BenchmarkDeps): Promise<LoadResult> {
  const input = JSON.stringify(job);
  const load = processes.start({
    name: 'load',
    prefix: placement.load,
    ...script(new URL('./load.ts', import.meta.url)),
    input,
  });
  const line = await load.firstLine(job.warmUpMs + job.durationMs + LOAD_EXTRA_MS_MAX);
  await load.stop();
  return JSON.parse(line) as LoadResult;
}

function script(url: URL): { readonly program: string; readonly args: readonly string[] } {
  return { program: process.execPath, args: [fileURLToPath(url)] };
}

function summary({ callsPerSecond, cpuMicros, p50Ms, errors, badBodies, firstProblem }: LoadResult): string {
  const figures = `${callsPerSecond.toFixed(0)}/s, ${cpuMicros?.toFixed(1) ?? '-'} µs, p50 ${p50Ms?.toFixed(2) ?? '-'} ms`;
  return firstProblem === null ? figures : `${figures}, ${errors} errors, ${badBodies} bad bodies: ${firstProblem}`;
}
