import type { ApprovalDetail } from '../../../src/core/admin-api/approval-view.ts';
import type { JSX } from 'preact';
import { Notice } from './badge.tsx';
import { Differences } from './differences.tsx';
import { Person } from './person.tsx';
import { Visible } from './visible.tsx';
import { When } from './when.tsx';

/** The record as it is, and as the call would leave it. */
export function BeforeAfter({ of }: { readonly of: ApprovalDetail['preview'] }): JSX.Element | null {
  const { status, tool, at, note, changes, unchanged } = of;
  if (status === 'none') return null;
  if (status !== 'ready')
    return (
      <>
        <h2>Before and after</h2>
        <Notice tone="wait">
          The record is not shown: <Visible text={note ?? status} />. Decide by the arguments alone, or reject.
        </Notice>
      </>
    );
  return (
    <>
      <h2>Before and after</h2>
      {changes.length === 0 ? (
        <p>The arguments do not tell what of this record would change. This is how it is:</p>
      ) : (
        <Differences caption="What the call would change" of={changes} before="Now" after="After the call" />
      )}
      {unchanged.length === 0 ? null : (
        <details class="unchanged" open={changes.length === 0}>
          <summary>{changes.length === 0 ? 'The record now' : `${unchanged.length} more, unchanged`}</summary>
          <dl class="facts">
            {unchanged.map(({ place, before }) => (
              <div key={place}>
                <dt>
                  <Visible text={place.replace(/^\//, '') || 'all of it'} />
                </dt>
                <dd>
                  <pre>
                    <Visible text={before ?? 'nothing'} lines />
                  </pre>
                </dd>
              </div>
            ))}
          </dl>
        </details>
      )}
      <p class="faint">
        Read by <Visible text={tool ?? ''} /> with the rights of the requester
        {at === null ? null : (
          <>
            , <When at={at} />
          </>
        )}
        .
      </p>
    </>
  );
}

/** Against the last call of this tool that somebody approved. */
export function SinceLast({ of }: { readonly of: ApprovalDetail['difference'] }): JSX.Element | null {
  if (of === null) return null;
  return (
    <>
      <h2>Compared with the last one that was approved</h2>
      {of.changes.length === 0 ? (
        <p>The arguments are the same.</p>
      ) : (
        <Differences caption="What is different from the last one" of={of.changes} before="Last" after="This one" />
      )}
      <p class="faint">
        <a href={`/approvals/${of.id}`}>
          That of <Person id={of.requester} />, <When at={of.at} />
        </a>
      </p>
    </>
  );
}
