import type { DatabaseSync } from 'node:sqlite';
import { type ApprovalChange, applyChange } from '../../core/approval/apply-change.ts';
import type { Approval, ApprovalId, ApprovalStatus } from '../../core/approval/approval.ts';
import type { ApprovalPreview } from '../../core/approval/preview.ts';
import type { ApprovalHistory, ApprovalKey, ApprovalQuery, CreateConditions } from '../../ports/approval-store.ts';
import { type ApprovalHeads, createApprovalHeads } from './approval-heads.ts';
import { createApprovalHistory } from './approval-history.ts';
import { COLUMNS, columnsOf, FIELDS, fromRow, toRow } from './approval-row.ts';
import type { HistoryKey } from './messages.ts';
import { type ApprovalRetention, createApprovalRetention } from './approval-retention.ts';
import { createPreviewTable } from './preview-table.ts';
import { StoreError } from '../../ports/store-error.ts';

export interface ApprovalTable extends ApprovalHeads, ApprovalRetention {
  /** `false`: a condition does not hold, or there is one with this id. */
  create(approval: Approval, conditions: CreateConditions): boolean;
  /** The approval after the change; `null` where its status was not `from`, or the change does not apply to it. */
  change(id: ApprovalId, from: ApprovalStatus, change: ApprovalChange): Approval | null;
  find(id: ApprovalId): Approval | null;
  findNewest(key: ApprovalKey): Approval | null;
  list(query: ApprovalQuery): readonly Approval[];
  findHistory(key: HistoryKey): ApprovalHistory;
  findPreview(id: ApprovalId): ApprovalPreview | null;
  keepPreview(id: ApprovalId, preview: ApprovalPreview): void;
  executing(): readonly ApprovalId[];
}

/** A list that would be larger is refused as a whole: whoever asked for it would take a part of it for everything. */
const LIST_CHARS_MAX = 64 * 1024 * 1024;

export function createApprovalTable(db: DatabaseSync): ApprovalTable {
  const select = `SELECT ${columnsOf(FIELDS)} FROM approval`;
  const create = db.prepare(`
    INSERT INTO approval (${FIELDS.map((field) => COLUMNS[field]).join(', ')})
    VALUES (${FIELDS.map((field) => `:${field}`).join(', ')}) ON CONFLICT DO NOTHING`);
  const change = db.prepare(`
    UPDATE approval SET status = ?, approved_by = ?, decided_by = ?, decided_ms = ?, comment = ?, finished_ms = ?, note = ?,
      superseded_by = ?, grant_given = ?, timeline = ?
    WHERE id = ?`);
  const find = db.prepare(`${select} WHERE id = ?`);
  const findNewest = db.prepare(`
    ${select} WHERE args_digest = ? AND principal = ? AND client = ? AND upstream = ? AND tool = ?
    ORDER BY ordinal DESC LIMIT 1`);
  const listAll = db.prepare(`${select} WHERE ordinal < ? ORDER BY ordinal DESC LIMIT ?`);
  const listOwn = db.prepare(`
    ${select} WHERE principal = :principal AND ordinal < :end AND (:status IS NULL OR status = :status)
    ORDER BY ordinal DESC LIMIT :limit`);
  const listByStatus = db.prepare(`${select} WHERE status = ? AND ordinal < ? ORDER BY ordinal DESC LIMIT ?`);
  const ordinalOf = db.prepare('SELECT ordinal FROM approval WHERE id = ?');
  const count = db.prepare(COUNT_PENDING);
  const executing = db.prepare(`SELECT id FROM approval WHERE status = 'executing' ORDER BY ordinal`);

  const ordinalBefore = (id: ApprovalId): number => Number(ordinalOf.get(id)?.['ordinal'] ?? 0);
  const findOne = (id: ApprovalId): Approval | null => fromRow(find.get(id));
  const findNewestOne = ({ argsDigest, principal, client, upstream, tool }: ApprovalKey): Approval | null =>
    fromRow(findNewest.get(argsDigest, principal, client, upstream, tool));

  function changeOne(id: ApprovalId, from: ApprovalStatus, fieldsChanged: ApprovalChange): Approval | null {
    const current = findOne(id);
    if (current === null || current.status !== from) return null;
    const changed = applyChange(current, fieldsChanged);
    if (changed === null) return null;
    const { status, approvedBy, decidedBy, decidedMs, comment, finishedMs, note, ...rest } = toRow(changed);
    const { supersededBy, grant, timeline } = rest;
    change.run(status, approvedBy, decidedBy, decidedMs, comment, finishedMs, note, supersededBy, grant, timeline, id);
    return changed;
  }

  return {
    create(approval, conditions) {
      const { newest, replaces } = conditions;
      if ((findNewestOne(approval.binding)?.id ?? null) !== newest) return false;
      const { principal, upstream, tool } = approval.binding;
      if (!hasRoom(count.get({ principal, upstream, tool }) as unknown as Pending, conditions)) return false;
      if (findOne(approval.id) !== null) return false;
      if (replaces !== undefined && changeOne(replaces.id, 'pending', replaces.change) === null) return false;
      return create.run(toRow(approval)).changes > 0;
    },
    change: changeOne,
    find: findOne,
    findNewest: findNewestOne,
    list({ status, limit, before, principal }) {
      const end = before === undefined ? Number.MAX_SAFE_INTEGER : ordinalBefore(before);
      if (principal !== undefined) return takeAll(listOwn.iterate({ principal, end, status, limit }));
      return takeAll(status === null ? listAll.iterate(end, limit) : listByStatus.iterate(status, end, limit));
    },
    findHistory: createApprovalHistory(db),
    ...createPreviewTable(db),
    ...createApprovalHeads(db),
    ...createApprovalRetention(db),
    executing: () => executing.all().map(({ id }) => id as ApprovalId),
  };
}

const COUNT_PENDING = `
  SELECT count(*) AS "all", count(*) FILTER (WHERE principal = :principal) AS principal,
    count(*) FILTER (WHERE principal = :principal AND upstream = :upstream AND tool = :tool) AS tool
  FROM approval WHERE status = 'pending'`;

interface Pending {
  readonly all: number;
  readonly principal: number;
  readonly tool: number;
}

function hasRoom(pending: Pending, conditions: CreateConditions): boolean {
  const { pendingMax, pendingPerPrincipalMax, pendingPerToolMax, replaces } = conditions;
  const added = replaces === undefined ? 1 : 0;
  return (
    pending.all + added <= pendingMax &&
    pending.principal + added <= pendingPerPrincipalMax &&
    pending.tool + added <= pendingPerToolMax
  );
}

function takeAll(rows: Iterable<unknown>): readonly Approval[] {
  const all: Approval[] = [];
  let chars = 0;
  for (const row of rows) {
    const approval = fromRow(row) as Approval;
    chars += approval.argumentsShown.length;
    if (chars > LIST_CHARS_MAX)
      throw new StoreError('overloaded', 'the approvals are too large for one list; ask for fewer');
    all.push(approval);
  }
  return all;
}
