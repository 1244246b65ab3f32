import type { ApprovalId } from '../core/approval/approval.ts';
import type { Task, TaskId } from '../core/tasks/task.ts';

/** A task without what is sealed, which can be large. */
export type TaskHead = Omit<Task, 'sealedCall' | 'sealedResult'>;

/** What must still be so in the very transaction that creates a task. Tasks whose time is over do not count. */
export interface TaskConditions {
  readonly nowMs: number;
  /** How many there may be afterwards. */
  readonly tasksMax: number;
  readonly tasksPerPrincipalMax: number;
}

/** Tasks whose time is over are found by nobody and forgotten in time. Throws `StoreError` when it cannot answer. */
export interface TaskStore {
  /** Resolves to `false`, with nothing stored, when a condition does not hold or there is a task for the same approval. */
  create(task: Task, conditions: TaskConditions): Promise<boolean>;
  find(id: TaskId, nowMs: number): Promise<Task | null>;
  findFor(approvalId: ApprovalId, nowMs: number): Promise<Task | null>;
  /** Of one principal through one client, newest first. */
  listOwn(owner: Pick<Task, 'principal' | 'client'>, nowMs: number): Promise<readonly TaskHead[]>;
  /** Resolves to `false` when there is a result already, which then stays, or no such task. */
  keepResult(id: TaskId, sealedResult: string): Promise<boolean>;
  /** Removes those whose time is over. */
  forgetOver(nowMs: number): Promise<void>;
}
