import type { Approval, ApprovalId } from '../../core/approval/approval.ts';
import { approvalEntry } from '../approval-entries.ts';
import type { CallDeps } from '../deps.ts';
import type { GovernedCall } from '../governed-call.ts';
import { voidApproval } from '../void-approval.ts';

/**
 * After a call that ran: where its approvers agreed to further ones, the next of them is approved. It is an approval like any other, so
 * whatever ends an approval ends a grant. None is made of a call of which it is not known that it succeeded.
 */
export async function renewGrant(deps: CallDeps, governed: GovernedCall, ran: Approval): Promise<void> {
  const { grant } = ran;
  const nowMs = deps.clock.nowMs();
  if (ran.status !== 'executed' || grant === null || grant.left < 1 || grant.untilMs <= nowMs) return;
  const next = nextOf(deps, ran, grant, nowMs);
  const { pendingMax, pendingPerPrincipalMax, pendingPerToolMax } = deps.approvalSettings;
  const conditions = { newest: ran.id, pendingMax, pendingPerPrincipalMax, pendingPerToolMax };
  const comment = `by the grant of ${ran.id}`;
  const entry = approvalEntry(next, 'approved', nowMs, { by: ran.approvedBy.join(', '), comment });
  const isCreated = await deps.approvals.create(next, conditions, [entry]);
  if (isCreated) deps.deadlines.note(next);
  // A switch that was pulled meanwhile made void what there was, and this was not there yet.
  const isKilled = governed.place.stoppedBy === 'kill-switch' || deps.killSwitches.find(governed.killFacts) !== null;
  if (isCreated && isKilled) await voidApproval(deps, next, 'gateway', 'a kill switch was pulled');
}

function nextOf(
  deps: CallDeps,
  ran: Approval,
  { left, untilMs }: NonNullable<Approval['grant']>,
  nowMs: number,
): Approval {
  return {
    ...ran,
    id: deps.ids.next('apr') as ApprovalId,
    status: 'approved',
    createdMs: nowMs,
    expiresMs: untilMs,
    finishedMs: null,
    note: null,
    particulars: { ...ran.particulars, origin: { kind: 'grant', id: ran.id } },
    grant: { left: left - 1, untilMs },
    timeline: [
      { atMs: nowMs, change: 'approved', by: ran.approvedBy.join(', '), comment: `by the grant of ${ran.id}` },
    ],
  };
}
