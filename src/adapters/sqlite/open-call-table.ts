import type { DatabaseSync } from 'node:sqlite';
import type { OpenCall } from './messages.ts';

/** The calls that have no outcome entry yet: what recovery looks at, without reading the log. */
export interface OpenCallTable {
  open(callId: string, approvalId: string | null): void;
  /** `false`: it was not open. */
  close(callId: string): boolean;
  list(): readonly OpenCall[];
}

export function createOpenCallTable(db: DatabaseSync): OpenCallTable {
  const open = db.prepare('INSERT OR REPLACE INTO open_call (call_id, approval_id) VALUES (?, ?)');
  const close = db.prepare('DELETE FROM open_call WHERE call_id = ?');
  const list = db.prepare('SELECT call_id AS callId, approval_id AS approvalId FROM open_call ORDER BY call_id');

  return {
    open: (callId, approvalId) => void open.run(callId, approvalId),
    close: (callId) => close.run(callId).changes > 0,
    list: () => list.all() as unknown as readonly OpenCall[],
  };
}
