import type { JsonObject } from '../../core/json/value.ts';
import type { TaskStatus } from '../../core/tasks/task-status.ts';
import type { TaskId } from '../../core/tasks/task.ts';
import type { HostError, HostResult } from '../gateway.ts';

/**
 * How a host waits for a person's answer. `hold`: on the line, for a while. `task-if-needed`: it takes a task where there is something to
 * wait for. `task`: it asked for a task, and takes nothing else.
 */
export type Waiting = 'hold' | 'task-if-needed' | 'task';

/** A task as its host is shown it. */
export interface HostTask {
  readonly kind: 'task';
  readonly id: TaskId;
  readonly status: TaskStatus;
  readonly statusMessage: string;
  readonly createdMs: number;
  readonly updatedMs: number;
  /** From `createdMs` on. */
  readonly ttlMs: number;
  readonly pollIntervalMs: number;
  /** What a modern host is asked, by key; `null` while it is asked nothing. */
  readonly inputRequests: JsonObject | null;
  /** What the call came to, also where that is that it was cancelled; `null` while it is not over. */
  readonly outcome: HostResult | HostError | null;
}

export interface HostTaskList {
  readonly kind: 'tasks';
  /** Newest first, all of them: their number is limited. Without outcomes. */
  readonly tasks: readonly HostTask[];
}
