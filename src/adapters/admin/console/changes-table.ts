import type { ChangeView } from '../../../core/admin-api/approval-view.ts';
import { visibleText } from '../../../core/content/visible-text.ts';
import { type Html, html } from './html.ts';

/** Place by place, with the words above the two sides. */
export function changesTable(
  title: string,
  changes: readonly ChangeView[],
  [before, after]: readonly [string, string] = ['Before', 'After'],
): Html {
  if (changes.length === 0) return html`<h2>${title}</h2><p>Nothing is different.</p>`;
  return html`<h2>${title}</h2><table class="cards"><thead><tr><th>Where</th><th>${before}</th><th>${after}</th></tr></thead>
<tbody>${changes.map(
    (change) => html`<tr><th scope="row">${visibleText(change.place.replace(/^\//, ''))}</th>
<td data-name="${before}">${visibleText(change.before ?? 'nothing')}</td>
<td data-name="${after}">${visibleText(change.after ?? 'nothing')}</td></tr>`,
  )}</tbody></table>`;
}
