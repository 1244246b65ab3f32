import type { ApprovalStatus } from '../approval/approval.ts';
import { assertNever } from '../result.ts';

/**
 * The states of a task that are ever shown. `input_required` is not among them: what a task waits for, its host cannot answer. The
 * legacy form calls a completed task `failed` when its result is an error.
 */
export type TaskStatus = 'working' | 'completed' | 'cancelled';

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
