import type { DatabaseSync } from 'node:sqlite';
import type { ApprovalId } from '../../core/approval/approval.ts';
import type { ApprovalPreview } from '../../core/approval/preview.ts';

/** Apart from the approvals, because a record can be large and most questions are not about it. */
export interface PreviewTable {
  findPreview(id: ApprovalId): ApprovalPreview | null;
  keepPreview(id: ApprovalId, preview: ApprovalPreview): void;
}

export function createPreviewTable(db: DatabaseSync): PreviewTable {
  const keep = db.prepare('INSERT OR REPLACE INTO approval_preview (approval_id, preview) VALUES (?, ?)');
  const find = db.prepare('SELECT preview FROM approval_preview WHERE approval_id = ?');
  return {
    findPreview(id) {
      const row = find.get(id);
      return row === undefined ? null : (JSON.parse(row['preview'] as string) as ApprovalPreview);
    },
    keepPreview: (id, preview) => void keep.run(id, JSON.stringify(preview)),
  };
}
