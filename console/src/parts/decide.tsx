import type { HighRisk } from '../../../src/core/approval/high-risk.ts';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { useKeys } from '../keys.ts';
import { ConfirmStep, HoldButton } from './hold-button.tsx';
import { useHold } from './use-hold.ts';
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
  /** Why it has to be held, or confirmed in a second step; empty: two keys approve it. */
  readonly highRisks: readonly HighRisk[];
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
 * yet must count before the Enter behind it. What is of high risk is approved by holding the key or the button, and by no Enter.
 */
export function Decide(props: DecideProps): JSX.Element {
  const { isSeen, confirm, highRisks, grantOffered, signInAgain, onDecide, onLeave } = props;
  const [typed, setTyped] = useState('');
  const proposed = useRef<Decision | null>(null);
  const [shown, setShown] = useState<Decision | null>(null);
  const isBusy = useRef(false);
  const [isSending, setSending] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const grant = useRef<HTMLInputElement>(null);
  const mayApprove = isSeen && signInAgain === null && (confirm === null || typed === confirm);
  const isHeld = highRisks.length > 0;

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
  const hold = useHold(() => decide('approve'));
  const proposeApproval = (): void => {
    if (mayApprove && !isBusy.current) propose('approve');
  };
  const letGo = (): void => {
    if (hold.stop()) proposeApproval();
  };
  useKeys(
    {
      a() {
        if (!mayApprove) return false;
        // What was in focus must not get the Enter that is meant for the proposal.
        if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
        if (isHeld) hold.start();
        else propose('approve');
        return true;
      },
      r() {
        hold.stop();
        propose('reject');
        field.current?.focus();
      },
      Enter() {
        if (proposed.current === null || (isHeld && proposed.current === 'approve')) return false;
        decide(proposed.current);
        return true;
      },
      Escape() {
        const wasHeld = hold.stop();
        if (proposed.current === null && !wasHeld) onLeave();
        else propose(null);
      },
    },
    // With Shift pressed meanwhile, it is another key that comes up.
    { a: letGo, A: letGo },
  );
  useEffect(() => {
    if (!mayApprove && proposed.current === 'approve') propose(null);
  }, [mayApprove]);
  const isConfirming = isHeld && shown === 'approve';

  return (
    <section class="decide" aria-label="Decision">
      {confirm === null || signInAgain !== null ? null : <Typed of={confirm} value={typed} onChange={setTyped} />}
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
        <Obstacles isSeen={isSeen} signInAgain={signInAgain} />
        {isConfirming ? (
          <ConfirmStep onConfirm={() => decide('approve')}>
            To approve, hold the button or <kbd>a</kbd> a moment longer. <kbd>Esc</kbd> goes back.
          </ConfirmStep>
        ) : null}
        <p class="proposal" role="status">
          {shown === null || isConfirming ? null : (
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
          {isHeld ? (
            <HoldButton hold={hold} disabled={isSending || !mayApprove} onPress={proposeApproval}>
              Hold to approve <kbd aria-hidden="true">a</kbd>
            </HoldButton>
          ) : (
            <button class="approve" disabled={isSending || !mayApprove} onClick={() => decide('approve')}>
              Approve <kbd aria-hidden="true">a</kbd>
            </button>
          )}
        </div>
      </div>
    </section>
  );
}

interface TypedProps {
  readonly of: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
}

function Typed({ of, value, onChange }: TypedProps): JSX.Element {
  return (
    <label>
      <span>
        To approve, type{' '}
        <code>
          <Visible text={of} />
        </code>
      </span>
      <input
        value={value}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        onInput={({ currentTarget }) => onChange(currentTarget.value)}
      />
    </label>
  );
}

/** What stands in the way of approving. */
function Obstacles({ isSeen, signInAgain }: Pick<DecideProps, 'isSeen' | 'signInAgain'>): JSX.Element {
  return (
    <>
      {signInAgain === null ? null : (
        <p class="unread">
          Approving this needs a fresh sign-in: <a href={signInAgain}>sign in again</a>, and come back here.
        </p>
      )}
      {isSeen ? null : <p class="unread">Open every folded value above; then it can be approved.</p>}
    </>
  );
}
