import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { LoadJob, LoadResult } from './load/job.ts';
import { choosePlacement, machineFacts } from './machine.ts';
import { processUsage } from './process-usage.ts';
import { Processes, type StartedProcess } from './processes.ts';
import { median } from './statistics.ts';
import type { HoldJob } from './streams/job.ts';
import { type RunningGateway, startGateway } from './targets/countersign.ts';
import { localUrl } from './targets/target.ts';

// Streams: how soon the first event is there, what ten thousand that wait cost, and what readers cost that do not read. Exit 1 when a
// promise is missed. Everything runs on loopback and is gone afterwards.

const isQuick = process.argv.includes('--quick');
const IDLE_STREAMS = isQuick ? 1_000 : 10_000;
const UNREAD_CALLS = 1_000;
const UNREAD_KIB_MAX = 256;
const ROUNDS = isQuick ? 1 : 3;
const DURATION_MS = isQuick ? 1_000 : 4_000;
/** Of as many calls as there is time for, so that both have compiled their code and the log is written over, as in any hour but the first. */
const WARM_UP_MS = isQuick ? 1_000 : 5_000;
/** Nobody may have more streams than this, so they are spread over people. */
const STREAMS_PER_PERSON = 150;
const HOLD_MS = 240_000;
const READY_MS_MAX = 20_000;
const UNREAD_TEXT_CHARS = 1_000_000;
const MIB = 2 ** 20;
/** Of Linux. */
const MEMORY_FOLDER = '/dev/shm';

interface Line {
  readonly text: string;
  readonly value: string;
  readonly limit: string;
  readonly isMet: boolean;
}

const processes = new Processes();
const placement = choosePlacement();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
try {
  const lines = await measureAll();
  console.log([...machineFacts(placement), '', ...lines.map(render)].join('\n'));
  process.exitCode = lines.every(({ isMet }) => isMet) ? 0 : 1;
} finally {
  await processes.close();
}

async function measureAll(): Promise<Line[]> {
  const upstream = start('upstream', new URL('./upstream.ts', import.meta.url), placement.load);
  const upstreamUrl = localUrl(await portOf(upstream), '/mcp');
  const floor = start('floor', new URL('./streams/floor.ts', import.meta.url), placement.target, [upstreamUrl]);
  const floorUrl = localUrl(await portOf(floor), '/mcp');
  const gateway = await startGateway({ upstreamUrl, placement, processes });
  return [
    ...(await measureFirstEvents({ url: floorUrl, token: null, pid: floor.pid }, gateway, upstreamUrl)),
    ...(await measureIdle(gateway)),
    await measureUnread(gateway),
  ];
}

type Target = Pick<LoadJob, 'url' | 'token' | 'pid'>;

/**
 * No event of a call can be there before its decision is on disk, so how much of the time that is belongs to the figure: the same is
 * measured once more before a gateway whose folder is in memory, where nothing waits for a disk.
 */
