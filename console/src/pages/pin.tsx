import type { ShownPin } from '../../../src/core/admin-api/pin-view.ts';
import type { JSX } from 'preact';
import { api } from '../api.ts';
import { Arguments } from '../parts/arguments.tsx';
import { Badge, Notice } from '../parts/badge.tsx';
import { Differences } from '../parts/differences.tsx';
import { Digest, Fact } from '../parts/facts.tsx';
import { Person } from '../parts/person.tsx';
import { Problem } from '../parts/problem.tsx';
import { useSend } from '../parts/use-send.ts';
import { Visible } from '../parts/visible.tsx';
import { When } from '../parts/when.tsx';
import { session } from '../session.ts';
import { useTitle } from '../title.ts';
import { useData } from '../use-data.ts';

/** A tool definition under review: what agents would be told, and how that differs from what they are told now. */
export function Pin({ id }: { readonly id: string }): JSX.Element {
  const path = `/api/pins/${encodeURIComponent(id)}`;
  const { value, problem, reload } = useData<ShownPin>(path, ({ kind }) => kind === 'pin');
  const deciding = useSend();
  useTitle(value === null ? 'Definition' : `${value.tool} · ${value.status}`);
  if (value === null) return <Problem of={problem} />;
  const decide = (decision: 'approve' | 'reject'): void =>
    deciding.send(async () => {
      await api.post(`${path}/${decision}`, {});
      reload();
    });
  return (
    <article>
      <p class="crumb">
        <a href="/upstreams">Upstreams</a>{' '}
        <a href={`/upstreams/${value.upstream}`}>
          <Visible text={value.upstream} />
        </a>{' '}
        <Badge of={value.status} />
      </p>
      <h1 class="sentence">
        <span class="light">The definition of </span>
        <code>
          <Visible text={value.tool} />
        </code>
        <span class="light"> on </span>
        <Visible text={value.upstream} />
      </h1>
      <Problem of={deciding.problem} />
      {value.why.map((why) => (
        <Notice key={why} tone="wait">
          <Visible text={why} />
        </Notice>
      ))}
      {value.differences.length > 0 ? (
        <>
          <h2>What is different from what hosts see now</h2>
          <Differences caption="Differences" of={value.differences} before="Hosts see" after="The upstream says" />
        </>
      ) : null}
      <h2>The definition, in the upstream's words</h2>
      <Arguments caption="Members of the definition" value={value.definition} />
      <dl class="facts">
        <Fact name="First seen">
          <When at={value.firstSeenAt} />
        </Fact>
        <Fact name="Digest">
          <Digest of={value.digest} />
        </Fact>
        {value.decidedBy === null ? null : (
          <Fact name="Decided">
            by <Person id={value.decidedBy} /> {value.decidedAt === null ? null : <When at={value.decidedAt} />}
          </Fact>
        )}
      </dl>
      {session.roles.has('operator') ? (
        <section class="decide" aria-label="Decision">
          <div class="act">
            <p class="faint">
              Approved, hosts see and call the tool as it is defined here. Rejected, it stays hidden as long as it is
              defined like this.
            </p>
            <div class="choices">
              <button
                class="reject"
                disabled={deciding.isBusy || value.status === 'rejected'}
                onClick={() => decide('reject')}
              >
                Reject
              </button>
              <button
                class="approve"
                disabled={deciding.isBusy || value.status === 'trusted'}
                onClick={() => decide('approve')}
              >
                Approve
              </button>
            </div>
          </div>
        </section>
      ) : (
        <p class="faint">Operators decide about definitions.</p>
      )}
    </article>
  );
}
