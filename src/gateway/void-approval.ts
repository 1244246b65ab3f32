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
  const atMs = deps.clock.nowMs();
  const entry = approvalEntry(approval, 'void', atMs, { by, comment: note });
  return deps.approvals.transition(approval.id, approval.status, { status: 'void', atMs, by, note }, [entry]);
}

/** Nobody decided, or nobody ran it, in time. */
export function expireApproval(deps: VoidDeps, approval: ApprovalHead): Promise<Approval | null> {
  const atMs = deps.clock.nowMs();
  const entry = approvalEntry(approval, 'expired', atMs, { by: null });
  return deps.approvals.transition(approval.id, approval.status, { status: 'expired', atMs }, [entry]);
}

/** Its requester does not want it any more. */
export function withdrawApproval(
  deps: VoidDeps,
  approval: ApprovalHead,
  actor: { readonly by: string; readonly credentialId: string; readonly callId: string | null },
): Promise<Approval | null> {
  const atMs = deps.clock.nowMs();
  const entry = approvalEntry(approval, 'withdrawn', atMs, actor);
  return deps.approvals.transition(approval.id, approval.status, { status: 'withdrawn', atMs, by: actor.by }, [entry]);
}
