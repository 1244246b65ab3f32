import type { DatabaseSync } from 'node:sqlite';
import type { Task, TaskId } from '../../core/tasks/task.ts';
import type { TaskConditions, TaskHead } from '../../ports/task-store.ts';
import type { TaskKey, TaskOwner, TaskOfApproval } from './messages.ts';

export interface TaskTable {
  /** `false`: a condition does not hold, or there is one with this id or for this approval. Forgets those whose time is over. */
  create(task: Task, conditions: TaskConditions): boolean;
  find(key: TaskKey): Task | null;
  findFor(key: TaskOfApproval): Task | null;
  /** Newest first. */
  listOwn(owner: TaskOwner): readonly TaskHead[];
  /** Those whose time is over. */
  forget(nowMs: number): void;
  /** `false`: there is a result already, or no such task. */
  keepResult(id: TaskId, sealedResult: string): boolean;
}

const HEAD = `
  id, principal, client, endpoint, approval_id AS approvalId, created_ms AS createdMs, expires_ms AS expiresMs`;
const WHOLE = `${HEAD}, sealed_call AS sealedCall, sealed_result AS sealedResult`;

export function createTaskTable(db: DatabaseSync): TaskTable {
  const count = db.prepare(`
    SELECT count(*) AS "all", count(*) FILTER (WHERE principal = ?) AS principal FROM task WHERE expires_ms > ?`);
  const forget = db.prepare('DELETE FROM task WHERE expires_ms <= ?');
  const create = db.prepare(`
    INSERT INTO task (id, principal, client, endpoint, approval_id, sealed_call, sealed_result, created_ms, expires_ms)
    VALUES (:id, :principal, :client, :endpoint, :approvalId, :sealedCall, :sealedResult, :createdMs, :expiresMs)`);
  const isTaken = db.prepare('SELECT 1 FROM task WHERE expires_ms > ? AND (id = ? OR approval_id = ?)');
  const find = db.prepare(`SELECT ${WHOLE} FROM task WHERE id = ? AND expires_ms > ?`);
  const findFor = db.prepare(`SELECT ${WHOLE} FROM task WHERE approval_id = ? AND expires_ms > ?`);
  const listOwn = db.prepare(`
    SELECT ${HEAD} FROM task WHERE principal = ? AND client = ? AND expires_ms > ? ORDER BY ordinal DESC`);
  const keepResult = db.prepare('UPDATE task SET sealed_result = ? WHERE id = ? AND sealed_result IS NULL');

  return {
    create(task, { nowMs, tasksMax, tasksPerPrincipalMax }) {
      const existing = count.get(task.principal, nowMs) as { all: number; principal: number };
      if (existing.all >= tasksMax || existing.principal >= tasksPerPrincipalMax) return false;
      if (isTaken.get(nowMs, task.id, task.approvalId) !== undefined) return false;
      forget.run(nowMs);
      return create.run({ ...task }).changes > 0;
    },
    find: ({ id, nowMs }) => (find.get(id, nowMs) as unknown as Task | undefined) ?? null,
    findFor: ({ approvalId, nowMs }) => (findFor.get(approvalId, nowMs) as unknown as Task | undefined) ?? null,
    listOwn: ({ principal, client, nowMs }) => listOwn.all(principal, client, nowMs) as unknown as readonly TaskHead[],
    forget: (nowMs) => void forget.run(nowMs),
    keepResult: (id, sealedResult) => keepResult.run(sealedResult, id).changes > 0,
  };
}
