import { formatTimestamp } from '../core/timestamp.ts';
import type { GatewayEntry } from '../core/audit/entry.ts';
import type { ApprovalStore } from '../ports/approval-store.ts';
import type { Clock } from '../ports/clock.ts';

interface PruneDeps {
  readonly approvals: Pick<ApprovalStore, 'listEnded' | 'remove'>;
  readonly clock: Clock;
}

/** What one transaction takes, so that no call waits long behind it. */
export const PRUNED_AT_ONCE_MAX = 200;
/** What one round takes; the next goes on. */
const BATCHES_MAX = 10;

/**
 * Removes requests that ended longer than `keepMs` ago, with their previews, the oldest first. What can still be decided or run stays, however
 * old it is, and so does the log. Returns how many. Throws `StoreError`; the next round tries again.
 */
export async function pruneApprovals({ approvals, clock }: PruneDeps, keepMs: number): Promise<number> {
  const beforeMs = clock.nowMs() - keepMs;
  let removed = 0;
  for (let batch = 0; batch < BATCHES_MAX; batch += 1) {
    const ids = await approvals.listEnded(beforeMs, PRUNED_AT_ONCE_MAX);
    if (ids.length === 0) break;
    if (!(await approvals.remove(ids, [entryOf(ids.length, beforeMs, clock.nowMs())]))) break;
    removed += ids.length;
    if (ids.length < PRUNED_AT_ONCE_MAX) break;
  }
  return removed;
}

function entryOf(count: number, beforeMs: number, timeMs: number): GatewayEntry {
  const detail = `${count} approvals that were over before ${formatTimestamp(beforeMs)}`;
  return { kind: 'gateway', timeMs, change: 'pruned', policyVersion: null, by: null, detail };
}
