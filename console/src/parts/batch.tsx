import type { ApprovalView } from '../../../src/core/admin-api/approval-view.ts';
import type { BatchView } from '../../../src/core/admin-api/batch-view.ts';
import type { JSX } from 'preact';
import { useCallback, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { api } from '../api.ts';
import { Arguments } from './arguments.tsx';
import { ConfirmStep, HoldButton } from './hold-button.tsx';
import { Problem } from './problem.tsx';
import { SentenceLine } from './sentence.tsx';
import { useHold } from './use-hold.ts';
import { useSend } from './use-send.ts';
import { Visible } from './visible.tsx';

interface BatchProps {
  /** Two or more; the gateway refuses them all unless they are alike. */
  readonly of: readonly ApprovalView[];
  readonly onDone: () => void;
}

/**
 * Several requests with all of their arguments, and one answer to them. Approving several is held, like what is of high risk; no other key
 * answers, and the focus is put on no button.
 */
export function Batch({ of, onDone }: BatchProps): JSX.Element {
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  const [failed, setFailed] = useState<BatchView['results']>([]);
  const { problem, isBusy, send } = useSend();
  const title = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => title.current?.focus(), []);
  const isSeen = of.every(({ id }) => seen.has(id));
  const isTyped = of.some(({ confirm }) => confirm !== null);
  const mayApprove = isSeen && !isTyped;
  const [isConfirming, setConfirming] = useState(false);

  const decide = (decision: 'approve' | 'reject'): void =>
    send(async () => {
      const approvals = of.map(({ id, argsDigest }) => ({ id, argsDigest }));
      const { results } = await api.post<BatchView>('/api/approvals/batch', { decision, approvals });
      const others = results.filter(({ decided }) => !decided);
      setFailed(others);
      if (others.length === 0) onDone();
    });
  const approve = (): void => {
    setConfirming(false);
    if (mayApprove) decide('approve');
  };
  const hold = useHold(approve);

  return (
    <section class="batch" aria-labelledby="batch">
      <h1 id="batch" tabIndex={-1} ref={title}>
        {of.length} requests together
      </h1>
      <p class="faint">They must be for one tool, by one rule, with arguments of the same names and types.</p>
      {of.map((approval) => (
        <OneOf key={approval.id} approval={approval} onSeen={setSeen} />
      ))}
      <Problem of={problem} />
      {failed.map((each) => (
        <p key={each.id} role="alert">
          <Visible text={`${each.id}: ${each.problem ?? ''}`} />
        </p>
      ))}
      {isTyped ? <p class="unread">{TYPED_ALONE}</p> : null}
      {isSeen || isTyped ? null : <p class="unread">Open every folded value above; then they can be approved.</p>}
      {isConfirming && mayApprove ? (
        <ConfirmStep onConfirm={approve}>To approve them, hold the button a moment longer.</ConfirmStep>
      ) : null}
      <div class="choices">
        <button class="reject" disabled={isBusy} onClick={() => decide('reject')}>
          Reject these {of.length}
        </button>
        <HoldButton hold={hold} disabled={isBusy || !mayApprove} onPress={() => setConfirming(true)}>
          Hold to approve these {of.length}
        </HoldButton>
      </div>
      <button class="quiet" onClick={onDone}>
        Back to one by one
      </button>
    </section>
  );
}

const TYPED_ALONE =
  'The rule wants a value typed for each of these, so each is approved by itself. They can be rejected together.';

function OneOf({
  approval,
  onSeen,
}: {
  readonly approval: ApprovalView;
  readonly onSeen: (change: (seen: ReadonlySet<string>) => ReadonlySet<string>) => void;
}): JSX.Element {
  const { id } = approval;
  const see = useCallback(() => onSeen((seen) => new Set([...seen, id])), [id, onSeen]);
  return (
    <article>
      <a href={`/approvals/${id}`}>
        <SentenceLine of={approval} />
      </a>
      <Arguments value={approval.arguments} onSeen={see} />
    </article>
  );
}
