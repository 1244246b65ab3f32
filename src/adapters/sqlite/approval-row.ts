import type { Approval, ApprovalBinding } from '../../core/approval/approval.ts';
import type { ApprovalHead } from '../../ports/approval-store.ts';

/** An approval as one row. STRICT tables hold the types that they declare, so rows are taken as they are. */
export type HeadRow = Omit<ApprovalHead, 'binding' | JsonField> & ApprovalBinding & Readonly<Record<JsonField, string>>;
type JsonField = 'approverGroups' | 'approvedBy' | 'particulars' | 'grant' | 'timeline';
export type Row = HeadRow & Pick<Approval, 'argumentsShown'>;

export const COLUMNS: Readonly<Record<keyof Row, string>> = {
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
  supersededBy: 'superseded_by',
  particulars: 'particulars',
  grant: 'grant_given',
  timeline: 'timeline',
};
export const FIELDS: readonly (keyof Row)[] = Object.keys(COLUMNS) as (keyof Row)[];

export function columnsOf(wanted: readonly (keyof Row)[]): string {
  return wanted.map((field) => `${COLUMNS[field]} AS ${field}`).join(', ');
}

export function toRow(approval: Approval): Record<keyof Row, string | number | null> {
  const { binding, approverGroups, approvedBy, particulars, grant, timeline, ...rest } = approval;
  const { principal, client, upstream, tool, argsDigest, definitionDigest, policyVersion, environment } = binding;
  const bound = { principal, client, upstream, tool, argsDigest, definitionDigest, policyVersion, environment };
  return {
    ...rest,
    ...bound,
    approverGroups: JSON.stringify(approverGroups),
    approvedBy: JSON.stringify(approvedBy),
    particulars: JSON.stringify(particulars),
    grant: JSON.stringify(grant),
    timeline: JSON.stringify(timeline),
  };
}

export function fromRow(found: unknown): Approval | null {
  if (found === undefined) return null;
  const row = found as Row;
  return { ...headFromRow(row), argumentsShown: row.argumentsShown };
}

export function headFromRow(row: HeadRow): ApprovalHead {
  const { principal, client, upstream, tool, argsDigest, definitionDigest, policyVersion, environment, ...rest } = row;
  return {
    ...rest,
    binding: { principal, client, upstream, tool, argsDigest, definitionDigest, policyVersion, environment },
    approverGroups: JSON.parse(rest.approverGroups) as readonly string[],
    approvedBy: JSON.parse(rest.approvedBy) as readonly string[],
    particulars: JSON.parse(rest.particulars) as ApprovalHead['particulars'],
    grant: JSON.parse(rest.grant) as ApprovalHead['grant'],
    timeline: JSON.parse(rest.timeline) as ApprovalHead['timeline'],
  };
}
