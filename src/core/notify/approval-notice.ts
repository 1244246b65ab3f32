import type { Approval } from '../approval/approval.ts';
import { assertNever } from '../result.ts';
import { formatTimestamp } from '../timestamp.ts';

export const NOTICE_TYPES = ['approval.requested', 'approval.decided', 'approval.ended', 'approval.executed'] as const;
export type NoticeType = (typeof NOTICE_TYPES)[number];

/**
 * What people outside are told of an approval: enough to know that somebody must look, and where. Never the arguments: a notice goes
 * through systems that the gateway knows nothing of, and deciding happens on the authenticated page.
 */
export interface ApprovalNotice {
  readonly type: NoticeType;
  readonly approvalId: string;
  readonly status: string;
  readonly requester: string;
  readonly client: string;
  readonly upstream: string;
  readonly tool: string;
  readonly reason: string;
  readonly expiresAt: string;
  /** Who decided; empty where nobody did. */
  readonly decidedBy: string;
  /** Where an approver finds the request, after signing in. */
  readonly url: string;
  /** All of it in one sentence. */
  readonly summary: string;
}

/** `null` for a change that nobody is told of: a call that begins to run. */
export function noticeOf(approval: Approval, consoleUrl: string): ApprovalNotice | null {
  const type = noticeType(approval);
  if (type === null) return null;
  const { id, status, binding, reason, expiresMs, decidedBy } = approval;
  const { principal, client, upstream, tool } = binding;
  const known = { approvalId: id, status, requester: principal, client, upstream, tool, reason };
  return {
    type,
    ...known,
    expiresAt: formatTimestamp(expiresMs),
    decidedBy: decidedBy ?? '',
    url: `${consoleUrl}/approvals/${id}`,
    summary: summaryOf(approval),
  };
}

function noticeType({ status, approvedBy }: Approval): NoticeType | null {
  switch (status) {
    case 'pending':
      return approvedBy.length === 0 ? 'approval.requested' : 'approval.decided';
    case 'approved':
    case 'rejected':
      return 'approval.decided';
    case 'expired':
    case 'withdrawn':
    case 'void':
      return 'approval.ended';
    case 'executing':
      return null;
    case 'executed':
    case 'failed':
    case 'outcome-unknown':
      return 'approval.executed';
    default:
      return assertNever(status);
  }
}

function summaryOf({ status, binding, approvedBy, approversNeeded, decidedBy, expiresMs }: Approval): string {
  const call = `${binding.upstream}/${binding.tool} for ${binding.principal}`;
  if (status !== 'pending') return `${call}: ${status}${decidedBy === null ? '' : `, decided by ${decidedBy}`}`;
  const people = approversNeeded === 1 ? '' : ` (${approvedBy.length} of ${approversNeeded} people have approved)`;
  return `${binding.principal} asks through ${binding.client} to run ${binding.upstream}/${binding.tool}${people}. Decide by ${formatTimestamp(expiresMs)}`;
}
