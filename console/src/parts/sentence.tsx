import type { ApprovalView } from '../../../src/core/admin-api/approval-view.ts';
import { ownWords } from '../../../src/core/approval/sentence.ts';
import type { JSX } from 'preact';
import { Visible } from './visible.tsx';

type Said = Pick<ApprovalView, 'summary' | 'requester' | 'requesterName' | 'upstream' | 'tool' | 'client'>;

/**
 * What is wanted, in the words of the rule where it has any; who wants it stands above it, and in them nowhere else. Those words may be a
 * whole sentence or begin with a capital, so they stand behind a colon.
 */
export function Sentence({ of }: { readonly of: Said }): JSX.Element {
  const own = ownWords(of.summary, of);
  return (
    <h1 class="sentence">
      <span class="light">
        <Who of={of} /> {own === '' ? 'wants to ' : 'asks: '}
      </span>
      {own === '' ? (
        <>
          run{' '}
          <code>
            <Visible text={of.tool} />
          </code>{' '}
          on <Visible text={of.upstream} />
        </>
      ) : (
        <span class="own">
          <Visible text={own} />
        </span>
      )}
    </h1>
  );
}

/** The same in one line of a list. */
export function SentenceLine({ of }: { readonly of: Said }): JSX.Element {
  const own = ownWords(of.summary, of);
  return (
    <span class="sentence">
      <strong>
        <Who of={of} />
      </strong>{' '}
      {own === '' ? (
        <>
          wants to run{' '}
          <strong>
            <Visible text={of.tool} />
          </strong>{' '}
          on <Visible text={of.upstream} />
        </>
      ) : (
        <>
          asks: <Visible text={own} />
        </>
      )}
    </span>
  );
}

function Who({ of: { requester, requesterName } }: { readonly of: Said }): JSX.Element {
  return (
    <span title={requester}>
      <Visible text={requesterName} />
    </span>
  );
}
