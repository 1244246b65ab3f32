import type { OperatorReport } from '../../gateway/deps.ts';
import type { Clock } from '../../ports/clock.ts';

const WINDOW_MS = 1000;
/** Reports of one problem in a window. More are counted. */
const ALIKE_MAX = 10;
/** Problems that are told apart in a window; an upstream can word some of them. */
const PROBLEMS_MAX = 50;
const OTHERS = 'other problems';

/**
 * Passes reports on, and counts those that say the same over and over: a host that repeats what fails must not fill the disk of the log, nor
 * keep the process busy with writing it. What else happens meanwhile is still reported.
 */
export function limitReports(
  report: (problem: OperatorReport) => void,
  clock: Pick<Clock, 'monotonicMs'>,
): (problem: OperatorReport) => void {
  const seen = new Map<string, number>();
  let startedMs = Number.NEGATIVE_INFINITY;

  function startWindow(nowMs: number): void {
    startedMs = nowMs;
    const counted = [...seen];
    seen.clear();
    for (const [problem, count] of counted) {
      if (count > ALIKE_MAX) report({ callId: null, problem: `${count - ALIKE_MAX} more of: ${problem}` });
    }
  }

  return (each) => {
    const nowMs = clock.monotonicMs();
    if (nowMs - startedMs >= WINDOW_MS) startWindow(nowMs);
    const problem = seen.has(each.problem) || seen.size < PROBLEMS_MAX ? each.problem : OTHERS;
    const count = (seen.get(problem) ?? 0) + 1;
    seen.set(problem, count);
    if (count <= ALIKE_MAX) report(each);
  };
}
