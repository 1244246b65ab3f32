import { setImmediate } from 'node:timers/promises';

const ROUNDS = 12;
const ROUND_MS = 30;
/** What takes this long is run once a round. */
const SLOW_MS = 2;

/** The best of several rounds: what is slower than that was disturbed by something else on the machine. */
export async function nanosOf(run: () => unknown): Promise<number> {
  // Once for the compiler, and once to see how long it takes.
  const repeats = timeOf(run) + timeOf(run) > 2 * SLOW_MS ? 1 : 8;
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    // Lets signals and timers of whoever else runs in this process through.
    await setImmediate();
    best = Math.min(best, measureRound(run, repeats));
  }
  return best;
}

function measureRound(run: () => unknown, repeats: number): number {
  const startMs = performance.now();
  let count = 0;
  let elapsedMs = 0;
  while (elapsedMs < ROUND_MS) {
    // Reading the clock costs as much as the smallest case.
    for (let repeat = 0; repeat < repeats; repeat++) run();
    count += repeats;
    elapsedMs = performance.now() - startMs;
  }
  return (elapsedMs * 1e6) / count;
}

function timeOf(run: () => unknown): number {
  const startMs = performance.now();
  run();
  return performance.now() - startMs;
}
