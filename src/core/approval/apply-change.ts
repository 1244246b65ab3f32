import { namesIn } from '../identity/names-in.ts';
import type { Approval, ApprovalStep } from './approval.ts';

/** The fields that may change after an approval is created. */
export type ApprovalChange = Pick<Approval, 'status'> &
  Partial<Pick<Approval, 'decidedBy' | 'decidedMs' | 'comment' | 'finishedMs' | 'note' | 'grant' | 'supersededBy'>> & {
    readonly atMs: number;
    /** Who did it, for the timeline, where that is not who decided. */
    readonly by?: string;
    /** Adds this person to who approved. `status` is reached with the last who is needed; before, the approval stays pending. */
    readonly approver?: string;
    /** All that they go by, as `namesIn` writes names; without it, what that finds in `approver`. */
    readonly approverNames?: readonly string[];
  };

/**
 * The approval after a change. `null` where the change is of somebody who has approved already: two-person rules count people, and one
 * may have several credentials, and write the name in several ways.
 */
export function applyChange(current: Approval, change: ApprovalChange): Approval | null {
  const { approver, approverNames, atMs: _atMs, by: _by, ...fields } = change;
  const timeline = [...current.timeline, stepOf(change)];
  if (approver === undefined) return { ...current, ...fields, timeline };
  if (approvedAs(current, approverNames ?? namesIn(approver)) !== null) return null;
  const approvedBy = [...current.approvedBy, approver];
  const status = approvedBy.length >= current.approversNeeded ? fields.status : current.status;
  return { ...current, ...fields, grant: grantAfter(current, change), approvedBy, status, timeline };
}

/** Everybody who approves has to agree to it. */
function grantAfter(current: Approval, { grant }: ApprovalChange): Approval['grant'] {
  const othersAgreed = current.approvedBy.length === 0 || current.grant !== null;
  return othersAgreed ? (grant ?? null) : null;
}

function stepOf({ status, atMs, by, decidedBy, comment, note }: ApprovalChange): ApprovalStep {
  return { atMs, change: status, by: by ?? decidedBy ?? null, comment: comment ?? note ?? null };
}

/** Under which name somebody who goes by these has approved already. */
export function approvedAs({ approvedBy }: Pick<Approval, 'approvedBy'>, names: readonly string[]): string | null {
  return approvedBy.find((known) => namesIn(known).some((name) => names.includes(name))) ?? null;
}
