import type { DatabaseSync } from 'node:sqlite';
import { type ApprovalHistory, HISTORY_MAX } from '../../ports/approval-store.ts';
import { columnsOf, FIELDS, fromRow, headFromRow, type HeadRow } from './approval-row.ts';
import type { HistoryKey } from './messages.ts';

const APPROVED = `status IN ('approved', 'executing', 'executed', 'failed', 'outcome-unknown')`;

/** What came before an approval, by the order of creation. */
export function createApprovalHistory(db: DatabaseSync): (key: HistoryKey) => ApprovalHistory {
  const earlier = `${APPROVED} AND ordinal < (SELECT ordinal FROM approval WHERE id = :id)`;
  const newest = 'ORDER BY ordinal DESC LIMIT';
  const heads = columnsOf(FIELDS.filter((field) => field !== 'argumentsShown'));
  const lastOfTool = db.prepare(
    `SELECT ${columnsOf(FIELDS)} FROM approval WHERE upstream = :upstream AND tool = :tool AND ${earlier} ${newest} 1`,
  );
  const knowsTool = db.prepare(
    `SELECT 1 FROM approval WHERE principal = :principal AND upstream = :upstream AND tool = :tool AND ${earlier} LIMIT 1`,
  );
  const own = db.prepare(
    `SELECT ${heads} FROM approval WHERE principal = :principal AND ${earlier} ${newest} ${HISTORY_MAX}`,
  );
  return ({ id, principal, upstream, tool }) => ({
    lastOfTool: fromRow(lastOfTool.get({ id, upstream, tool })),
    knowsTool: knowsTool.get({ id, principal, upstream, tool }) !== undefined,
    own: own.all({ id, principal }).map((row) => {
      const { createdMs, binding } = headFromRow(row as unknown as HeadRow);
      return { createdMs, binding };
    }),
  });
}
