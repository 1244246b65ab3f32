import type { DatabaseSync } from 'node:sqlite';
import type { ApprovalHead } from '../../ports/approval-store.ts';
import { columnsOf, FIELDS, headFromRow, type HeadRow } from './approval-row.ts';

export interface ApprovalHeads {
  /** Pending and approved ones. */
  listOpen(): readonly ApprovalHead[];
  listDecided(sinceMs: number, limit: number): readonly ApprovalHead[];
}

/** Approvals without their arguments. */
export function createApprovalHeads(db: DatabaseSync): ApprovalHeads {
  const select = `SELECT ${columnsOf(FIELDS.filter((field) => field !== 'argumentsShown'))} FROM approval`;
  const listOpen = db.prepare(`${select} WHERE status IN ('pending', 'approved')`);
  const listDecided = db.prepare(`${select} WHERE decided_ms >= ? ORDER BY decided_ms DESC LIMIT ?`);
  const headOf = (row: unknown): ApprovalHead => headFromRow(row as HeadRow);
  return {
    listOpen: () => listOpen.all().map(headOf),
    listDecided: (sinceMs, limit) => listDecided.all(sinceMs, limit).map(headOf),
  };
}
