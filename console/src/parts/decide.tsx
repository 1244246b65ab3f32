import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { useKeys } from '../keys.ts';

export type Decision = 'approve' | 'reject';

interface DecideProps {
  /** Nothing of the request is folded away any more. */
  readonly isSeen: boolean;
  readonly onDecide: (decision: Decision, comment: string) => Promise<void>;
}

/**
 * Two buttons of one size. A key only proposes; Enter carries it out, and the focus is never put on a button, so that no key that was meant
 * for something else decides.
 */
export function Decide({ isSeen, onDecide }: DecideProps): JSX.Element {
  const [comment, setComment] = useState('');
  const [proposed, setProposed] = useState<Decision | null>(null);
  const [isBusy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);

  const decide = (decision: Decision): void => {
    if (isBusy || (decision === 'approve' && !isSeen)) return;
    setBusy(true);
    setProposed(null);
    void onDecide(decision, comment).finally(() => setBusy(false));
  };
  const propose = (decision: Decision): void => {
    if (decision === 'approve' && !isSeen) return;
    setProposed(decision);
    // What was in focus must not get the Enter that is meant for the proposal.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    if (decision === 'reject') field.current?.focus();
  };
  const actions = useMemo(
    () => ({
      a: () => propose('approve'),
      r: () => propose('reject'),
      ...(proposed === null ? {} : { Enter: () => decide(proposed), Escape: () => setProposed(null) }),
    }),
    [proposed, isSeen, comment, isBusy],
  );
  useKeys(actions);
  useEffect(() => setProposed(null), [isSeen]);

  return (
    <section class="decide" aria-label="Decision">
      <label>
        <span>Comment (optional)</span>
        <input
          ref={field}
          value={comment}
          maxLength={1000}
          autocomplete="off"
          onInput={({ currentTarget }) => setComment(currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') {
              setProposed(null);
              event.currentTarget.blur();
            }
            if (event.key === 'Enter' && proposed === 'reject') decide('reject');
          }}
        />
      </label>
      <div class="act">
        {isSeen ? null : <p class="unread">Open every folded value above; then it can be approved.</p>}
        <p class="proposal" role="status">
          {proposed === null ? null : (
            <>
              {proposed === 'approve' ? 'Approve this call?' : 'Reject this call?'} <kbd>Enter</kbd> does it,{' '}
              <kbd>Esc</kbd> goes back.
            </>
          )}
        </p>
        <div class="choices">
          <button class="reject" disabled={isBusy} onClick={() => decide('reject')}>
            Reject <kbd aria-hidden="true">r</kbd>
          </button>
          <button class="approve" disabled={isBusy || !isSeen} onClick={() => decide('approve')}>
            Approve <kbd aria-hidden="true">a</kbd>
          </button>
        </div>
      </div>
    </section>
  );
}
