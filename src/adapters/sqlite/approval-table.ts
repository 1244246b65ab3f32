import type { DatabaseSync } from 'node:sqlite';
import { type ApprovalChange, applyChange } from '../../core/approval/apply-change.ts';
import type { Approval, ApprovalBinding, ApprovalId, ApprovalStatus } from '../../core/approval/approval.ts';
import type { ApprovalHead, ApprovalKey, ApprovalQuery, CreateConditions } from '../../ports/approval-store.ts';
import { StoreError } from '../../ports/store-error.ts';

export interface ApprovalTable {
  /** `false`: a condition does not hold, or there is one with this id. */
  create(approval: Approval, conditions: CreateConditions): boolean;
  /** The approval after the change; `null` where its status was not `from`, or the change does not apply to it. */
  change(id: ApprovalId, from: ApprovalStatus, change: ApprovalChange): Approval | null;
  find(id: ApprovalId): Approval | null;
  findNewest(key: ApprovalKey): Approval | null;
  list(query: ApprovalQuery): readonly Approval[];
  /** Pending and approved ones. */
  listOpen(): readonly ApprovalHead[];
  executing(): readonly ApprovalId[];
}

/** A list that would be larger is refused as a whole: whoever asked for it would take a part of it for everything. */
const LIST_CHARS_MAX = 64 * 1024 * 1024;

export function createApprovalTable(db: DatabaseSync): ApprovalTable {
  const select = `SELECT ${columnsOf(fields)} FROM approval`;
  const create = db.prepare(`
    INSERT INTO approval (${fields.map((field) => COLUMNS[field]).join(', ')})
    VALUES (${fields.map((field) => `:${field}`).join(', ')}) ON CONFLICT DO NOTHING`);
  const change = db.prepare(`
    UPDATE approval SET status = ?, approved_by = ?, decided_by = ?, decided_ms = ?, comment = ?, finished_ms = ?, note = ?
    WHERE id = ?`);
  const find = db.prepare(`${select} WHERE id = ?`);
  const findNewest = db.prepare(`
    ${select} WHERE args_digest = ? AND principal = ? AND client = ? AND upstream = ? AND tool = ?
    ORDER BY ordinal DESC LIMIT 1`);
  const listAll = db.prepare(`${select} ORDER BY ordinal DESC LIMIT ?`);
  const listByStatus = db.prepare(`${select} WHERE status = ? ORDER BY ordinal DESC LIMIT ?`);
  const headFields = fields.filter((field) => field !== 'argumentsShown');
  const listOpen = db.prepare(`SELECT ${columnsOf(headFields)} FROM approval WHERE status IN ('pending', 'approved')`);
  const count = db.prepare(`
    SELECT count(*) AS "all", count(*) FILTER (WHERE principal = ?) AS principal FROM approval WHERE status = 'pending'`);
  const executing = db.prepare(`SELECT id FROM approval WHERE status = 'executing' ORDER BY ordinal`);

  const findOne = (id: ApprovalId): Approval | null => fromRow(find.get(id));
  const findNewestOne = ({ argsDigest, principal, client, upstream, tool }: ApprovalKey): Approval | null =>
    fromRow(findNewest.get(argsDigest, principal, client, upstream, tool));

  return {
    create(approval, { newest, pendingMax, pendingPerPrincipalMax }) {
      const { binding } = approval;
      if ((findNewestOne(binding)?.id ?? null) !== newest) return false;
      const pending = count.get(binding.principal) as { all: number; principal: number };
      if (pending.all >= pendingMax || pending.principal >= pendingPerPrincipalMax) return false;
      return create.run(toRow(approval)).changes > 0;
    },
    change(id, from, fieldsChanged) {
      const current = findOne(id);
      if (current === null || current.status !== from) return null;
      const changed = applyChange(current, fieldsChanged);
      if (changed === null) return null;
      const { status, approvedBy, decidedBy, decidedMs, comment, finishedMs, note } = changed;
      change.run(status, JSON.stringify(approvedBy), decidedBy, decidedMs, comment, finishedMs, note, id);
      return changed;
    },
    find: findOne,
    findNewest: findNewestOne,
    list: ({ status, limit }) =>
      takeAll(status === null ? listAll.iterate(limit) : listByStatus.iterate(status, limit)),
    listOpen: () => listOpen.all().map((row) => headFromRow(row as unknown as HeadRow)),
    executing: () => executing.all().map(({ id }) => id as ApprovalId),
  };
}

/** An approval as one row. STRICT tables hold the types that they declare, so rows are taken as they are. */
type HeadRow = Omit<ApprovalHead, 'binding' | 'approverGroups' | 'approvedBy'> &
  ApprovalBinding & { readonly approverGroups: string; readonly approvedBy: string };
type Row = HeadRow & Pick<Approval, 'argumentsShown'>;

const COLUMNS: Readonly<Record<keyof Row, string>> = {
  id: 'id',
  status: 'status',
  principal: 'principal',
  client: 'client',
  upstream: 'upstream',
  tool: 'tool',
  argsDigest: 'args_digest',
  definitionDigest: 'definition_digest',
  policyVersion: 'policy_version',
  environment: 'environment',
  requesterName: 'requester_name',
  ruleId: 'rule_id',
  reason: 'reason',
  approverGroups: 'approver_groups',
  approversNeeded: 'approvers_needed',
  approvedBy: 'approved_by',
  argumentsShown: 'arguments_shown',
  createdMs: 'created_ms',
  expiresMs: 'expires_ms',
  decidedBy: 'decided_by',
  decidedMs: 'decided_ms',
  comment: 'comment',
  finishedMs: 'finished_ms',
  note: 'note',
};
const fields = Object.keys(COLUMNS) as (keyof Row)[];

function columnsOf(wanted: readonly (keyof Row)[]): string {
  return wanted.map((field) => `${COLUMNS[field]} AS ${field}`).join(', ');
}

function toRow(approval: Approval): Record<keyof Row, string | number | null> {
  const { binding, approverGroups, approvedBy, ...rest } = approval;
  const { principal, client, upstream, tool, argsDigest, definitionDigest, policyVersion, environment } = binding;
  const bound = { principal, client, upstream, tool, argsDigest, definitionDigest, policyVersion, environment };
  const lists = { approverGroups: JSON.stringify(approverGroups), approvedBy: JSON.stringify(approvedBy) };
  return { ...rest, ...bound, ...lists };
}

function fromRow(found: unknown): Approval | null {
  if (found === undefined) return null;
  const row = found as Row;
  return { ...headFromRow(row), argumentsShown: row.argumentsShown };
}

function headFromRow(row: HeadRow): ApprovalHead {
  const { principal, client, upstream, tool, argsDigest, definitionDigest, policyVersion, environment, ...rest } = row;
  return {
    ...rest,
    binding: { principal, client, upstream, tool, argsDigest, definitionDigest, policyVersion, environment },
    approverGroups: JSON.parse(rest.approverGroups) as readonly string[],
    approvedBy: JSON.parse(rest.approvedBy) as readonly string[],
  };
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
