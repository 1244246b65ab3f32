import { useEffect, useRef, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { useKeys } from '../keys.ts';
import { Visible } from './visible.tsx';

type Decision = 'approve' | 'reject';

export interface Answer {
  readonly decision: Decision;
  readonly comment: string;
  readonly confirm?: string;
  readonly grant?: true;
}

interface DecideProps {
  /** Nothing of the request is folded away any more. */
  readonly isSeen: boolean;
  /** What has to be typed, letter by letter, before it can be approved. */
  readonly confirm: string | null;
  readonly grantOffered: { readonly count: number; readonly forSeconds: number } | null;
  /** Where they prove again who they are, which approving needs first. */
  readonly signInAgain: string | null;
  readonly onDecide: (answer: Answer) => Promise<void>;
  /** Escape, with nothing proposed. */
  readonly onLeave: () => void;
}

/**
 * Two buttons of one size. A key only proposes; Enter carries it out, and the focus is never put on a button, so that no key that was meant
 * for something else decides. What is proposed stands in a ref: keys can come faster than the page is drawn, and an Escape that is not drawn
 * yet must count before the Enter behind it.
 */
export function Decide(props: DecideProps): JSX.Element {
  const { isSeen, confirm, grantOffered, signInAgain, onDecide, onLeave } = props;
  const [typed, setTyped] = useState('');
  const proposed = useRef<Decision | null>(null);
  const [shown, setShown] = useState<Decision | null>(null);
  const isBusy = useRef(false);
  const [isSending, setSending] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const grant = useRef<HTMLInputElement>(null);
  const mayApprove = isSeen && signInAgain === null && (confirm === null || typed === confirm);

  const propose = (decision: Decision | null): void => {
    proposed.current = decision;
    setShown(decision);
  };
  const decide = (decision: Decision): void => {
    if (isBusy.current || (decision === 'approve' && !mayApprove)) return;
    isBusy.current = true;
    setSending(true);
    propose(null);
    void onDecide({
      decision,
      comment: field.current?.value ?? '',
      ...(confirm === null ? {} : { confirm: typed }),
      ...(grant.current?.checked === true ? { grant: true as const } : {}),
    }).finally(() => {
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
      {confirm === null || signInAgain !== null ? null : (
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
      {grantOffered === null ? null : (
        <label class="role">
          <input ref={grant} type="checkbox" />
          <span>
            Agree to {grantOffered.count} calls in all, each exactly this one, within{' '}
            {Math.round(grantOffered.forSeconds / 60)} minutes
          </span>
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
        {signInAgain === null ? null : (
          <p class="unread">
            Approving this needs a fresh sign-in: <a href={signInAgain}>sign in again</a>, and come back here.
          </p>
        )}
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
