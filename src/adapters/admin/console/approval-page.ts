import type { ApprovalDetail, ApprovalView } from '../../../core/admin-api/approval-view.ts';
import type { ApprovalBadge } from '../../../core/approval/badges.ts';
import { highRiskWords } from '../../../core/approval/high-risk.ts';
import { hasLongValue } from '../../../core/approval/is-long.ts';
import { visibleJson, visibleText } from '../../../core/content/visible-text.ts';
import type { Json } from '../../../core/json/value.ts';
import { changesTable } from './changes-table.ts';
import { editedNotices, editForm } from './edit-form.ts';
import { type Html, html } from './html.ts';

export interface ApprovalForm {
  readonly approval: ApprovalDetail;
  readonly csrfToken: string;
  readonly problem: string | null;
  /** Arguments that were proposed and not taken. */
  readonly typed: string | null;
}

/** One request, whole, with two buttons of one size: what is not shown here cannot be approved. */
export function approvalPage({ approval, csrfToken, problem, typed }: ApprovalForm): Html {
  const { mayDecide, badges, difference } = approval;
  const highRisks = approval.status === 'pending' ? approval.highRisks : [];
  const isMine = mayDecide.allowed || mayDecide.reauthenticate;
  return html`<p><a href="/">All requests</a></p>
<h1>${shown(approval.requesterName)} wants to run <code>${shown(approval.tool)}</code> on ${shown(approval.upstream)}</h1>
<p>${shown(approval.summary)}</p>
${problem === null ? null : html`<p class="problem" role="alert">${problem}</p>`}
${editedNotices(approval)}
${highRisks.length === 0 ? null : html`<p class="notice bad">High risk: ${highRiskWords(highRisks)}.</p>`}
${badges.map((badge) => html`<p class="notice wait">${BADGES[badge]}</p>`)}
${beforeAfter(approval)}
<h2>Exact arguments</h2>
<pre tabindex="0">${visibleJson(approval.arguments, 2)}</pre>
${difference === null ? null : changesTable('Compared with the last one that was approved', difference.changes)}
<h2>Why a person is asked</h2><p>${shown(approval.reason)}</p>
<dl>${facts(approval).map(([name, value]) => html`<dt>${name}</dt><dd>${shown(value)}</dd>`)}</dl>
${isMine ? decisionForm(approval, csrfToken) : html`<p>${shown(mayDecide.why ?? '')}</p>`}
${mayDecide.edit ? editForm({ approval, csrfToken, typed }) : null}`;
}

const BADGES: Readonly<Record<ApprovalBadge, string>> = {
  'first-time': 'First time: nobody ever approved this tool for this person.',
  'changed-definition': 'Changed tool: it was defined otherwise when it was last approved.',
  'new-client': 'New client: their requests came through other clients so far.',
  'unusual-hour': 'Unusual hour: none of their requests came at this time of day so far.',
};

function beforeAfter({ id, preview }: ApprovalDetail): Html | null {
  const { status, at, note, changes, unchanged } = preview;
  if (status === 'none') return null;
  if (status !== 'ready')
    return html`<p class="notice wait">The record before and after is not shown: ${shown(note ?? status)}.
${at === null ? html`<a href="/approvals/${id}">Look again</a>` : null}</p>`;
  if (changes.length > 0) return changesTable('Before and after the call', changes);
  return html`<h2>Before the call</h2><p>The arguments do not tell what of this record would change.</p>
<pre>${unchanged.map(({ place, before }) => html`${shown(place.replace(/^\//, ''))} ${shown(before ?? 'nothing')}\n`)}</pre>`;
}

function facts(approval: ApprovalDetail): readonly (readonly [string, string])[] {
  const { approversNeeded, approvedBy } = approval;
  const all: readonly (readonly [string, string | null])[] = [
    ['Status', approval.status],
    ['Tool', `${approval.upstream}/${approval.tool}`],
    ['Class', approval.class],
    ['Asked by', approval.requester],
    ['Client', approval.client],
    ['Credential', approval.credentialId],
    ['Rule', approval.ruleId],
    ['Where', approval.rulePlace],
    ['Policy', approval.policyVersion.slice(0, 12)],
    ['Asked', approval.createdAt],
    ['Expires', approval.expiresAt],
    ['Approvals', approversNeeded > 1 ? `${approvedBy.length} of ${approversNeeded} ${approvedBy.join(', ')}` : null],
    ['Decided by', approval.decidedBy],
    ['Comment', approval.comment],
    ['Note', approval.note],
    ['Arguments digest', approval.argsDigest],
  ];
  return all.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]));
}

function decisionForm(approval: ApprovalDetail, csrfToken: string): Html {
  const { id, argsDigest, confirm, grantOffered, highRisks, mayDecide } = approval;
  const again = html`<p class="notice wait">Approving this needs a fresh sign-in:
<a href="/sign-in?again=1&amp;next=/approvals/${id}">sign in again</a>, and come back here.</p>`;
  const typed = html`<label for="confirm">To approve, type <code>${shown(confirm ?? '')}</code></label>
<input id="confirm" name="confirm" autocomplete="off" autocapitalize="none" spellcheck="false">`;
  const seen = html`<label class="role"><input type="checkbox" name="seen" value="1">
<span>I have read the arguments to their end. They are long; approving needs this.</span></label>`;
  const deliberate = html`<label class="role"><input type="checkbox" name="deliberate" value="1">
<span>I mean to approve this. It is of high risk: ${highRiskWords(highRisks)}.</span></label>`;
  const granted = html`<label class="role"><input type="checkbox" name="grant" value="1">
<span>Agree to ${grantOffered?.count ?? 1} calls in all, each exactly this one</span></label>`;
  return html`${mayDecide.reauthenticate ? again : null}
<form class="stack" method="post" action="/approvals/${id}">
<input type="hidden" name="csrf" value="${csrfToken}"><input type="hidden" name="argsDigest" value="${argsDigest}">
${confirm === null ? null : typed}${hasLongValue(approval.arguments as Json) ? seen : null}
${grantOffered === null ? null : granted}${highRisks.length === 0 ? null : deliberate}
<label for="comment">Comment (optional)</label><input id="comment" name="comment" maxlength="1000" autocomplete="off">
<div class="choices"><button name="decision" value="reject" class="reject">Reject</button>
<button name="decision" value="approve" class="approve">Approve</button></div></form>`;
}

export function approvalsPage(approvals: readonly ApprovalView[]): Html {
  if (approvals.length === 0) return html`<h1>Approvals</h1><p>Nothing waits for a person.</p>`;
  return html`<h1>Approvals</h1><ul class="requests">${approvals.map(
    ({ id, summary, expiresAt }) =>
      html`<li><a href="/approvals/${id}">${shown(summary)}</a>
<small>until ${expiresAt}</small></li>`,
  )}</ul>`;
}

const shown = visibleText;
