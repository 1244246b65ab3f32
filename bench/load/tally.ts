import { processUsage } from '../process-usage.ts';
import { percentile } from '../statistics.ts';
import type { LoadJob, LoadResult } from './job.ts';

/** Counts what happens in one job. */
export interface Tally {
  /** Starts the warm-up; the measured window opens and closes by itself. */
  begin(): void;
  answered(call: { readonly startMs: number; readonly endMs: number; readonly firstEventMs: number | null }): void;
  checked(problem: string | null): void;
  failed(problem: string): void;
  result(): LoadResult;
}

const MEMORY_SAMPLE_MS = 500;
const MIB = 1024 * 1024;

interface Mark {
  readonly timeMs: number;
  readonly calls: number;
  readonly cpuMs: number | null;
}

export function createTally({ pid, warmUpMs, durationMs }: LoadJob): Tally {
  const timesMs: number[] = [];
  let calls = 0;
  let opened: Mark | null = null;
  let closed: Mark | null = null;
  let rssBytesMax: number | null = null;
  let errors = 0;
  let bodiesChecked = 0;
  let badBodies = 0;
  let firstProblem: string | null = null;

  const mark = (): Mark => {
    const usage = processUsage(pid);
    if (usage !== null) rssBytesMax = Math.max(rssBytesMax ?? 0, usage.rssBytes);
    return { timeMs: performance.now(), calls, cpuMs: usage?.cpuMs ?? null };
  };

  return {
    begin() {
      setInterval(mark, MEMORY_SAMPLE_MS).unref();
      setTimeout(() => (opened = mark()), warmUpMs);
      setTimeout(() => (closed ??= mark()), warmUpMs + durationMs);
    },
    answered({ startMs, endMs, firstEventMs }) {
      calls += 1;
      // Also of calls that are answered after the window: to leave out the slowest would flatter.
      if (opened !== null && startMs >= opened.timeMs) timesMs.push((firstEventMs ?? endMs) - startMs);
    },
    checked(problem) {
      bodiesChecked += 1;
      if (problem === null) return;
      badBodies += 1;
      firstProblem ??= problem;
    },
    failed(problem) {
      errors += 1;
      firstProblem ??= problem;
    },
    result() {
      closed ??= mark();
      const sorted = timesMs.toSorted((a, b) => a - b);
      return {
        ...throughput(opened, closed),
        p50Ms: percentile(sorted, 0.5),
        p99Ms: percentile(sorted, 0.99),
        rssMb: rssBytesMax === null ? null : rssBytesMax / MIB,
        errors,
        bodiesChecked,
        badBodies,
        firstProblem,
      };
    },
  };
}

function throughput(opened: Mark | null, closed: Mark): Pick<LoadResult, 'callsPerSecond' | 'cpuMicros'> {
  if (opened === null) return { callsPerSecond: 0, cpuMicros: null };
  const calls = closed.calls - opened.calls;
  const callsPerSecond = calls / ((closed.timeMs - opened.timeMs) / 1000);
  if (opened.cpuMs === null || closed.cpuMs === null || calls === 0) return { callsPerSecond, cpuMicros: null };
  return { callsPerSecond, cpuMicros: ((closed.cpuMs - opened.cpuMs) * 1000) / calls };
}
