import type { ApprovalHead } from '../ports/approval-store.ts';
import type { Clock } from '../ports/clock.ts';

/**
 * When approvals are over: by the time of day, or by the time that has gone by since this process first saw them, whichever is first. A
 * clock that is set back gives nobody more time.
 */
export interface Deadlines {
  /** From when on its time is counted. */
  note(approval: Pick<ApprovalHead, 'id' | 'expiresMs'>): void;
  isOver(approval: Pick<ApprovalHead, 'id' | 'expiresMs'>): boolean;
}

/** More than can wait at once. The ones that were seen first go first. */
const APPROVALS_MAX = 100_000;

export function createDeadlines(clock: Clock): Deadlines {
  const deadlines = new Map<string, number>();

  function note({ id, expiresMs }: Pick<ApprovalHead, 'id' | 'expiresMs'>): number {
    const known = deadlines.get(id);
    if (known !== undefined) return known;
    const deadlineMs = clock.monotonicMs() + Math.max(0, expiresMs - clock.nowMs());
    deadlines.set(id, deadlineMs);
    const [oldest] = deadlines.keys();
    if (deadlines.size > APPROVALS_MAX && oldest !== undefined) deadlines.delete(oldest);
    return deadlineMs;
  }

  return {
    note: (approval) => void note(approval),
    isOver: (approval) => approval.expiresMs <= clock.nowMs() || note(approval) <= clock.monotonicMs(),
  };
}
