import { execFileSync } from 'node:child_process';
import { readFileSync, statfsSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';

/** Which CPUs the parts run on. Kept apart, they do not take time from each other, so CPU per call means the target's. */
export interface Placement {
  /** Put before a command line. Empty: wherever the system likes. */
  readonly target: readonly string[];
  readonly load: readonly string[];
  readonly note: string;
}

export function choosePlacement(): Placement {
  const [first, second] = allowedCpus();
  if (first === undefined || second === undefined) return unpinned('fewer than two CPUs are known here');
  const pinned = (cpu: number) => ['taskset', '-c', String(cpu)];
  if (!works(pinned(second))) return unpinned('there is no taskset');
  return {
    target: pinned(first),
    load: pinned(second),
    note: `target on CPU ${first}, upstream and load on CPU ${second}`,
  };
}

/** As the kernel writes them: `0-2,5`. */
export function parseCpuList(text: string): number[] {
  return text.split(',').flatMap((range) => {
    const [from = Number.NaN, to = from] = range.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, n) => from + n);
  });
}

/** What a reader must know about the machine to make anything of the figures. One fact a line. */
export function machineFacts(placement: Placement): string[] {
  const [cpu] = cpus();
  const load = loadavg()[0] ?? 0;
  return [
    `${cpu?.model.trim() ?? 'unknown CPU'}, ${cpus().length} CPUs, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    `${process.platform} ${process.arch}, Node ${process.versions.node}`,
    placement.note,
    ...(load > BUSY_LOAD ? [`the load was ${load.toFixed(1)} before it began: trust ratios of CPU alone`] : []),
    ...(hasProc() ? [] : ['no /proc here: CPU per call and memory are not measured']),
    ...(isInMemory(tmpdir()) ? [`${tmpdir()} is in memory: the gateway's durable writes cost no disk time here`] : []),
  ];
}

/** Processes that run or wait for the disk, over the last minute. A machine at rest is well below. */
const BUSY_LOAD = 0.7;

function unpinned(why: string): Placement {
  return { target: [], load: [], note: `nothing is pinned to a CPU: ${why}` };
}

function allowedCpus(): number[] {
  try {
    const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return list === undefined ? [] : parseCpuList(list);
  } catch {
    return [];
  }
}

function works([program = '', ...args]: readonly string[]): boolean {
  try {
    execFileSync(program, [...args, process.execPath, '--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function hasProc(): boolean {
  try {
    return readFileSync('/proc/self/stat', 'utf8') !== '';
  } catch {
    return false;
  }
}

const TMPFS = 0x01021994;
const RAMFS = 0x858458f6;

function isInMemory(folder: string): boolean {
  return process.platform === 'linux' && [TMPFS, RAMFS].includes(statfsSync(folder).type);
}
