import type { Clock } from '../../ports/clock.ts';

/** Failures that one address may have at once, and how fast they are forgiven. */
const FAILURES_MAX = 20;
const FORGIVEN_PER_MS = 1 / 3000;
/** Addresses that are remembered. An attacker with more makes us forget others; that lets nobody in. */
const ADDRESSES_MAX = 1000;

/**
 * Counts failed authentication by address. It never locks anybody out: with an operator behind the same proxy as an attacker, a lock would
 * keep the kill switch from the one who needs it, and 256 random bits need no lock. It makes guessing visible and cheap to turn away.
 */
export interface FailedAttempts {
  /** `true`: this address has failed too often lately. */
  count(address: string): boolean;
}

export function createFailedAttempts(deps: { readonly clock: Clock }): FailedAttempts {
  const failures = new Map<string, { readonly level: number; readonly atMs: number }>();
  return {
    count(address) {
      const nowMs = deps.clock.monotonicMs();
      const last = failures.get(address) ?? { level: 0, atMs: nowMs };
      const level = Math.max(0, last.level - (nowMs - last.atMs) * FORGIVEN_PER_MS) + 1;
      if (!failures.has(address) && failures.size >= ADDRESSES_MAX)
        failures.delete(failures.keys().next().value ?? address);
      failures.set(address, { level: Math.min(level, FAILURES_MAX), atMs: nowMs });
      return level > FAILURES_MAX;
    },
  };
}
