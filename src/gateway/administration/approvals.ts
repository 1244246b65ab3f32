import { approvedAs } from '../../core/approval/apply-change.ts';
import type { Approval, ApprovalId } from '../../core/approval/approval.ts';
import type { Administrator } from '../../core/identity/principal.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { formatTimestamp } from '../../core/timestamp.ts';
import type { ApprovalStore } from '../../ports/approval-store.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AdminFault, Administration, ApprovalAnswer } from '../administration.ts';
import type { Approvers } from '../approvers.ts';
import type { ApprovalDesk } from '../approval-desk.ts';
import type { Deadlines } from '../deadlines.ts';
import type { HoldRecords } from '../hold-records.ts';
import { approvalEntry } from '../approval-entries.ts';
import { expireApproval } from '../void-approval.ts';
import { checkRole, notFound, withStore } from './admin-fault.ts';
import { mayNotDecide, mustSignInAgain } from './may-decide.ts';
import type { Denials } from './record-denial.ts';
import { showApproval, shownTo } from './shown-approval.ts';

export interface ApprovalAdminDeps {
  readonly approvals: ApprovalStore;
  readonly desk: ApprovalDesk;
  readonly clock: Clock;
  readonly denials: Denials;
  readonly deadlines: Deadlines;
  readonly holdRecords: HoldRecords;
  readonly approvers: Pick<Approvers, 'namesOf'>;
}

type Decided = Promise<Result<Approval, AdminFault>>;

/** Listing and deciding. A decision is one compare-and-set with its audit entry: of two approvers, one is first. */
export function createApprovalAdministration(
  deps: ApprovalAdminDeps,
): Pick<Administration, 'listApprovals' | 'showApproval' | 'approve' | 'reject' | 'listHolds'> {
  return {
    listHolds: (by) => {
      const fault = checkRole(by, 'operator', 'auditor', 'viewer');
      return fault === null ? ok(deps.holdRecords.list()) : err(fault);
    },
    listApprovals: (by, status, limit, before) => {
      const fault = checkRole(by, 'approver', 'operator', 'auditor', 'viewer');
      if (fault !== null) return Promise.resolve(err(fault));
      const query = { status, limit, ...(before === undefined ? {} : { before: before as ApprovalId }) };
      return withStore(async () => ok((await deps.approvals.list(query)).map((each) => shownTo(by, each))));
    },
    showApproval: (by, id) => {
      const fault = checkRole(by, 'approver', 'operator', 'auditor', 'viewer');
      if (fault !== null) return Promise.resolve(err(fault));
      return withStore(async () => {
        const found = await findApproval(deps, id);
        return found.ok ? ok(await showApproval(deps, by, found.value)) : found;
      });
    },
    approve: (by, id, comment, argsDigest, more = {}) =>
      withStore(async () => {
        const open = await findDecidable(deps, by, id);
        if (!open.ok) return open;
        const demand = unmetDemand(by, open.value, { argsDigest, ...more });
        if (demand !== null) return deny(deps, by, open.value, demand);
        const approverNames = [...(await deps.approvers.namesOf(by))];
        const before = approvedAs(open.value, approverNames);
        if (before !== null) return err(approvedAlready(by, before));
        return decideOn(deps, by, open.value, {
          status: 'approved',
          comment,
          grant: more.grant === true,
          approverNames,
        });
      }),
    reject: (by, id, comment) =>
      withStore(async () => {
        const open = await findDecidable(deps, by, id);
        return open.ok ? decideOn(deps, by, open.value, { status: 'rejected', comment }) : open;
      }),
  };
}

const ARGUMENTS_DIFFER: AdminFault = {
  kind: 'conflict',
  message: 'the digest is not the one of this request',
  help: 'Show the request again and compare its arguments with what you meant to approve.',
};

const SIGN_IN_AGAIN: AdminFault = {
  kind: 'forbidden',
  message: 'the rule asks for a fresh sign-in',
  help: 'Sign in to the console again, then approve there.',
};

const NOT_CONFIRMED: AdminFault = {
  kind: 'conflict',
  message: 'the rule asks for a value to be typed, and this is another one',
  help: 'Type exactly what the request shows as `confirm`.',
};

const NO_GRANT: AdminFault = {
  kind: 'conflict',
  message: 'the rule offers no grant',
  help: 'Approve this one call.',
};

