import type { ApprovalStatus } from '../approval/approval.ts';
import { assertNever } from '../result.ts';

/**
 * The states of a task that are ever shown. A task that waits for an approval is `working`: its host cannot answer that. The legacy form
 * calls a completed task `failed` when its result is an error.
 */
export type TaskStatus = 'working' | 'input_required' | 'completed' | 'cancelled';

/** A task is where its approval is. */
export function taskStatusOf(approval: ApprovalStatus): TaskStatus {
  switch (approval) {
    case 'pending':
    case 'approved':
    case 'executing':
      return 'working';
    case 'withdrawn':
      return 'cancelled';
    case 'executed':
    case 'failed':
    case 'outcome-unknown':
    case 'rejected':
    case 'expired':
    case 'void':
      return 'completed';
    default:
      return assertNever(approval);
  }
}
