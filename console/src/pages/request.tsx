import type { ApprovalDetail } from '../../../src/core/admin-api/approval-view.ts';
import { useCallback, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { api, ApiProblem } from '../api.ts';
import { useKeys } from '../keys.ts';
import { Arguments } from '../parts/arguments.tsx';
import { Badge, Notice } from '../parts/badge.tsx';
import { UnusualBadges } from '../parts/badges.tsx';
import { BeforeAfter, SinceLast } from '../parts/changes.tsx';
import { type Answer, Decide } from '../parts/decide.tsx';
import { Problem } from '../parts/problem.tsx';
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
  useTitle(value === null ? 'Request' : `${value.tool} · ${value.status}`);
  const leave = (): void => navigate('/');
  const mayReject = value !== null && (value.mayDecide.allowed || value.mayDecide.reauthenticate);
  useKeys(mayReject ? {} : { Escape: leave });
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
      <UnusualBadges of={value.badges} />
      <BeforeAfter of={value.preview} />
      <h2>Exact arguments</h2>
      <Arguments value={value.arguments} onSeen={onSeen} />
      <SinceLast of={value.difference} />
      <h2>Why a person is asked</h2>
      <p>
        <Visible text={value.reason} />
      </p>
      <RequestFacts of={value} />
      <h2>What happened so far</h2>
      <Timeline of={value.timeline} />
      <Answering of={value} isSeen={isSeen} onDecide={decide} onLeave={leave} />
    </article>
  );
}

interface AnsweringProps {
  readonly of: ApprovalDetail;
  readonly isSeen: boolean;
  readonly onDecide: (answer: Answer) => Promise<void>;
  readonly onLeave: () => void;
}

/** The two buttons, or why they are not there. */
function Answering({ of, isSeen, onDecide, onLeave }: AnsweringProps): JSX.Element | null {
  const { status, mayDecide, confirm, grantOffered } = of;
  if (status !== 'pending') return null;
  if (mayDecide.allowed || mayDecide.reauthenticate)
    return (
      <Decide
        isSeen={isSeen}
        confirm={confirm}
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
