import type { ApprovalDetail } from '../../core/admin-api/approval-view.ts';
import type { ApprovalView } from '../../core/admin-api/approval-view.ts';
import type { Approval } from '../../core/approval/approval.ts';
import { approvalSentence } from '../../core/approval/sentence.ts';
import { formatTimestamp } from '../../core/timestamp.ts';
import type { ShownApproval } from '../../gateway/administration/shown-approval.ts';

export function approvalView(approval: Approval): ApprovalView {
  const { binding, particulars, grant } = approval;
  const { reauthenticateMs, grantOffered, origin } = particulars;
  return {
    id: approval.id,
    status: approval.status,
    summary: approvalSentence(approval),
    requester: binding.principal,
    requesterName: approval.requesterName,
    client: binding.client,
    credentialId: particulars.credentialId,
    upstream: binding.upstream,
    tool: binding.tool,
    class: particulars.toolClass,
    arguments: JSON.parse(approval.argumentsShown) as unknown,
    argsDigest: binding.argsDigest,
    definitionDigest: binding.definitionDigest,
    policyVersion: binding.policyVersion,
    ruleId: approval.ruleId,
    rulePlace: particulars.rulePlace,
    reason: approval.reason,
    createdAt: formatTimestamp(approval.createdMs),
    expiresAt: formatTimestamp(approval.expiresMs),
    by: particulars.byRequester ? 'requester' : 'approver',
    approverGroups: approval.approverGroups,
    approverUsers: particulars.approverUsers,
    approversNeeded: approval.approversNeeded,
    approvedBy: approval.approvedBy,
    confirm: particulars.confirm,
    reauthenticateSeconds: reauthenticateMs === null ? null : reauthenticateMs / 1000,
    grantOffered: grantOffered === null ? null : { count: grantOffered.count, forSeconds: grantOffered.forMs / 1000 },
    grant: grant === null ? null : { left: grant.left, until: formatTimestamp(grant.untilMs) },
    origin: origin === null ? null : { kind: origin.kind, id: origin.id },
    proposedBy: origin?.kind === 'edit' ? (origin.by[0] ?? null) : null,
    supersededBy: approval.supersededBy,
    decidedBy: approval.decidedBy,
    decidedAt: approval.decidedMs === null ? null : formatTimestamp(approval.decidedMs),
    comment: approval.comment,
    note: approval.note,
  };
}

export function approvalDetail(shown: ShownApproval): ApprovalDetail {
  const { approval, preview, difference, badges, highRisks, editedFrom, editedTo, mayDecide } = shown;
  return {
    ...approvalView(approval),
    preview: previewView(approval, preview),
    difference:
      difference === null
        ? null
        : {
            id: difference.against.id,
            requester: difference.against.binding.principal,
            at: formatTimestamp(difference.against.createdMs),
            changes: difference.changes,
          },
    badges,
    highRisks,
    editedFrom: editView(editedFrom, editedFrom?.other ?? null),
    editedTo: editView(editedTo, approval),
    mayDecide,
    timeline: approval.timeline.map(({ atMs, ...step }) => ({ at: formatTimestamp(atMs), ...step })),
  };
}

/** Who proposed the arguments, and what they said to it, stands at the request that it ended. */
function editView(edit: ShownApproval['editedFrom'], ended: Approval | null): ApprovalDetail['editedFrom'] {
  if (edit === null) return null;
  const { id, status } = edit.other;
  return { id, status, by: ended?.decidedBy ?? null, comment: ended?.comment ?? null, changes: edit.changes };
}

function previewView({ particulars }: Approval, preview: ShownApproval['preview']): ApprovalDetail['preview'] {
  const tool = particulars.previewTool;
  const nothing = { tool, at: null, callId: null, changes: [], unchanged: [] };
  if (tool === null) return { ...nothing, status: 'none', note: null };
  if (preview === null) return { ...nothing, status: 'unavailable', note: 'the record has not been read' };
  const { atMs, ...rest } = preview;
  return { ...rest, tool, at: formatTimestamp(atMs) };
}
