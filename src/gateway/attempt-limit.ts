import type { Clock } from '../ports/clock.ts';

export interface AttemptLimitOptions {
  /** Attempts that one key may have at once. */
  readonly attemptsMax: number;
  /** How long until one of them is forgiven. */
  readonly forgivenAfterMs: number;
  /** Keys that are remembered. An attacker with more makes us forget those first that were tried least. */
  readonly keysMax: number;
}

/** Counts attempts by key, and forgives them in time: a bucket that leaks. */
export interface AttemptLimit {
  /** `true`: this key has tried too often lately. */
  count(key: string): boolean;
  forget(key: string): void;
}

interface Attempts {
  readonly level: number;
  readonly atMs: number;
}

const LOOKED_AT_MAX = 1000;

export function createAttemptLimit(
  clock: Pick<Clock, 'monotonicMs'>,
  { attemptsMax, forgivenAfterMs, keysMax }: AttemptLimitOptions,
): AttemptLimit {
  const attempts = new Map<string, Attempts>();
  const levelOf = ({ level, atMs }: Attempts, nowMs: number): number =>
    Math.max(0, level - (nowMs - atMs) / forgivenAfterMs);

  /** Of the ones that were counted longest ago, the one with the least: a flood of new keys must not make us forget who guesses. */
  function forgetOne(nowMs: number): void {
    let least: { readonly key: string; readonly level: number } | null = null;
    let looked = 0;
    for (const [key, each] of attempts) {
      const level = levelOf(each, nowMs);
      if (least === null || level < least.level) least = { key, level };
      if (level <= 1 || (looked += 1) >= LOOKED_AT_MAX) break;
    }
    if (least !== null) attempts.delete(least.key);
  }

  return {
    count(key) {
      const nowMs = clock.monotonicMs();
      const last = attempts.get(key) ?? { level: 0, atMs: nowMs };
      const level = levelOf(last, nowMs) + 1;
      if (!attempts.delete(key) && attempts.size >= keysMax) forgetOne(nowMs);
      attempts.set(key, { level: Math.min(level, attemptsMax), atMs: nowMs });
      return level > attemptsMax;
    },
    forget: (key) => void attempts.delete(key),
  };
}

/** Who sends from an address. Of IPv6 the first half: everybody with one such network has 2^64 addresses. */
export function addressKey(address: string): string {
  if (!address.includes(':') || address.includes('.')) return address;
  const [head = '', tail = ''] = address.split('%', 1)[0]?.split('::') ?? [];
  const [before, after] = [head, tail].map((part) => (part === '' ? [] : part.split(':')));
  const zeros = Math.max(0, 8 - (before?.length ?? 0) - (after?.length ?? 0));
  return [...(before ?? []), ...Array.from({ length: zeros }, () => '0'), ...(after ?? [])].slice(0, 4).join(':');
}
