import type { ApprovalId } from '../core/approval/approval.ts';
import type { TaskId } from '../core/tasks/task.ts';

/**
 * Where held calls wait for a person, and hosts for their tasks. Wakes them when the status of the approval, or of a task without one,
 * changes; decides nothing.
 */
export interface ApprovalDesk {
  /** Resolves when the approval changed, the time is up or the signal aborted, whichever is first. `full`: no place to wait. */
  wait(
    id: ApprovalId | TaskId,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<'changed' | 'time-up' | 'aborted' | 'full'>;
  wake(id: ApprovalId | TaskId): void;
  /** Called for whatever is woken. */
  onWake(listener: (id: ApprovalId | TaskId) => void): void;
  /** Nobody waits any more, now or later: the time is up for all. */
  close(): void;
  readonly waiting: number;
}

export function createApprovalDesk(waitersMax: number): ApprovalDesk {
  const waiters = new Map<ApprovalId | TaskId, Set<() => void>>();
  const listeners: ((id: ApprovalId | TaskId) => void)[] = [];
  let waiting = 0;
  let isClosed = false;

  return {
    wait(id, timeoutMs, signal) {
      if (signal.aborted) return Promise.resolve('aborted');
      if (isClosed) return Promise.resolve('time-up');
      if (waiting >= waitersMax) return Promise.resolve('full');
      return new Promise((resolve) => {
        const mine = waiters.get(id) ?? new Set();
        const finish = (how: 'changed' | 'time-up' | 'aborted') => {
          clearTimeout(timer);
          signal.removeEventListener('abort', onAbort);
          mine.delete(onChange);
          if (mine.size === 0) waiters.delete(id);
          waiting -= 1;
          resolve(how);
        };
        const onChange = () => finish('changed');
        const onAbort = () => finish('aborted');
        const timer = setTimeout(() => finish('time-up'), timeoutMs);
        waiters.set(id, mine.add(onChange));
        waiting += 1;
        signal.addEventListener('abort', onAbort, { once: true });
      });
    },
    wake(id) {
      // A copy: each one that wakes takes itself out.
      for (const onChange of Array.from(waiters.get(id) ?? [])) onChange();
      for (const listener of listeners) listener(id);
    },
    onWake: (listener) => void listeners.push(listener),
    close() {
      isClosed = true;
      for (const id of Array.from(waiters.keys())) this.wake(id);
    },
    get waiting() {
      return waiting;
    },
  };
}
