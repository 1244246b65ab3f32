import { addressKey, type AttemptLimit, createAttemptLimit } from '../../gateway/attempt-limit.ts';
import type { Clock } from '../../ports/clock.ts';

/**
 * Counts failed authentication by address. It never locks anybody out: with an operator behind the same proxy as an attacker, a lock would
 * keep the kill switch from the one who needs it, and 256 random bits need no lock. It makes guessing visible and cheap to turn away.
 */
export type FailedAttempts = Pick<AttemptLimit, 'count'>;

export function createFailedAttempts({ clock }: { readonly clock: Clock }): FailedAttempts {
  const limit = createAttemptLimit(clock, { attemptsMax: 20, forgivenAfterMs: 3000, keysMax: 1000 });
  return { count: (address) => limit.count(addressKey(address)) };
}
