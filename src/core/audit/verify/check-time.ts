import type { AuditEntry } from '../entry.ts';
import type { Report } from './log-fault.ts';

/** Entries that wait for one commit can be stored in another order than they were made in, and clocks are corrected a little. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;
/** What happened while the store could not be written is stored for so long afterwards. */
const CATCHING_UP_MS = 60 * 60_000;

export interface TimeCheck {
  take(sequence: number, entry: AuditEntry): void;
}

/**
 * Time goes on. What a store that failed got only later has the time at which it happened: outcomes and kill switches, after the entry that
 * says that the store was back.
 */
export function createTimeCheck(report: Report): TimeCheck {
  let latest = { sequence: 0, timeMs: 0 };
  let recoveredMs = Number.NEGATIVE_INFINITY;
  return {
    take(sequence, entry) {
      const { timeMs } = entry;
      const isLate = LATE_KINDS.has(entry.kind) && latest.timeMs - recoveredMs < CATCHING_UP_MS;
      if (timeMs < latest.timeMs - CLOCK_TOLERANCE_MS && !isLate) {
        const minutes = CLOCK_TOLERANCE_MS / 60_000;
        const backMs = latest.timeMs - timeMs;
        report(
          sequence,
          `a time no more than ${minutes} minutes before that of entry ${latest.sequence}`,
          `${Math.round(backMs / 1000)} seconds before it`,
        );
        // From here on that is the time; otherwise every further entry would be a fault.
        latest = { sequence, timeMs };
      }
      if (entry.kind === 'gateway' && entry.change === 'recovered') recoveredMs = timeMs;
      if (timeMs > latest.timeMs) latest = { sequence, timeMs };
    },
  };
}

const LATE_KINDS: ReadonlySet<AuditEntry['kind']> = new Set(['outcome', 'kill-switch']);
