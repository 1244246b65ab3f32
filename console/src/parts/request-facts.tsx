import type { ApprovalDetail } from '../../../src/core/admin-api/approval-view.ts';
import type { JSX } from 'preact';
import { Badge } from './badge.tsx';
import { Digest, Fact } from './facts.tsx';
import { Person } from './person.tsx';
import { Visible } from './visible.tsx';
import { When } from './when.tsx';

/** Who asks with what, by which rule, and who may answer. */
export function RequestFacts({ of }: { readonly of: ApprovalDetail }): JSX.Element {
  const { ruleId, rulePlace, grantOffered, grant, origin, approverGroups, approverUsers } = of;
  const approvers = [...approverGroups.map((group) => `group ${group}`), ...approverUsers].join(', ');
  return (
    <dl class="facts">
      <Fact name="Asked by">
        <Person id={of.requester} /> <When at={of.createdAt} />
      </Fact>
      <Fact name="Client">
        <Visible text={of.client} />
      </Fact>
      <Fact name="Credential">
        <code>
          <Visible text={of.credentialId} />
        </code>
      </Fact>
      <Fact name="Class">
        <Badge of={of.class} />
      </Fact>
      <Fact name="Rule">
        {ruleId === null ? 'none' : <Visible text={ruleId} />}{' '}
        {rulePlace === null ? null : (
          <code class="block">
            <Visible text={rulePlace} />
          </code>
        )}
      </Fact>
      <Fact name="Decided by">
        {of.by === 'requester' ? 'the requester alone' : <Visible text={approvers || 'any approver'} />}
      </Fact>
      <Fact name="Approvals">
        {of.approvedBy.length} of {of.approversNeeded}
        {of.approvedBy.map((id) => (
          <span key={id} class="block">
            <Person id={id} />
          </span>
        ))}
      </Fact>
      {grantOffered === null ? null : (
        <Fact name="Can be agreed to beforehand">
          {grantOffered.count} calls, exactly this one, within {Math.round(grantOffered.forSeconds / 60)} min
        </Fact>
      )}
      {grant === null ? null : (
        <Fact name="Agreed to beforehand">
          {grant.left} more, until <When at={grant.until} />
        </Fact>
      )}
      {origin === null ? null : (
        <Fact name={origin.kind === 'edit' ? 'Proposed in place of' : 'Granted with'}>
          <a href={`/approvals/${origin.id}`}>{origin.id}</a>
        </Fact>
      )}
      <Fact name="Policy">
        <Digest of={of.policyVersion} />
      </Fact>
      <Fact name="Tool definition">
        <Digest of={of.definitionDigest} />
      </Fact>
      <Fact name="Arguments digest">
        <Digest of={of.argsDigest} />
      </Fact>
      {of.note === null ? null : (
        <Fact name="Note">
          <Visible text={of.note} />
        </Fact>
      )}
    </dl>
  );
}

/** How it came to be what it is. */
export function Timeline({ of }: { readonly of: ApprovalDetail['timeline'] }): JSX.Element {
  return (
    <ol class="timeline">
      {of.map(({ at, change, by, comment }, index) => (
        // Nothing else tells two steps of one millisecond apart.
        <li key={`${index} ${at}`}>
          <Badge of={change} /> {by === null ? null : <Person id={by} />}{' '}
          <span class="faint">
            <When at={at} />
          </span>
          {comment === null ? null : (
            <q class="comment">
              <Visible text={comment} lines />
            </q>
          )}
        </li>
      ))}
    </ol>
  );
}
