import type { ApprovalStore } from '../ports/approval-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { ApprovalDesk } from './approval-desk.ts';
import type { Deadlines } from './deadlines.ts';
import { expireApproval } from './void-approval.ts';

interface ExpiryDeps {
  readonly approvals: ApprovalStore;
  readonly desk: ApprovalDesk;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
}

/**
 * Ends every approval whose time is over and that nobody asked about since: it must not take a place in the queue, nor stand in a
 * list as if it could still be decided. Returns how many. Throws `StoreError`; the next round tries again.
 */
export async function expireApprovals(deps: ExpiryDeps): Promise<number> {
  let expired = 0;
  for (const approval of await deps.approvals.listOpen()) {
    if (!deps.deadlines.isOver(approval)) continue;
    if ((await expireApproval(deps, approval)) === null) continue;
    deps.desk.wake(approval.id);
    expired += 1;
  }
  return expired;
}
