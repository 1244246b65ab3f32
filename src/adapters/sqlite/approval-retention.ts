import type { DatabaseSync } from 'node:sqlite';
import type { ApprovalId } from '../../core/approval/approval.ts';

/** What of approvals is removed in the end. */
export interface ApprovalRetention {
  /** Ended, and past their own time, before `beforeMs`; those whose time was over first come first. */
  listEnded(beforeMs: number, limit: number): readonly ApprovalId[];
  /** `false`, with nothing removed: one of them has not ended. One that is gone already does not count. */
  remove(ids: readonly ApprovalId[]): boolean;
}

const OPEN = `('pending', 'approved', 'executing')`;

export function createApprovalRetention(db: DatabaseSync): ApprovalRetention {
  // A call may end after the time of its approval, and nothing ends before it was asked for.
  const listEnded = db.prepare(`
    SELECT id FROM approval
    WHERE expires_ms < :before AND status NOT IN ${OPEN}
      AND max(created_ms, coalesce(decided_ms, 0), coalesce(finished_ms, 0)) < :before
    ORDER BY expires_ms LIMIT :limit`);
  const isOpen = db.prepare(`SELECT 1 FROM approval WHERE id = ? AND status IN ${OPEN}`);
  const removePreview = db.prepare('DELETE FROM approval_preview WHERE approval_id = ?');
  const remove = db.prepare('DELETE FROM approval WHERE id = ?');
  return {
    listEnded: (before, limit) => listEnded.all({ before, limit }).map(({ id }) => id as ApprovalId),
    remove(ids) {
      if (ids.some((id) => isOpen.get(id) !== undefined)) return false;
      for (const id of ids) {
        removePreview.run(id);
        remove.run(id);
      }
      return true;
    },
  };
}
