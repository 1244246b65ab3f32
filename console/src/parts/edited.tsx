import type { EditView } from '../../../src/core/admin-api/approval-view.ts';
import type { JSX } from 'preact';
import { Badge } from './badge.tsx';
import { Differences } from './differences.tsx';
import { Person } from './person.tsx';
import { Visible } from './visible.tsx';

/** That these arguments are not the ones that the host asked for, or that others took their place; and what was changed. */
export function Edited({ from, to }: { readonly from: EditView | null; readonly to: EditView | null }): JSX.Element {
  return (
    <>
      {from === null ? null : (
        <Side of={from} title="Proposed by a person">
          proposed these arguments in the place of <a href={`/approvals/${from.id}`}>those that were asked for</a>.
        </Side>
      )}
      {to === null ? null : (
        <Side of={to} title="Replaced">
          proposed other arguments instead. <a href={`/approvals/${to.id}`}>The request about those</a> is{' '}
          <Badge of={to.status} />
        </Side>
      )}
    </>
  );
}

interface SideProps {
  readonly of: EditView;
  readonly title: string;
  readonly children: JSX.Element['props']['children'];
}

function Side({ of: { by, comment, changes }, title, children }: SideProps): JSX.Element {
  return (
    <section class="edited">
      <h2>{title}</h2>
      <p>
        {by === null ? 'Somebody' : <Person id={by} />} {children}
      </p>
      {comment === null ? null : (
        <q class="comment">
          <Visible text={comment} lines />
        </q>
      )}
      {changes === null ? null : (
        <Differences caption="What was changed" of={changes} before="Asked for" after="Proposed" />
      )}
    </section>
  );
}
