import type { Approval } from '../core/approval/approval.ts';
import type { ApprovalHead, ApprovalStore } from '../ports/approval-store.ts';
import type { Clock } from '../ports/clock.ts';
import { approvalEntry } from './approval-entries.ts';

interface VoidDeps {
  readonly approvals: ApprovalStore;
  readonly clock: Clock;
}

/** What the approval was bound to is no longer so. `null`: it was not open any more. */
export function voidApproval(
  deps: VoidDeps,
  approval: ApprovalHead,
  by: string,
  note: string,
): Promise<Approval | null> {
  const entry = approvalEntry(approval, 'void', deps.clock.nowMs(), { by, comment: note });
  return deps.approvals.transition(approval.id, approval.status, { status: 'void', note }, [entry]);
}

/** Nobody decided, or nobody ran it, in time. */
export function expireApproval(deps: VoidDeps, approval: ApprovalHead): Promise<Approval | null> {
  const entry = approvalEntry(approval, 'expired', deps.clock.nowMs(), { by: null });
  return deps.approvals.transition(approval.id, approval.status, { status: 'expired' }, [entry]);
}
