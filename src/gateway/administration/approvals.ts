import { hasApproved } from '../../core/approval/apply-change.ts';
import type { Approval, ApprovalId } from '../../core/approval/approval.ts';
import type { Administrator } from '../../core/identity/principal.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { ApprovalStore } from '../../ports/approval-store.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AdminFault, Administration } from '../administration.ts';
import type { ApprovalDesk } from '../approval-desk.ts';
import { approvalEntry } from '../approval-entries.ts';
import { isInApproverGroup, isRequester } from '../approvers.ts';
import { expireApproval } from '../void-approval.ts';
import { checkRole, forbidden, notFound, withStore } from './admin-fault.ts';

export interface ApprovalAdminDeps {
  readonly approvals: ApprovalStore;
  readonly desk: ApprovalDesk;
  readonly clock: Clock;
}

type Decided = Promise<Result<Approval, AdminFault>>;

/** Listing and deciding. A decision is one compare-and-set with its audit entry: of two approvers, one is first. */
export function createApprovalAdministration(
  deps: ApprovalAdminDeps,
): Pick<Administration, 'listApprovals' | 'showApproval' | 'approve' | 'reject'> {
  return {
    listApprovals: (by, status, limit) => {
      const fault = checkRole(by, 'approver', 'operator', 'auditor', 'viewer');
      if (fault !== null) return Promise.resolve(err(fault));
      return withStore(async () => ok((await deps.approvals.list({ status, limit })).map((each) => shownTo(by, each))));
    },
    showApproval: (by, id) => {
      const fault = checkRole(by, 'approver', 'operator', 'auditor', 'viewer');
      if (fault !== null) return Promise.resolve(err(fault));
      return withStore(async () => {
        const found = await findApproval(deps, id);
        return found.ok ? ok(shownTo(by, found.value)) : found;
      });
    },
    approve: (by, id, comment, argsDigest) =>
      withStore(async () => {
        const open = await findDecidable(deps, by, id);
        if (!open.ok) return open;
        if (argsDigest !== null && argsDigest !== open.value.binding.argsDigest) return err(ARGUMENTS_DIFFER);
        if (hasApproved(open.value, by.user)) return err(APPROVED_ALREADY);
        return decideOn(deps, by, open.value, { status: 'approved', comment });
      }),
    reject: (by, id, comment) =>
      withStore(async () => {
        const open = await findDecidable(deps, by, id);
        return open.ok ? decideOn(deps, by, open.value, { status: 'rejected', comment }) : open;
      }),
  };
}

/** Arguments are payloads: whoever decides has to see them, and auditors may. In the log they are kept from all others, so here too. */
function shownTo(by: Administrator, approval: Approval): Approval {
  const mayRead = by.roles.includes('approver') || by.roles.includes('auditor');
  return mayRead ? approval : { ...approval, argumentsShown: WITHHELD };
}

const WITHHELD = JSON.stringify('[for approvers and auditors]');

const ARGUMENTS_DIFFER: AdminFault = {
  kind: 'conflict',
  message: 'the digest is not the one of this request',
  help: 'Show the request again and compare its arguments with what you meant to approve.',
};

const APPROVED_ALREADY: AdminFault = {
  kind: 'conflict',
  message: 'you have approved this request already',
  help: 'It needs another person as well.',
};

async function findApproval(deps: ApprovalAdminDeps, id: string): Decided {
  const approval = await deps.approvals.find(id as ApprovalId);
  return approval === null ? err(notFound('approval')) : ok(approval);
}

/** The approval, if it is open and this administrator is one whom its rule lets decide. */
async function findDecidable(deps: ApprovalAdminDeps, by: Administrator, id: string): Decided {
  const fault = checkRole(by, 'approver');
  if (fault !== null) return err(fault);
  const found = await findApproval(deps, id);
  if (!found.ok) return found;
  const approval = found.value;
  if (isRequester(by, approval)) return err(forbidden('nobody decides on their own request', 'Ask another approver.'));
  if (!isInApproverGroup(by, approval)) {
    return err(
      forbidden('the rule asks for an approver of another group', `It names: ${approval.approverGroups.join(', ')}.`),
    );
  }
  if (approval.status === 'pending' && approval.expiresMs <= deps.clock.nowMs()) {
    await expireApproval(deps, approval);
    return err(alreadyOver({ ...approval, status: 'expired' }));
  }
  return approval.status === 'pending' ? found : err(alreadyOver(approval));
}

async function decideOn(
  deps: ApprovalAdminDeps,
  by: Administrator,
  approval: Approval,
  decision: { readonly status: 'approved' | 'rejected'; readonly comment: string | null },
): Decided {
  const nowMs = deps.clock.nowMs();
  const { status, comment } = decision;
  const entry = approvalEntry(approval, status, nowMs, { by: by.user, credentialId: by.credentialId, comment });
  const approver = status === 'approved' ? { approver: by.user } : {};
  const change = { status, comment, decidedBy: by.user, decidedMs: nowMs, ...approver };
  const decided = await deps.approvals.transition(approval.id, 'pending', change, [entry]);
  if (decided === null) {
    const now = await findApproval(deps, approval.id);
    if (!now.ok) return now;
    return err(now.value.status === 'pending' ? APPROVED_ALREADY : alreadyOver(now.value));
  }
  deps.desk.wake(decided.id);
  return ok(decided);
}

function alreadyOver({ status, decidedBy }: Approval): AdminFault {
  const who = decidedBy === null ? '' : ` by ${decidedBy}`;
  return { kind: 'conflict', message: `the request is ${status} already${who}`, help: 'A decision is final.' };
}
