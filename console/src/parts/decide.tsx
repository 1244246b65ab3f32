import { useEffect, useRef, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { useKeys } from '../keys.ts';
import { Visible } from './visible.tsx';

export type Decision = 'approve' | 'reject';

interface DecideProps {
  /** Nothing of the request is folded away any more. */
  readonly isSeen: boolean;
  /** What has to be typed, letter by letter, before it can be approved. */
  readonly confirm: string | null;
  readonly onDecide: (decision: Decision, comment: string) => Promise<void>;
  /** Escape, with nothing proposed. */
  readonly onLeave: () => void;
}

/**
 * Two buttons of one size. A key only proposes; Enter carries it out, and the focus is never put on a button, so that no key that was meant
 * for something else decides. What is proposed stands in a ref: keys can come faster than the page is drawn, and an Escape that is not drawn
 * yet must count before the Enter behind it.
 */
export function Decide({ isSeen, confirm, onDecide, onLeave }: DecideProps): JSX.Element {
  const [typed, setTyped] = useState('');
  const proposed = useRef<Decision | null>(null);
  const [shown, setShown] = useState<Decision | null>(null);
  const isBusy = useRef(false);
  const [isSending, setSending] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const mayApprove = isSeen && (confirm === null || typed === confirm);

  const propose = (decision: Decision | null): void => {
    proposed.current = decision;
    setShown(decision);
  };
  const decide = (decision: Decision): void => {
    if (isBusy.current || (decision === 'approve' && !mayApprove)) return;
    isBusy.current = true;
    setSending(true);
    propose(null);
    void onDecide(decision, field.current?.value ?? '').finally(() => {
      isBusy.current = false;
      setSending(false);
    });
  };
  const leaveField = (): void => {
    // What was in focus must not get the Enter that is meant for the proposal.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  };
  useKeys({
    a() {
      if (!mayApprove) return false;
      leaveField();
      propose('approve');
      return true;
    },
    r() {
      propose('reject');
      field.current?.focus();
    },
    Enter() {
      if (proposed.current === null) return false;
      decide(proposed.current);
      return true;
    },
    Escape() {
      if (proposed.current === null) onLeave();
      else propose(null);
    },
  });
  useEffect(() => {
    if (!mayApprove && proposed.current === 'approve') propose(null);
  }, [mayApprove]);

  return (
    <section class="decide" aria-label="Decision">
      {confirm === null ? null : (
        <label>
          <span>
            To approve, type{' '}
            <code>
              <Visible text={confirm} />
            </code>
          </span>
          <input
            value={typed}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            onInput={({ currentTarget }) => setTyped(currentTarget.value)}
          />
        </label>
      )}
      <label>
        <span>Comment (optional)</span>
        <input
          ref={field}
          maxLength={1000}
          autocomplete="off"
          onKeyDown={(event) => {
            if (event.key === 'Escape') {
              propose(null);
              event.currentTarget.blur();
            }
            if (event.key === 'Enter' && proposed.current === 'reject') decide('reject');
          }}
        />
      </label>
      <div class="act">
        {isSeen ? null : <p class="unread">Open every folded value above; then it can be approved.</p>}
        <p class="proposal" role="status">
          {shown === null ? null : (
            <>
              {shown === 'approve' ? 'Approve this call?' : 'Reject this call?'} <kbd>Enter</kbd> does it,{' '}
              <kbd>Esc</kbd> goes back.
            </>
          )}
        </p>
        <div class="choices">
          <button class="reject" disabled={isSending} onClick={() => decide('reject')}>
            Reject <kbd aria-hidden="true">r</kbd>
          </button>
          <button class="approve" disabled={isSending || !mayApprove} onClick={() => decide('approve')}>
            Approve <kbd aria-hidden="true">a</kbd>
          </button>
        </div>
      </div>
    </section>
  );
}
