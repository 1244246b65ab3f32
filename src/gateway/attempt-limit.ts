import type { Clock } from '../ports/clock.ts';

export interface AttemptLimitOptions {
  /** Attempts that one key may have at once. */
  readonly attemptsMax: number;
  /** How long until one of them is forgiven. */
  readonly forgivenAfterMs: number;
  /** Keys that are remembered. An attacker with more makes us forget others. */
  readonly keysMax: number;
}

/** Counts attempts by key, and forgives them in time: a bucket that leaks. */
export interface AttemptLimit {
  /** `true`: this key has tried too often lately. */
  count(key: string): boolean;
  forget(key: string): void;
}

export function createAttemptLimit(
  clock: Pick<Clock, 'monotonicMs'>,
  { attemptsMax, forgivenAfterMs, keysMax }: AttemptLimitOptions,
): AttemptLimit {
  const attempts = new Map<string, { readonly level: number; readonly atMs: number }>();
  return {
    count(key) {
      const nowMs = clock.monotonicMs();
      const last = attempts.get(key) ?? { level: 0, atMs: nowMs };
      const level = Math.max(0, last.level - (nowMs - last.atMs) / forgivenAfterMs) + 1;
      if (!attempts.has(key) && attempts.size >= keysMax) attempts.delete(attempts.keys().next().value ?? key);
      attempts.set(key, { level: Math.min(level, attemptsMax), atMs: nowMs });
      return level > attemptsMax;
    },
    forget: (key) => void attempts.delete(key),
  };
}
