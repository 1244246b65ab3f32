import { readFileSync, readdirSync } from 'node:fs';

/** Of one process with all its children. Memory that they share is counted once for each. */
export interface ProcessUsage {
  /** User and system time since the start, with that of children that have ended. */
  readonly cpuMs: number;
  readonly rssBytes: number;
}

/** `null` where there is no `/proc`, or the process is gone. */
export function processUsage(pid: number): ProcessUsage | null {
  try {
    const usages = processTree(pid).map(usageOfOne);
    return {
      cpuMs: usages.reduce((sum, usage) => sum + usage.cpuMs, 0),
      rssBytes: usages.reduce((sum, usage) => sum + usage.rssBytes, 0),
    };
  } catch {
    return null;
  }
}

/** The length of a clock tick in `/proc`, which Linux keeps at a hundredth of a second whatever the kernel uses itself. */
const TICK_MS = 10;
const KIB = 1024;

function processTree(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(processTree)];
}

/** See proc_pid_stat(5). The command, in brackets, may itself hold spaces and brackets. */
function usageOfOne(pid: number): ProcessUsage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(') ') + 2).split(' ');
  const [utime = 0, stime = 0, cutime = 0, cstime = 0] = fields.slice(11, 15).map(Number);
  const resident = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return { cpuMs: (utime + stime + cutime + cstime) * TICK_MS, rssBytes: Number(resident ?? 0) * KIB };
}
