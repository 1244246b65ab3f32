import type { ApprovalView } from '../../../core/admin-api/approval-view.ts';
import { visibleJson, visibleText } from '../../../core/content/visible-text.ts';
import type { Administrator } from '../../../core/identity/principal.ts';
import { type Html, html } from './html.ts';

export interface ApprovalForm {
  readonly approval: ApprovalView;
  readonly by: Administrator;
  readonly csrfToken: string;
  readonly problem: string | null;
}

/** One request, whole, with two buttons of one size: what is not shown here cannot be approved. */
export function approvalPage({ approval, by, csrfToken, problem }: ApprovalForm): Html {
  const isOpen = approval.status === 'pending' && by.roles.includes('approver');
  return html`<p><a href="/">All requests</a></p>
<h1>${shown(approval.requester)} wants to call <code>${shown(approval.tool)}</code> on ${shown(approval.upstream)}</h1>
${problem === null ? null : html`<p class="problem" role="alert">${problem}</p>`}
<dl>${facts(approval).map(([name, value]) => html`<dt>${name}</dt><dd>${shown(value)}</dd>`)}</dl>
<h2>Arguments</h2>
<pre tabindex="0">${visibleJson(approval.arguments, 2)}</pre>
${isOpen ? decisionForm(approval, csrfToken) : null}`;
}

function facts(approval: ApprovalView): readonly (readonly [string, string])[] {
  const { status, client, reason, ruleId, policyVersion, createdAt, expiresAt, decidedBy, comment, note } = approval;
  const all: readonly (readonly [string, string | null])[] = [
    ['Status', status],
    ['Client', client],
    ['Why a person is asked', reason],
    ['Rule', ruleId],
    ['Policy', policyVersion.slice(0, 12)],
    ['Asked', createdAt],
    ['Expires', expiresAt],
    ['Decided by', decidedBy],
    ['Comment', comment],
    ['Note', note],
    ['Arguments digest', approval.argsDigest],
  ];
  return all.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]));
}

function decisionForm({ id, argsDigest }: ApprovalView, csrfToken: string): Html {
  return html`<form class="stack" method="post" action="/approvals/${id}">
<input type="hidden" name="csrf" value="${csrfToken}"><input type="hidden" name="argsDigest" value="${argsDigest}">
<label for="comment">Comment (optional)</label><input id="comment" name="comment" maxlength="1000" autocomplete="off">
<div class="choices"><button name="decision" value="reject" class="reject">Reject</button>
<button name="decision" value="approve" class="approve">Approve</button></div></form>`;
}

export function approvalsPage(approvals: readonly ApprovalView[]): Html {
  if (approvals.length === 0) return html`<h1>Approvals</h1><p>Nothing waits for a person.</p>`;
  return html`<h1>Approvals</h1><ul class="requests">${approvals.map(
    ({ id, requester, tool, upstream, expiresAt }) =>
      html`<li><a href="/approvals/${id}">${shown(requester)} wants to call ${shown(tool)} on ${shown(upstream)}</a>
<small>until ${expiresAt}</small></li>`,
  )}</ul>`;
}

const shown = visibleText;
