import type { ApprovalDetail } from '../../../src/core/admin-api/approval-view.ts';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { api, ApiProblem } from '../api.ts';
import { useKeys } from '../keys.ts';
import { Arguments } from '../parts/arguments.tsx';
import { Badge, Notice } from '../parts/badge.tsx';
import { UnusualBadges } from '../parts/badges.tsx';
import { BeforeAfter, SinceLast } from '../parts/changes.tsx';
import { type Answer, Decide } from '../parts/decide.tsx';
import { Edited } from '../parts/edited.tsx';
import { Problem } from '../parts/problem.tsx';
import { Propose } from '../parts/propose.tsx';
import { RequestFacts, Timeline } from '../parts/request-facts.tsx';
import { Sentence } from '../parts/sentence.tsx';
import { Visible } from '../parts/visible.tsx';
import { Countdown } from '../parts/when.tsx';
import { navigate } from '../router.ts';
import { session } from '../session.ts';
import { useTitle } from '../title.ts';
import { useData } from '../use-data.ts';

/** One request: what would happen, exactly; who asks; why a person is asked; and two buttons. */
export function Request({ id }: { readonly id: string }): JSX.Element {
  const path = `/api/approvals/${encodeURIComponent(id)}`;
  const { value, problem, reload } = useData<ApprovalDetail>(path, ({ entry }) => entry?.['approvalId'] === id);
  const [refusal, setRefusal] = useState<ApiProblem | null>(null);
  const [isSeen, setSeen] = useState(false);
  const onSeen = useCallback(() => setSeen(true), []);
  useUntilRead(value, reload);
  useTitle(value === null ? 'Request' : `${value.tool} · ${value.status}`);
  const leave = (): void => navigate('/');
  const mayReject = value !== null && (value.mayDecide.allowed || value.mayDecide.reauthenticate);
  const mayPropose = value !== null && value.status === 'pending' && value.mayDecide.edit;
  const [isProposing, setProposing] = useState(false);
  useKeys({
    ...(mayReject ? {} : { Escape: leave }),
    ...(mayPropose && !isProposing ? { e: () => setProposing(true) } : {}),
  });
  if (value === null) return <Problem of={problem} />;

  const decide = async ({ decision, comment, ...more }: Answer): Promise<void> => {
    const said = comment.trim() === '' ? {} : { comment: comment.trim() };
    const body = decision === 'approve' ? { ...said, ...more, argsDigest: value.argsDigest } : said;
    try {
      await api.post(`${path}/${decision}`, body);
      setRefusal(null);
    } catch (error) {
      if (error instanceof ApiProblem) setRefusal(error);
    }
    reload();
  };
  return (
    <article class="request">
      <p class="crumb">
        <a href="/">Approvals</a> <Badge of={value.status} />
        {value.status === 'pending' ? (
          <span>
            <Countdown until={value.expiresAt} /> left
          </span>
        ) : null}
        {value.approversNeeded > 1 ? (
          <span>
            {value.approvedBy.length} of {value.approversNeeded} approvals
          </span>
        ) : null}
      </p>
      <Sentence of={value} />
      <p class="target">
        <Badge of={value.class} />{' '}
        <code>
          <Visible text={`${value.upstream}/${value.tool}`} />
        </code>
      </p>
      <Problem of={refusal} />
      <UnusualBadges of={value.badges} highRisks={value.status === 'pending' ? value.highRisks : []} />
      <Edited from={value.editedFrom} to={value.editedTo} />
      <BeforeAfter of={value.preview} />
      <h2>Exact arguments</h2>
      <Arguments value={value.arguments} onSeen={onSeen} />
      {mayPropose && !isProposing ? (
        <button class="quiet propose-button" onClick={() => setProposing(true)}>
          Propose others <kbd aria-hidden="true">e</kbd>
        </button>
      ) : null}
      {mayPropose && isProposing ? <Propose of={value} onLeave={() => setProposing(false)} /> : null}
      <SinceLast of={value.difference} />
      <h2>Why a person is asked</h2>
      <p>
        <Visible text={value.reason} />
      </p>
      <RequestFacts of={value} />
      <h2>What happened so far</h2>
      <Timeline of={value.timeline} />
      {mayPropose && isProposing ? null : <Answering of={value} isSeen={isSeen} onDecide={decide} onLeave={leave} />}
    </article>
  );
}

const READ_LOOKS_MAX = 12;
const READ_LOOK_MS = 800;

/** The record before and after is read while the page is open already, and nothing tells when: looks again, a few times. */
function useUntilRead(value: ApprovalDetail | null, reload: () => void): void {
  const looks = useRef(0);
  useEffect(() => {
    const isUnread = value?.preview.status === 'unavailable' && value.preview.at === null;
    if (!isUnread || value.status !== 'pending' || looks.current >= READ_LOOKS_MAX) return;
    looks.current += 1;
    const timer = setTimeout(reload, READ_LOOK_MS);
    return () => clearTimeout(timer);
  }, [value]);
}

interface AnsweringProps {
  readonly of: ApprovalDetail;
  readonly isSeen: boolean;
  readonly onDecide: (answer: Answer) => Promise<void>;
  readonly onLeave: () => void;
}

/** The two buttons, or why they are not there. */
function Answering({ of, isSeen, onDecide, onLeave }: AnsweringProps): JSX.Element | null {
  const { status, mayDecide, confirm, highRisks, grantOffered } = of;
  if (status !== 'pending') return null;
  if (mayDecide.allowed || mayDecide.reauthenticate)
    return (
      <Decide
        isSeen={isSeen}
        confirm={confirm}
        highRisks={highRisks}
        grantOffered={grantOffered}
        signInAgain={mayDecide.reauthenticate ? `/sign-in?again=1&next=/approvals/${of.id}` : null}
        onDecide={onDecide}
        onLeave={onLeave}
      />
    );
  return (
    <Notice tone="plain">
      <Visible text={mayDecide.why ?? 'You cannot decide this.'} />
      {session.roles.has('approver') ? null : ' You are signed in without the role of an approver.'}
    </Notice>
  );
}