/** `name`: the one that they did it by. */
function approvedAlready({ user }: Administrator, name: string): AdminFault {
  const as = name === user ? '' : `, as ${name}`;
  return {
    kind: 'conflict',
    message: `you have approved this request already${as}`,
    help: 'It needs another person as well.',
  };
}

async function findApproval(deps: ApprovalAdminDeps, id: string): Decided {
  const approval = await deps.approvals.find(id as ApprovalId);
  return approval === null ? err(notFound('approval')) : ok(approval);
}

/** The approval, if it is open and this administrator is one whom its rule lets decide. */
export async function findDecidable(deps: ApprovalAdminDeps, by: Administrator, id: string): Decided {
  const fault = checkRole(by, 'approver');
  const found = await findApproval(deps, id);
  // Whoever could not decide anything learns nothing of what there is to decide.
  if (!found.ok) return fault === null ? found : err(fault);
  const approval = found.value;
  if (fault !== null && !approval.particulars.byRequester) return deny(deps, by, approval, fault);
  const obstacle = mayNotDecide(by, await deps.approvers.namesOf(by), approval);
  if (obstacle !== null) return deny(deps, by, approval, obstacle);
  if (approval.status === 'pending' && deps.deadlines.isOver(approval)) {
    await expireApproval(deps, approval);
    return err(alreadyOver({ ...approval, status: 'expired' }));
  }
  return approval.status === 'pending' ? found : err(alreadyOver(approval));
}

/** Whoever tried to decide on their own request has left a trace of it. */
async function deny({ denials }: ApprovalAdminDeps, by: Administrator, approval: Approval, fault: AdminFault): Decided {
  await denials.record(by, approval, fault);
  return err(fault);
}

/** What the rule asks of whoever approves, beside their rights. */
function unmetDemand(
  by: Administrator,
  approval: Approval,
  { argsDigest, confirm, grant }: ApprovalAnswer,
): AdminFault | null {
  const { particulars, binding } = approval;
  if (typeof argsDigest === 'string' && argsDigest !== binding.argsDigest) return ARGUMENTS_DIFFER;
  if (mustSignInAgain(by, approval)) return SIGN_IN_AGAIN;
  if (particulars.confirm !== null && confirm !== particulars.confirm) return NOT_CONFIRMED;
  return grant === true && particulars.grantOffered === null ? NO_GRANT : null;
}

interface Decision {
  readonly status: 'approved' | 'rejected';
  readonly comment: string | null;
  readonly grant?: boolean;
  /** All that whoever approves goes by. */
  readonly approverNames?: readonly string[];
}

async function decideOn(deps: ApprovalAdminDeps, by: Administrator, approval: Approval, decision: Decision): Decided {
  const nowMs = deps.clock.nowMs();
  const { status, comment, approverNames = [] } = decision;
  const grant = decision.grant === true ? grantFrom(approval, nowMs) : null;
  const said =
    grant === null
      ? comment
      : `${comment ?? ''} [grant: ${grant.left} further calls until ${formatTimestamp(grant.untilMs)}]`.trim();
  const entry = approvalEntry(approval, status, nowMs, { by: by.user, credentialId: by.credentialId, comment: said });
  const approver = status === 'approved' ? { approver: by.user, approverNames, grant } : {};
  const change = { status, atMs: nowMs, comment, decidedBy: by.user, decidedMs: nowMs, ...approver };
  const decided = await deps.approvals.transition(approval.id, 'pending', change, [entry]);
  if (decided === null) {
    const now = await findApproval(deps, approval.id);
    if (!now.ok) return now;
    const before = approvedAs(now.value, approverNames);
    return err(now.value.status === 'pending' ? approvedAlready(by, before ?? by.user) : alreadyOver(now.value));
  }
  deps.desk.wake(decided.id);
  return ok(decided);
}

function grantFrom({ particulars: { grantOffered } }: Approval, nowMs: number): Approval['grant'] {
  return grantOffered === null ? null : { left: grantOffered.count - 1, untilMs: nowMs + grantOffered.forMs };
}

function alreadyOver({ status, decidedBy }: Approval): AdminFault {
  const who = decidedBy === null ? '' : ` by ${decidedBy}`;
  return { kind: 'conflict', message: `the request is ${status} already${who}`, help: 'A decision is final.' };
}
