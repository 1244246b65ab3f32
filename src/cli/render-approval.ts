import type { ApprovalDetail, ChangeView, EditView } from '../core/admin-api/approval-view.ts';
import { highRiskWords } from '../core/approval/high-risk.ts';
import { visibleJson, visibleText } from '../core/content/visible-text.ts';
import { type CliContext, paint } from './cli-context.ts';
import { formatDistance, formatTime } from './format-time.ts';
import { renderFields } from './layout.ts';

/** The frozen request, whole: what is not shown here cannot be approved unseen. */
export function renderApproval(context: Pick<CliContext, 'color' | 'nowMs'>, approval: ApprovalDetail): string {
  const nowMs = context.nowMs();
  const when = (time: string) => `${formatTime(time)} (${formatDistance(time, nowMs)})`;
  const { approversNeeded, approvedBy, decidedBy, decidedAt, comment, note, badges, highRisks, mayDecide } = approval;
  const head = renderFields(context, [
    ['Approval', approval.id],
    ['Status', { text: approval.status, style: approval.status === 'pending' ? 'yellow' : 'none' }],
    ['Requester', { text: approval.requester, style: 'bold' }],
    ['Client', approval.client],
    ['Tool', { text: `${approval.upstream}/${approval.tool}`, style: 'bold' }],
    ['Wants', approval.summary],
    ['Why asked', `${approval.reason}${ruleOf(approval)}`],
    ['Unusual', badges.length === 0 ? null : { text: badges.join(', '), style: 'yellow' }],
    ['High risk', highRisks.length === 0 ? null : { text: highRiskWords(highRisks), style: 'red' }],
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
    ['To confirm', approval.confirm === null ? null : `type ${approval.confirm}`],
    ['Grant', grantOf(approval)],
    ['You', approval.status !== 'pending' || mayDecide.allowed ? null : `may not decide: ${mayDecide.why ?? ''}`],
    ['Args hash', approval.argsDigest],
  ]);
  const part = (title: string, lines: string): string => `${paint(context, 'dim', title)}\n${lines}`;
  return [
    head,
    part('Arguments', indented(visibleJson(approval.arguments, 2))),
    renderEdit('Proposed in the place of', approval.editedFrom, part),
    renderEdit('Replaced by', approval.editedTo, part),
    renderPreview(approval, part),
    renderDifference(approval, part),
  ].join('');
}

type Part = (title: string, lines: string) => string;

function ruleOf({ ruleId, rulePlace }: ApprovalDetail): string {
  const place = rulePlace === null ? '' : ` at ${rulePlace}`;
  return ruleId === null ? place : ` (rule ${ruleId}${place})`;
}

function grantOf({ grantOffered, grant }: ApprovalDetail): string | null {
  if (grant !== null) return `${grant.left} further calls, exactly this one, until ${formatTime(grant.until)}`;
  if (grantOffered === null) return null;
  return `--grant agrees to ${grantOffered.count} calls in all, exactly this one, within ${grantOffered.forSeconds} s`;
}

/** The record before the call and after it, where the rule has it read. */
function renderPreview({ preview }: ApprovalDetail, part: Part): string {
  const { status, at, note, changes, tool } = preview;
  if (status === 'none') return '';
  if (status !== 'ready') return part(`Before → after: ${status}`, indented(visibleText(note ?? '')));
  const title = `Before → after, read with ${visibleText(tool ?? '')}${at === null ? '' : ` at ${formatTime(at)}`}`;
  return part(title, changes.length === 0 ? indented('nothing changes') : renderChanges(changes));
}

/** From what was asked for to what was proposed in its place. */
function renderEdit(title: string, edit: EditView | null, part: Part): string {
  if (edit === null) return '';
  const { id, status, by, changes } = edit;
  const who = by === null ? '' : `, proposed by ${visibleText(by)}`;
  return part(`${title} ${id} (${status})${who}`, changes === null ? '' : renderChanges(changes));
}

/** Against the last call of the same tool that somebody approved. */
function renderDifference({ difference }: ApprovalDetail, part: Part): string {
  if (difference === null) return '';
  const { id, requester, at, changes } = difference;
  const title = `Different from ${id}, approved for ${visibleText(requester)} at ${formatTime(at)}`;
  return part(title, changes.length === 0 ? indented('nothing') : renderChanges(changes));
}

/** Texts are JSON already; what cannot be seen in them is written out. */
export function renderChanges(changes: readonly ChangeView[]): string {
  const lines = changes.map(
    ({ place, before, after }) =>
      `${visibleText(place === '' ? '/' : place)}: ${visibleText(before ?? '(nothing)')} → ${visibleText(after ?? '(nothing)')}`,
  );
  return indented(lines.join('\n'));
}

/** Made visible already. */
function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}\n`)
    .join('');
}
