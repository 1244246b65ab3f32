import type { Approval } from '../../core/approval/approval.ts';
import { taskStatusOf } from '../../core/tasks/task-status.ts';
import type { TaskHead } from '../../ports/task-store.ts';
import type { CallDeps } from '../deps.ts';
import type { HostError, HostResult } from '../gateway.ts';
import { approvalAnswer } from '../steps/approval-answers.ts';
import type { HostTask } from './host-task.ts';

export interface TaskState {
  /** `null` for a task that never waited. */
  readonly approval: Approval | null;
  /** The result that was kept for it. */
  readonly result: HostResult | null;
  /** Its call is under way, or has just ended and its result is being kept. */
  readonly isRunning: boolean;
}

/** A task as it stands. Whatever it came to is told in the words that a retry of the same call would be told. */
export function taskView(deps: CallDeps, task: TaskHead, { approval, result, isRunning }: TaskState): HostTask {
  const status = isRunning ? 'working' : approval === null ? 'completed' : taskStatusOf(approval.status);
  const { createdMs, expiresMs } = task;
  return {
    kind: 'task',
    id: task.id,
    status,
    statusMessage: messageOf(deps, approval),
    createdMs,
    updatedMs: approval?.finishedMs ?? approval?.decidedMs ?? createdMs,
    ttlMs: Math.round(expiresMs - createdMs),
    pollIntervalMs: deps.taskSettings.pollIntervalMs,
    outcome: status === 'working' ? null : outcomeOf(deps, approval, result),
  };
}

function outcomeOf(
  deps: CallDeps,
  approval: Approval | null,
  result: HostResult | null,
): HostResult | HostError | null {
  return result ?? (approval === null ? null : approvalAnswer(deps, approval, 'tool'));
}

function messageOf({ approvalSettings }: CallDeps, approval: Approval | null): string {
  if (approval === null) return 'The call has ended.';
  const { id, status } = approval;
  if (status === 'pending') {
    return `A person must approve this call: request ${id}, ${approvalSettings.consoleUrl()}/approvals/${id}`;
  }
  if (status === 'approved') return `The request ${id} is approved. Its call is about to run.`;
  if (status === 'executing') return `The request ${id} is approved. Its call is running.`;
  return `The request ${id} is ${status.replace('-', ' ')}.`;
}
