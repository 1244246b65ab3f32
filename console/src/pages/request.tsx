import type { ToolList } from '../../../src/core/admin-api/policy-view.ts';
import type { ApprovalView } from '../../../src/core/admin-api/approval-view.ts';
import { useCallback, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { api, ApiProblem } from '../api.ts';
import { useKeys } from '../keys.ts';
import { Arguments } from '../parts/arguments.tsx';
import { Badge } from '../parts/badge.tsx';
import { Decide, type Decision } from '../parts/decide.tsx';
import { Digest, Fact } from '../parts/facts.tsx';
import { Person } from '../parts/person.tsx';
import { Problem } from '../parts/problem.tsx';
import { Visible } from '../parts/visible.tsx';
import { Countdown, When } from '../parts/when.tsx';
import { navigate } from '../router.ts';
import { session } from '../session.ts';
import { useTitle } from '../title.ts';
import { useData } from '../use-data.ts';

/** One request: what would happen, exactly; who asks; why a person is asked; and two buttons. */
export function Request({ id }: { readonly id: string }): JSX.Element {
  const path = `/api/approvals/${encodeURIComponent(id)}`;
  const { value, problem, reload } = useData<ApprovalView>(path, ({ entry }) => entry?.['approvalId'] === id);
  const [refusal, setRefusal] = useState<ApiProblem | null>(null);
  const [isSeen, setSeen] = useState(false);
  const onSeen = useCallback(() => setSeen(true), []);
  useTitle(value === null ? 'Request' : `${value.tool} · ${value.status}`);
  const leave = (): void => navigate('/');
  const isMine = value?.status === 'pending' && session.roles.has('approver');
  useKeys(isMine ? {} : { Escape: leave });
  if (value === null) return <Problem of={problem} />;

  const decide = async (decision: Decision, comment: string): Promise<void> => {
    const said = comment.trim() === '' ? {} : { comment: comment.trim() };
    const body = decision === 'approve' ? { ...said, argsDigest: value.argsDigest } : said;
    try {
      await api.post(`${path}/${decision}`, body);
      setRefusal(null);
    } catch (error) {
      if (error instanceof ApiProblem) setRefusal(error);
    }
    reload();
  };
  const isOpen = value.status === 'pending';
  return (
    <article class="request">
      <p class="crumb">
        <a href="/">Approvals</a> <Badge of={value.status} />
        {isOpen ? (
          <span>
            <Countdown until={value.expiresAt} /> left
          </span>
        ) : null}
      </p>
      <Sentence approval={value} />
      <Problem of={refusal} />
      <h2>Arguments</h2>
      <Arguments value={value.arguments} onSeen={onSeen} />
      <h2>Why a person is asked</h2>
      <p>
        <Visible text={value.reason} />
      </p>
      <Facts approval={value} />
      {isMine ? <Decide isSeen={isSeen} confirm={null} onDecide={decide} onLeave={leave} /> : null}
      {isOpen && !isMine ? <p class="faint">Only approvers decide. You are signed in without that role.</p> : null}
    </article>
  );
}

function Sentence({ approval }: { readonly approval: ApprovalView }): JSX.Element {
  const { requester, client, tool, upstream } = approval;
  return (
    <h1 class="sentence">
      <Person id={requester} />
      <span class="light"> wants to call </span>
      <code>
        <Visible text={tool} />
      </code>
      <span class="light"> on </span>
      <Visible text={upstream} />
      <span class="light">
        , through <Visible text={client} />
      </span>
    </h1>
  );
}

function Facts({ approval }: { readonly approval: ApprovalView }): JSX.Element {
  const { decidedBy, decidedAt, comment, note, ruleId } = approval;
  const { value } = useData<ToolList>(`/api/upstreams/${encodeURIComponent(approval.upstream)}/tools`);
  const tool = value?.tools.find(({ name }) => name === approval.tool);
  return (
    <dl class="facts">
      {tool === undefined ? null : (
        <Fact name="Class">
          {tool.classes.map((each) => (
            <Badge key={each} of={each} />
          ))}
        </Fact>
      )}
      <Fact name="Rule">{ruleId === null ? 'none' : <Visible text={ruleId} />}</Fact>
      <Fact name="Asked">
        <When at={approval.createdAt} />
      </Fact>
      <Fact name="Policy">
        <Digest of={approval.policyVersion} />
      </Fact>
      <Fact name="Tool definition">
        <Digest of={approval.definitionDigest} />{' '}
        {tool !== undefined && tool.definitionDigest !== approval.definitionDigest ? (
          <strong class="late">changed since</strong>
        ) : null}
      </Fact>
      <Fact name="Arguments digest">
        <Digest of={approval.argsDigest} />
      </Fact>
      {approval.approversNeeded > 1 ? (
        <Fact name="Approvals">
          {approval.approvedBy.length} of {approval.approversNeeded}
          {approval.approvedBy.length > 0 ? ': ' : ''}
          <Visible text={approval.approvedBy.join(', ')} />
        </Fact>
      ) : null}
      {decidedBy === null ? null : (
        <Fact name="Decided">
          by <Person id={decidedBy} /> {decidedAt === null ? null : <When at={decidedAt} />}
        </Fact>
      )}
      {comment === null ? null : (
        <Fact name="Comment">
          <Visible text={comment} />
        </Fact>
      )}
      {note === null ? null : (
        <Fact name="Note">
          <Visible text={note} />
        </Fact>
      )}
    </dl>
  );
}
