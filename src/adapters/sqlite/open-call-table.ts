import type { DatabaseSync } from 'node:sqlite';
import type { KeptCall, LeftCall, TakenRound } from '../../ports/open-call-store.ts';
import type { OpenCall } from './messages.ts';

/** The calls that have no outcome entry yet: what recovery looks at, without reading the log. */
export interface OpenCallTable {
  open(callId: string, approvalId: string | null): void;
  /** `false`: it was not open. */
  close(callId: string): boolean;
  list(): readonly OpenCall[];
  /** `false`: it is not open. */
  keep(call: KeptCall): boolean;
  /** `false`: another round waits, or none, or none any more. */
  takeRound(round: TakenRound): boolean;
  listKept(): readonly LeftCall[];
}

export function createOpenCallTable(db: DatabaseSync): OpenCallTable {
  const open = db.prepare('INSERT OR REPLACE INTO open_call (call_id, approval_id) VALUES (?, ?)');
  const close = db.prepare('DELETE FROM open_call WHERE call_id = ?');
  const list = db.prepare(`
    SELECT call_id AS callId, approval_id AS approvalId, until_ms AS untilMs FROM open_call ORDER BY call_id`);
  const keep = db.prepare(`
    UPDATE open_call SET round = :round, until_ms = :untilMs, sealed = :sealed WHERE call_id = :callId`);
  const takeRound = db.prepare(`
    UPDATE open_call SET round = NULL, until_ms = NULL, sealed = NULL
    WHERE call_id = ? AND round = ? AND until_ms > ?`);
  const listKept = db.prepare(`
    SELECT call_id AS callId, approval_id AS approvalId, round, until_ms AS untilMs, sealed
    FROM open_call WHERE until_ms IS NOT NULL ORDER BY call_id`);

  return {
    open: (callId, approvalId) => void open.run(callId, approvalId),
    close: (callId) => close.run(callId).changes > 0,
    list: () => list.all() as unknown as readonly OpenCall[],
    keep: (call) => keep.run({ ...call }).changes > 0,
    takeRound: ({ callId, round, nowMs }) => takeRound.run(callId, round, nowMs).changes > 0,
    listKept: () => listKept.all() as unknown as readonly LeftCall[],
  };
}
