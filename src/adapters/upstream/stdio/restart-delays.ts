import type { Clock } from '../../../ports/clock.ts';

/** Keeps a process that fails from being started over and over: each failure in a row doubles the wait before the next start. */
export interface RestartDelays {
  started(key: string): void;
  /** It ended by itself, or could not be started. */
  ended(key: string): void;
  /** How long the next start has to wait; 0 where it may come now. */
  remainingMs(key: string): number;
}

export interface RestartLimits {
  readonly restartDelayMs: number;
  /** The longest wait. A process that ran for longer than this counts as healthy. */
  readonly restartDelayMaxMs: number;
}

interface History {
  readonly startedMs: number;
  readonly failures: number;
  readonly notBeforeMs: number;
}

const KEYS_MAX = 10_000;

export function createRestartDelays(clock: Clock, limits: RestartLimits): RestartDelays {
  const histories = new Map<string, History>();
  return {
    started(key) {
      const before = histories.get(key);
      histories.delete(key);
      histories.set(key, { startedMs: clock.monotonicMs(), failures: before?.failures ?? 0, notBeforeMs: 0 });
      const [oldest] = histories.keys();
      if (histories.size > KEYS_MAX && oldest !== undefined) histories.delete(oldest);
    },
    ended(key) {
      const before = histories.get(key);
      if (before === undefined) return;
      const nowMs = clock.monotonicMs();
      const wasHealthy = nowMs - before.startedMs > limits.restartDelayMaxMs;
      const failures = wasHealthy ? 0 : before.failures + 1;
      const delayMs = wasHealthy ? 0 : Math.min(limits.restartDelayMs * 2 ** (failures - 1), limits.restartDelayMaxMs);
      histories.set(key, { ...before, failures, notBeforeMs: nowMs + delayMs });
    },
    remainingMs: (key) => Math.max(0, (histories.get(key)?.notBeforeMs ?? 0) - clock.monotonicMs()),
  };
}
