import type { ApprovalView } from '../../../src/core/admin-api/approval-view.ts';
import { hasWords } from '../../../src/core/has-words.ts';
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useKeys } from '../keys.ts';
import { Badge } from '../parts/badge.tsx';
import { Batch } from '../parts/batch.tsx';
import { Empty } from '../parts/empty.tsx';
import { Problem } from '../parts/problem.tsx';
import { SentenceLine } from '../parts/sentence.tsx';
import { TitleBar } from '../parts/title-bar.tsx';
import { Visible } from '../parts/visible.tsx';
import { Countdown, When } from '../parts/when.tsx';
import { session } from '../session.ts';
import { useTitle } from '../title.ts';
import type { Pending } from '../use-pending.ts';

type Order = 'expiring' | 'newest';

/** What waits for a person. A row never moves under the hand that reaches for it: what is new waits for a press. */
export function Inbox({ pending: { value: pending, problem } }: { readonly pending: Pending }): JSX.Element {
  const [order, setOrder] = useState<Order>('expiring');
  const [filter, setFilter] = useState('');
  const [shown, setShown] = useState<readonly ApprovalView[] | null>(null);
  useEffect(() => {
    if (pending !== null && (shown === null || shown.every(({ id }) => !isIn(pending, id)))) setShown(pending);
  }, [pending]);
  useTitle('Approvals');
  const isReady = shown !== null;
  // For whoever measures how soon somebody can decide.
  useEffect(() => {
    if (isReady) performance.mark('console:ready');
  }, [isReady]);

  const rows = useMemo(() => sorted(shown ?? [], order), [shown, order]).filter((each) =>
    hasWords(`${each.summary} ${each.requester} ${each.upstream}/${each.tool} ${each.reason}`, filter),
  );
  const fresh = (pending ?? []).filter(({ id }) => !isIn(shown ?? [], id)).length;
  const list = useRef<HTMLUListElement>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [isTogether, setTogether] = useState(false);
  const mayDecide = session.roles.has('approver');
  const together = rows.filter(({ id }) => chosen.has(id) && pending !== null && isIn(pending, id));
  const choose = (id: string): void =>
    setChosen((now) => new Set(now.has(id) ? [...now].filter((each) => each !== id) : [...now, id]));
  const openTogether = (): boolean => {
    if (together.length < 2) return false;
    setTogether(true);
    return true;
  };
  const closeTogether = (): void => {
    setTogether(false);
    setChosen(new Set());
  };
  useKeys({
    j: () => step(list.current, 1),
    k: () => step(list.current, -1),
    x() {
      const id = focusedId(list.current);
      if (id === null || !mayDecide) return false;
      choose(id);
      return true;
    },
    A: openTogether,
  });
  if (isTogether && together.length > 0) return <Batch of={together} onDone={closeTogether} />;

  return (
    <>
      <TitleBar
        title="Approvals"
        filter={
          shown === null || shown.length === 0
            ? null
            : {
                label: 'Filter by person, tool or reason',
                placeholder: 'person, tool, reason',
                value: filter,
                onChange: setFilter,
              }
        }
      >
        {shown === null || shown.length === 0 ? null : (
          <label class="choice">
            <span>Order</span>
            <select value={order} onChange={({ currentTarget }) => setOrder(currentTarget.value as Order)}>
              <option value="expiring">expiring first</option>
              <option value="newest">newest first</option>
            </select>
          </label>
        )}
      </TitleBar>
      <Problem of={problem} />
      <p class="hidden" role="status">
        {pending === null ? '' : `${pending.length} waiting`}
      </p>
      {fresh > 0 ? (
        <button class="fresh" onClick={() => setShown(pending)}>
          {fresh} new · show
        </button>
      ) : null}
      {shown?.length === 0 ? (
        <Empty title="Nothing waits for a person.">New requests appear here by themselves.</Empty>
      ) : null}
      <ul class="requests" ref={list}>
        {rows.map((approval) => (
          <Row
            key={approval.id}
            approval={approval}
            isOver={pending !== null && !isIn(pending, approval.id)}
            isChosen={chosen.has(approval.id)}
            onChoose={mayDecide ? choose : null}
          />
        ))}
      </ul>
      {together.length > 1 ? (
        <button onClick={openTogether}>
          Show {together.length} together <kbd aria-hidden="true">A</kbd>
        </button>
      ) : null}
      {rows.length > 0 ? (
        <p class="faint keys">
          <kbd>j</kbd> <kbd>k</kbd> move · <kbd>Enter</kbd> open · <kbd>x</kbd> select · <kbd>/</kbd> filter ·{' '}
          <kbd>?</kbd> all keys
        </p>
      ) : null}
    </>
  );
}

interface RowProps {
  readonly approval: ApprovalView;
  readonly isOver: boolean;
  readonly isChosen: boolean;
  /** `null`: for those who may not decide. */
  readonly onChoose: ((id: string) => void) | null;
}

function Row({ approval, isOver, isChosen, onChoose }: RowProps): JSX.Element {
  const {
    id,
    upstream,
    tool,
    class: kind,
    reason,
    createdAt,
    expiresAt,
    approversNeeded,
    approvedBy,
    origin,
  } = approval;
  return (
    <li class={isOver ? 'over' : ''}>
      {onChoose === null || isOver ? null : (
        <label class="choose">
          <input type="checkbox" checked={isChosen} onChange={() => onChoose(id)} />
          <span class="hidden">Select {id}</span>
        </label>
      )}
      <a href={`/approvals/${id}`}>
        <SentenceLine of={approval} />
        <span class="faint">
          <Badge of={kind} /> {origin?.kind === 'edit' ? <Badge of="edited" /> : null}{' '}
          <code>
            <Visible text={`${upstream}/${tool}`} />
          </code>{' '}
          · <Visible text={reason} />
        </span>
      </a>
      <span class="times">
        {isOver ? (
          'decided'
        ) : (
          <span>
            <Countdown until={expiresAt} /> left
          </span>
        )}
        <span class="faint">
          {approversNeeded > 1 ? `${approvedBy.length} of ${approversNeeded} · ` : ''}asked <When at={createdAt} />
        </span>
      </span>
    </li>
  );
}

function focusedId(list: HTMLElement | null): string | null {
  const link = [...(list?.querySelectorAll('a') ?? [])].find((each) => each === document.activeElement);
  return link === undefined ? null : link.pathname.replace('/approvals/', '');
}

function isIn(approvals: readonly ApprovalView[], id: string): boolean {
  return approvals.some((each) => each.id === id);
}

function sorted(approvals: readonly ApprovalView[], order: Order): readonly ApprovalView[] {
  // The API gives the newest first.
  return order === 'newest' ? approvals : approvals.toSorted((a, b) => a.expiresAt.localeCompare(b.expiresAt));
}

function step(list: HTMLElement | null, by: 1 | -1): void {
  const links = [...(list?.querySelectorAll('a') ?? [])];
  const at = links.indexOf(document.activeElement as HTMLAnchorElement);
  links[at === -1 ? 0 : Math.min(Math.max(at + by, 0), links.length - 1)]?.focus();
}
