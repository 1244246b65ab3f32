import type { Clock, Ids } from '../../src/ports/clock.ts';

export interface FixedClock extends Clock {
  advance(ms: number): void;
  /** Only the time of day, as an administrator or a time server does; also back. */
  setBy(ms: number): void;
}

/** Stands still until it is told to go on. */
export function createFixedClock(startMs: number = Date.UTC(2026, 10, 20)): FixedClock {
  let elapsedMs = 0;
  let setMs = 0;
  return {
    nowMs: () => startMs + elapsedMs + setMs,
    monotonicMs: () => elapsedMs,
    setBy: (ms) => {
      setMs += ms;
    },
    advance: (ms) => {
      elapsedMs += ms;
    },
  };
}

/** Ids that count: `apr_0000000000000000000001`. As long as the real ones. */
export function createCountingIds(): Ids {
  let last = 0;
  return {
    next: (prefix) => {
      last += 1;
      return `${prefix}_${String(last).padStart(22, '0')}`;
    },
  };
}
