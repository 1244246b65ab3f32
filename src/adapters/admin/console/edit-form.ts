import type { ApprovalDetail, EditView } from '../../../core/admin-api/approval-view.ts';
import { visibleJson, visibleText } from '../../../core/content/visible-text.ts';
import { changesTable } from './changes-table.ts';
import { type Html, html } from './html.ts';

export interface EditForm {
  readonly approval: ApprovalDetail;
  readonly csrfToken: string;
  /** What was typed before, where it was not taken. */
  readonly typed: string | null;
}

/** Other arguments, all of them, as text. What cannot be seen is written as JSON writes it, so that it stays what it is. */
export function editForm({ approval: { id, arguments: args }, csrfToken, typed }: EditForm): Html {
  const text = typed ?? visibleJson(args, 2);
  return html`<details class="panel"${typed === null ? null : html` open`}><summary>Propose other arguments</summary>
<form class="stack wide" method="post" action="/approvals/${id}/edit">
<p>This rejects the request and asks about yours in its place. Somebody else has to approve it, and its host has to send it.</p>
<input type="hidden" name="csrf" value="${csrfToken}">
<label for="arguments">All arguments, as a JSON object</label>
<textarea id="arguments" name="arguments" rows="${rowsOf(text)}" spellcheck="false" autocapitalize="none" required>
${text}</textarea>
<label for="why">Why (optional)</label><input id="why" name="comment" maxlength="1000" autocomplete="off">
<div><button>Propose these</button></div></form></details>`;
}

/** Where a request came from by an edit, or went to. */
export function editedNotices({ editedFrom, editedTo }: ApprovalDetail): Html {
  return html`${editedFrom === null ? null : notice(editedFrom, 'proposed these arguments in the place of')}
${editedTo === null ? null : notice(editedTo, 'proposed other arguments instead:')}`;
}

function notice({ id, by, comment, changes }: EditView, what: string): Html {
  return html`<p class="notice wait">${visibleText(by ?? 'Somebody')} ${what} <a href="/approvals/${id}">${id}</a>.
${comment === null ? null : html`<q>${visibleText(comment)}</q>`}</p>
${changes === null ? null : changesTable('What was changed', changes, ['Asked for', 'Proposed'])}`;
}

const ROWS_MIN = 6;
const ROWS_MAX = 20;

function rowsOf(text: string): number {
  return Math.min(Math.max(text.split('\n', ROWS_MAX).length + 1, ROWS_MIN), ROWS_MAX);
}
