import type { ApprovalView } from '../../../src/core/admin-api/approval-view.ts';
import type { BatchView } from '../../../src/core/admin-api/batch-view.ts';
import type { JSX } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { api } from '../api.ts';
import { Arguments } from './arguments.tsx';
import { Problem } from './problem.tsx';
import { SentenceLine } from './sentence.tsx';
import { useSend } from './use-send.ts';
import { Visible } from './visible.tsx';

interface BatchProps {
  /** Two or more; the gateway refuses them all unless they are alike. */
  readonly of: readonly ApprovalView[];
  readonly onDone: () => void;
}

/** Several requests with all of their arguments, and one answer to them. No key answers, and the focus is put on no button. */
export function Batch({ of, onDone }: BatchProps): JSX.Element {
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  const [failed, setFailed] = useState<BatchView['results']>([]);
  const { problem, isBusy, send } = useSend();
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  const isSeen = of.every(({ id }) => seen.has(id));

  const decide = (decision: 'approve' | 'reject'): void =>
    send(async () => {
      const approvals = of.map(({ id, argsDigest }) => ({ id, argsDigest }));
      const { results } = await api.post<BatchView>('/api/approvals/batch', { decision, approvals });
      const others = results.filter(({ decided }) => !decided);
      setFailed(others);
      if (others.length === 0) onDone();
    });

  return (
    <section aria-labelledby="batch">
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
      {isSeen ? null : <p class="unread">Open every folded value above; then they can be approved.</p>}
      <div class="choices">
        <button class="reject" disabled={isBusy} onClick={() => decide('reject')}>
          Reject these {of.length}
        </button>
        <button class="approve" disabled={isBusy || !isSeen} onClick={() => decide('approve')}>
          Approve these {of.length}
        </button>
      </div>
      <button class="quiet" onClick={onDone}>
        Back to one by one
      </button>
    </section>
  );
}

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
