import type { Steps } from '../core/steps.ts';
import type { Clock } from '../ports/clock.ts';

/** So long one piece of work keeps everybody else waiting; a step of it can make it longer by its own length. */
const SLICE_MS = 5;

/** Does long work in slices, between which other calls go on. */
export async function runInSlices<T>(steps: Steps<T>, clock: Clock): Promise<T> {
  let began = clock.monotonicMs();
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    if (clock.monotonicMs() - began < SLICE_MS) continue;
    await new Promise((resolve) => void setImmediate(resolve));
    began = clock.monotonicMs();
  }
}