async function measureFirstEvents(floor: Target, gateway: RunningGateway, upstreamUrl: string): Promise<Line[]> {
  const onDisk = await measureFirstEvent(floor, gateway);
  if (!existsSync(MEMORY_FOLDER)) return [onDisk];
  const folder = mkdtempSync(join(MEMORY_FOLDER, 'countersign-streams-'));
  try {
    const inMemory = await startGateway({ upstreamUrl, placement, processes, folder });
    const line = await measureFirstEvent(floor, inMemory);
    return [onDisk, { ...line, text: 'the same without a disk', limit: 'for comparison', isMet: true }];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** In turns, so that a noisy minute hits both. */
async function measureFirstEvent(floor: Target, gateway: RunningGateway): Promise<Line> {
  const job = { arrival: { kind: 'open', callsPerSecond: 100 }, connections: 32, gapMs: 20 } as const;
  const times: { floor: (number | null)[]; gateway: (number | null)[] } = { floor: [], gateway: [] };
  const warmUp = { arrival: { kind: 'closed' }, connections: 32, gapMs: 20, durationMs: WARM_UP_MS } as const;
  for (const target of [floor, targetOf(gateway)]) await runLoad({ ...target, ...warmUp });
  for (let round = 0; round < ROUNDS; round++) {
    times.floor.push((await runLoad({ ...floor, ...job })).p50Ms);
    times.gateway.push((await runLoad({ ...targetOf(gateway), ...job })).p50Ms);
  }
  const least = median(times.floor) ?? Number.NaN;
  const own = median(times.gateway) ?? Number.NaN;
  const value = `${own.toFixed(2)} ms, ${(own / least).toFixed(2)} times node:http with undici (${least.toFixed(2)} ms)`;
  return { text: 'first event of a call, median', value, limit: 'at most 2 times', isMet: own <= 2 * least };
}

async function measureIdle(gateway: RunningGateway): Promise<Line[]> {
  const calls = { arrival: { kind: 'open', callsPerSecond: 100 }, connections: 32, gapMs: null } as const;
  const p99Of = async (): Promise<number> => {
    const all: (number | null)[] = [];
    for (let round = 0; round < ROUNDS; round++) all.push((await runLoad({ ...targetOf(gateway), ...calls })).p99Ms);
    return median(all) ?? Number.NaN;
  };
  const before = await p99Of();
  const users = Array.from({ length: Math.ceil(IDLE_STREAMS / STREAMS_PER_PERSON) }, (_, n) => `idle-${n}`);
  const tokens: string[] = [];
  for (const user of users) tokens.push(await gateway.issueToken(user));
  const holder = hold({ url: gateway.url, tokens, kind: 'idle', count: IDLE_STREAMS, textChars: 0, holdMs: HOLD_MS });
  const { open } = JSON.parse(await holder.firstLine(HOLD_MS)) as { readonly open: number };
  await sleep(2_000);
  const during = await p99Of();
  const rssMib = rssOf(gateway) / MIB;
  await holder.stop();
  return [
    { text: 'streams that wait', value: `${open}`, limit: `${IDLE_STREAMS}`, isMet: open === IDLE_STREAMS },
    { text: 'memory with them', value: `${rssMib.toFixed(0)} MiB`, limit: 'at most 1229 MiB', isMet: rssMib <= 1229 },
    {
      text: 'a call meanwhile, 99th percentile',
      value: `${during.toFixed(2)} ms, ${(during / before).toFixed(2)} times ${before.toFixed(2)} ms`,
      limit: 'at most 2 times',
      isMet: during <= 2 * before,
    },
  ];
}

async function measureUnread(gateway: RunningGateway): Promise<Line> {
  await sleep(1_000);
  const before = rssOf(gateway);
  const tokens = await Promise.all(
    ['unread-1', 'unread-2', 'unread-3', 'unread-4'].map((user) => gateway.issueToken(user)),
  );
  const job = { kind: 'unread', count: UNREAD_CALLS, textChars: UNREAD_TEXT_CHARS, holdMs: HOLD_MS } as const;
  const holder = hold({ url: gateway.url, tokens, ...job });
  await holder.firstLine(HOLD_MS);
  let highest = before;
  for (let n = 0; n < 40; n++) {
    await sleep(250);
    highest = Math.max(highest, rssOf(gateway));
  }
  await holder.stop();
  const grownMib = (highest - before) / MIB;
  const kibEach = (grownMib * 1024) / UNREAD_CALLS;
  const value = `${grownMib.toFixed(0)} MiB, ${kibEach.toFixed(0)} KiB for each of ${UNREAD_CALLS} results of 1 MB`;
  const limit = `at most ${UNREAD_KIB_MAX} KiB each`;
  return { text: 'readers that do not read', value, limit, isMet: kibEach <= UNREAD_KIB_MAX };
}

function targetOf({ url, token, pid }: RunningGateway): Target {
  return { url, token, pid };
}

type Load = Target & Pick<LoadJob, 'arrival' | 'connections' | 'gapMs'> & Partial<Pick<LoadJob, 'durationMs'>>;

async function runLoad(job: Load): Promise<LoadResult> {
  const { durationMs = DURATION_MS } = job;
  const whole: LoadJob = { ...job, era: 'modern', textChars: 200, warmUpMs: 700, durationMs, checkEvery: 20 };
  const load = start('load', new URL('./load.ts', import.meta.url), placement.load, [], JSON.stringify(whole));
  const result = JSON.parse(await load.firstLine(durationMs + 30_000)) as LoadResult;
  await load.stop();
  if (result.firstProblem !== null) console.error(`load: ${result.firstProblem}`);
  return result;
}

function hold(job: HoldJob): StartedProcess {
  return start('holder', new URL('./streams/hold.ts', import.meta.url), placement.load, [], JSON.stringify(job));
}

function start(
  name: string,
  url: URL,
  prefix: readonly string[],
  args: readonly string[] = [],
  input?: string,
): StartedProcess {
  const command = { name, prefix, program: process.execPath, args: [fileURLToPath(url), ...args] };
  return processes.start(input === undefined ? command : { ...command, input });
}

async function portOf(started: StartedProcess): Promise<number> {
  return (JSON.parse(await started.firstLine(READY_MS_MAX)) as { readonly port: number }).port;
}

function rssOf({ pid }: RunningGateway): number {
  return processUsage(pid)?.rssBytes ?? Number.NaN;
}

function render({ text, value, limit, isMet }: Line): string {
  return `${isMet ? 'met   ' : 'MISSED'}  ${text.padEnd(36)} ${value} (${limit})`;
}
