import type { ApprovalView } from '../core/admin-api/approval-view.ts';
import { visibleJson } from '../core/content/visible-text.ts';
import { type CliContext, paint } from './cli-context.ts';
import { formatDistance, formatTime } from './format-time.ts';
import { renderFields } from './layout.ts';

/** The frozen request, whole: what is not shown here cannot be approved unseen. */
export function renderApproval(context: Pick<CliContext, 'color' | 'nowMs'>, approval: ApprovalView): string {
  const nowMs = context.nowMs();
  const when = (time: string) => `${formatTime(time)} (${formatDistance(time, nowMs)})`;
  const { ruleId, approversNeeded, approvedBy, decidedBy, decidedAt, comment, note } = approval;
  const rule = ruleId === null ? '' : ` (rule ${ruleId})`;
  const head = renderFields(context, [
    ['Approval', approval.id],
    ['Status', { text: approval.status, style: approval.status === 'pending' ? 'yellow' : 'none' }],
    ['Requester', { text: approval.requester, style: 'bold' }],
    ['Client', approval.client],
    ['Tool', { text: `${approval.upstream}/${approval.tool}`, style: 'bold' }],
    ['Why asked', `${approval.reason}${rule}`],
    ['Asked', when(approval.createdAt)],
    ['Expires', approval.status === 'pending' ? when(approval.expiresAt) : null],
    [
      'Approved',
      approversNeeded === 1
        ? null
        : `${approvedBy.join(', ') || 'nobody'} (${approvedBy.length} of ${approversNeeded})`,
    ],
    ['Decided', decidedBy === null ? null : `by ${decidedBy}${decidedAt === null ? '' : `, ${when(decidedAt)}`}`],
    ['Comment', comment],
    ['Note', note],
    ['Args hash', approval.argsDigest],
  ]);
  return `${head}${paint(context, 'dim', 'Arguments')}\n${indented(approval.arguments)}`;
}

function indented(value: unknown): string {
  return visibleJson(value, 2)
    .split('\n')
    .map((line) => `  ${line}\n`)
    .join('');
}
