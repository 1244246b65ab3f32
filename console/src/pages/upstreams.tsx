import type { PinList } from '../../../src/core/admin-api/pin-view.ts';
import type { UpstreamList } from '../../../src/core/admin-api/upstream-view.ts';
import type { JSX } from 'preact';
import { Badge } from '../parts/badge.tsx';
import { Empty } from '../parts/empty.tsx';
import { Problem } from '../parts/problem.tsx';
import { Table } from '../parts/table.tsx';
import { Visible } from '../parts/visible.tsx';
import { When } from '../parts/when.tsx';
import { session } from '../session.ts';
import { useTitle } from '../title.ts';
import { useData } from '../use-data.ts';

export function Upstreams(): JSX.Element {
  const { value, problem } = useData<UpstreamList>('/api/upstreams', ({ kind }) => kind === 'upstreams');
  useTitle('Upstreams');
  return (
    <>
      <h1>Upstreams</h1>
      <Problem of={problem} />
      {session.roles.has('viewer') && session.roles.size === 1 ? null : <Review />}
      <h2>Servers behind the gateway</h2>
      {value?.upstreams.length === 0 ? (
        <Empty title="There is no upstream.">Name one in countersign.yaml.</Empty>
      ) : null}
      <Table
        caption="Upstreams and how they are"
        head={['Upstream', 'State', 'Transport', 'Revision', 'Tools', 'Last fault']}
        rows={(value?.upstreams ?? []).map((each) => ({
          key: each.name,
          cells: [
            <a href={`/upstreams/${each.name}`}>
              <Visible text={each.name} />
            </a>,
            <Badge of={each.state} />,
            each.transport,
            each.revision ?? '–',
            each.tools ?? '–',
            each.lastFault === null ? '–' : <Visible text={each.lastFault} />,
          ],
        }))}
      />
    </>
  );
}

/** Definitions that are hidden from hosts until somebody has looked at them. */
function Review(): JSX.Element | null {
  const { value, problem } = useData<PinList>('/api/pins?status=pending', ({ kind }) => kind === 'pin');
  if (value === null) return <Problem of={problem} />;
  if (value.pins.length === 0) return null;
  return (
    <>
      <h2>Definitions to review: {value.pins.length}</h2>
      <Table
        caption="Tool definitions that hosts do not see before an operator approves them"
        head={['Tool', 'Why', 'Since']}
        rows={value.pins.map(({ id, upstream, tool, why, firstSeenAt }) => ({
          key: id,
          cells: [
            <a href={`/pins/${id}`}>
              <Visible text={`${upstream}/${tool}`} />
            </a>,
            <Visible text={why.join('; ')} />,
            <When at={firstSeenAt} />,
          ],
        }))}
      />
    </>
  );
}
