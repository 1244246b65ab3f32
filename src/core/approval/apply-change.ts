import type { Approval } from './approval.ts';

/** The fields that may change after an approval is created. */
export type ApprovalChange = Pick<Approval, 'status'> &
  Partial<Pick<Approval, 'decidedBy' | 'decidedMs' | 'comment' | 'finishedMs' | 'note'>> & {
    /** Adds this person to who approved. `status` is reached with the last who is needed; before, the approval stays pending. */
    readonly approver?: string;
  };

/**
 * The approval after a change. `null` where the change is of somebody who has approved already: two-person rules count people, and one
 * may have several credentials, and write the name in several ways.
 */
export function applyChange(current: Approval, { approver, ...fields }: ApprovalChange): Approval | null {
  if (approver === undefined) return { ...current, ...fields };
  if (hasApproved(current, approver)) return null;
  const approvedBy = [...current.approvedBy, approver];
  const status = approvedBy.length >= current.approversNeeded ? fields.status : current.status;
  return { ...current, ...fields, approvedBy, status };
}

export function hasApproved({ approvedBy }: Pick<Approval, 'approvedBy'>, user: string): boolean {
  const name = user.toLowerCase();
  return approvedBy.some((known) => known.toLowerCase() === name);
}
