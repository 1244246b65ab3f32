import type { Approval } from '../approval/approval.ts';
import type { KillSwitchEntry } from '../audit/entry.ts';
import type { Pin } from '../catalog/pin.ts';
import type { KillScope } from '../kill-switch/kill-switch.ts';
import { assertNever } from '../result.ts';
import { formatTimestamp } from '../timestamp.ts';
import type { Notice, NoticeType } from './notice.ts';

/** `null` for a change that nobody is told of: a call that begins to run. */
export function noticeOfApproval(approval: Approval, consoleUrl: string): Notice | null {
  const type = typeOfApproval(approval);
  if (type === null) return null;
  const { id, status, binding, reason, expiresMs, decidedBy } = approval;
  const { principal, client, upstream, tool } = binding;
  const known = { approvalId: id, status, requester: principal, client, upstream, tool, reason };
  return {
    type,
    subject: id,
    facts: { ...known, expiresAt: formatTimestamp(expiresMs), decidedBy: decidedBy ?? '' },
    url: `${consoleUrl}/approvals/${id}`,
    summary: summaryOfApproval(approval),
  };
}

function typeOfApproval({ status, approvedBy }: Approval): NoticeType | null {
  switch (status) {
    case 'pending':
      return approvedBy.length === 0 ? 'approval.requested' : 'approval.decided';
    case 'approved':
    case 'rejected':
      return 'approval.decided';
    // All that ended with nobody deciding; `status` says how.
    case 'expired':
    case 'withdrawn':
    case 'void':
      return 'approval.expired';
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

function summaryOfApproval({ status, binding, approvedBy, approversNeeded, decidedBy, expiresMs }: Approval): string {
  const call = `${binding.upstream}/${binding.tool} for ${binding.principal}`;
  if (status !== 'pending') return `${call}: ${status}${decidedBy === null ? '' : `, decided by ${decidedBy}`}`;
  const people = approversNeeded === 1 ? '' : ` (${approvedBy.length} of ${approversNeeded} people have approved)`;
  return `${binding.principal} asks through ${binding.client} to run ${binding.upstream}/${binding.tool}${people}. Decide by ${formatTimestamp(expiresMs)}`;
}

export function noticeOfKillSwitch(entry: KillSwitchEntry, consoleUrl: string): Notice {
  const { id, change, scope, reason, by } = entry;
  const stops = `The kill switch for ${scopeInWords(scope)} is ${change === 'expired' ? 'over' : change}`;
  return {
    type: 'kill-switch.changed',
    subject: id,
    facts: { killSwitchId: id, status: change, reason, decidedBy: by },
    url: `${consoleUrl}/kill-switch`,
    summary: `${stops}${change === 'expired' ? '' : `, by ${by}`}: ${reason}`,
  };
}

function scopeInWords(scope: KillScope): string {
  if ('all' in scope) return 'everything';
  if ('writes' in scope) return 'every write';
  return Object.entries(scope)
    .map(([kind, name]) => `${kind} ${String(name)}`)
    .join(' ');
}

/** A definition that is hidden until an operator has looked at it. */
export function noticeOfPin({ id, upstream, tool, why, status }: Pin, consoleUrl: string): Notice {
  const reason = why.join(', ');
  return {
    type: 'tool.drift',
    subject: id,
    facts: { pinId: id, status, upstream, tool, reason },
    url: `${consoleUrl}/upstreams`,
    summary: `${upstream}/${tool} is hidden until an operator has looked at its definition: ${reason}`,
  };
}

const REASON_CHARS_MAX = 500;

export function noticeOfReload(problem: string, consoleUrl: string): Notice {
  const reason = problem.trim().slice(0, REASON_CHARS_MAX).toWellFormed();
  return {
    type: 'config.reload-failed',
    subject: 'policies',
    facts: { reason },
    url: `${consoleUrl}/policy`,
    summary: `The policies were changed and cannot be used; those from before stay in force: ${reason}`,
  };
}
