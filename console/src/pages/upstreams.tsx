import type { ToolList } from '../../../src/core/admin-api/policy-view.ts';
import type { UpstreamList } from '../../../src/core/admin-api/upstream-view.ts';
import { useEffect } from 'preact/hooks';
import type { JSX } from 'preact';
import { Badge } from '../parts/badge.tsx';
import { Problem } from '../parts/problem.tsx';
import { Table } from '../parts/table.tsx';
import { Visible } from '../parts/visible.tsx';
import { useData } from '../use-data.ts';

export function Upstreams(): JSX.Element {
  const { value, problem } = useData<UpstreamList>('/api/upstreams', ({ kind }) => kind === 'upstreams');
  useEffect(() => {
    document.title = 'Upstreams · Countersign';
  }, []);
  return (
    <>
      <h1>Upstreams</h1>
      <Problem of={problem} />
      <Table
        caption="Upstreams"
        head={['Name', 'State', 'Transport', 'Protocol', 'Tools', 'Last fault']}
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

export function Tools({ upstream }: { readonly upstream: string }): JSX.Element {
  const { value, problem } = useData<ToolList>(`/api/upstreams/${encodeURIComponent(upstream)}/tools`);
  useEffect(() => {
    document.title = `${upstream} · Countersign`;
  }, [upstream]);
  return (
    <>
      <p class="crumb">
        <a href="/upstreams">Upstreams</a>
      </p>
      <h1>
        Tools of <Visible text={upstream} />
      </h1>
      <Problem of={problem} />
      <Table
        caption="Tools, with the class that the policy gives them"
        head={['Tool', 'Class', 'Definition', 'Described by the upstream as']}
        rows={(value?.tools ?? []).map(({ name, classes, definitionDigest, description }) => ({
          key: name,
          cells: [
            <code>
              <Visible text={name} />
            </code>,
            (classes.length === 0 ? ['unclassified'] : classes).map((each) => <Badge key={each} of={each} />),
            <code title={definitionDigest}>{definitionDigest.slice(0, 12)}</code>,
            description === null ? '–' : <Visible text={description} />,
          ],
        }))}
      />
    </>
  );
}
