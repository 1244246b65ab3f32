import type { Approval } from '../../core/approval/approval.ts';
import { taskStatusOf, type TaskStatus } from '../../core/tasks/task-status.ts';
import type { TaskHead } from '../../ports/task-store.ts';
import type { CallDeps } from '../deps.ts';
import type { HostError, HostResult } from '../gateway.ts';
import { callCancelled, outcomeLost } from '../host-errors.ts';
import { approvalAnswer } from '../steps/approval-answers.ts';
import type { RunningTask } from './background-calls.ts';
import type { HostTask } from './host-task.ts';
import type { TaskEnd } from './task-call.ts';

export interface TaskState {
  /** `null` for a task that never waited for one. */
  readonly approval: Approval | null;
  /** What was kept of its end. */
  readonly end: TaskEnd | null;
  /** Its call is under way, or has just ended and its result is being kept; what it is asked meanwhile. `null`: neither. */
  readonly running: RunningTask | null;
}

/** A task as it stands. Whatever it came to is told in the words that a retry of the same call would be told. */
export function taskView(deps: CallDeps, task: TaskHead, state: TaskState): HostTask {
  const { approval } = state;
  const status = statusOf(state);
  const { createdMs, expiresMs } = task;
  return {
    kind: 'task',
    id: task.id,
    status,
    statusMessage: messageOf(deps, state),
    createdMs,
    updatedMs: approval?.finishedMs ?? approval?.decidedMs ?? createdMs,
    ttlMs: Math.round(expiresMs - createdMs),
    pollIntervalMs: deps.taskSettings.pollIntervalMs,
    inputRequests: state.running?.inputRequests ?? null,
    outcome: status === 'completed' || status === 'cancelled' ? outcomeOf(deps, state) : null,
  };
}

function statusOf({ approval, end, running }: TaskState): TaskStatus {
  if (running !== null) return running.isAsking ? 'input_required' : 'working';
  if (end?.kind === 'cancelled') return 'cancelled';
  return approval === null ? 'completed' : taskStatusOf(approval.status);
}

function outcomeOf(deps: CallDeps, { approval, end }: TaskState): HostResult | HostError | null {
  if (end !== null) return end.kind === 'cancelled' ? callCancelled() : end;
  return approval === null ? outcomeLost() : approvalAnswer(deps, approval, 'tool');
}

function messageOf({ approvalSettings }: CallDeps, { approval, running }: TaskState): string {
  if (approval === null) return running === null ? 'The call has ended.' : 'The call is running.';
  const { id, status } = approval;
  if (status === 'pending') {
    return `A person must approve this call: request ${id}, ${approvalSettings.consoleUrl()}/approvals/${id}`;
  }
  if (status === 'approved') return `The request ${id} is approved. Its call is about to run.`;
  if (status === 'executing') return `The request ${id} is approved. Its call is running.`;
  return `The request ${id} is ${status.replace('-', ' ')}.`;
}
