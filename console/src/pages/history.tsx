import type { ApprovalList, ApprovalView } from '../../../src/core/admin-api/approval-view.ts';
import { hasWords } from '../../../src/core/has-words.ts';
import type { JSX } from 'preact';
import { Badge } from '../parts/badge.tsx';
import { Empty } from '../parts/empty.tsx';
import { Choice } from '../parts/filter.tsx';
import { Person } from '../parts/person.tsx';
import { Problem } from '../parts/problem.tsx';
import { Table } from '../parts/table.tsx';
import { TitleBar } from '../parts/title-bar.tsx';
import { Visible } from '../parts/visible.tsx';
import { When } from '../parts/when.tsx';
import { useQuery } from '../router.ts';
import { useTitle } from '../title.ts';
import { useData } from '../use-data.ts';

/** What was asked and what became of it. The address holds the filter, so that a view can be sent to somebody. */
export function History(): JSX.Element {
  const [query, set] = useQuery();
  const { value, problem } = useData<ApprovalList>('/api/approvals?limit=200', ({ kind }) =>
    ['approval', 'outcome'].includes(kind),
  );
  useTitle('History');
  const of = (name: string): string => query.get(name) ?? '';
  const all = value?.approvals ?? [];
  const found = all.filter(
    (each) =>
      ['requester', 'upstream', 'tool', 'status'].every((name) => {
        const wanted = of(name);
        return wanted === '' || each[name as keyof ApprovalView] === wanted;
      }) && hasWords(`${each.requester} ${each.upstream}/${each.tool} ${each.status} ${each.decidedBy ?? ''}`, of('q')),
  );
  const choice = (label: string, name: 'requester' | 'upstream' | 'tool' | 'status'): JSX.Element => (
    <Choice label={label} value={of(name)} of={all.map((each) => each[name])} onChange={(text) => set(name, text)} />
  );
  return (
    <>
      <TitleBar
        title="History"
        filter={{
          label: 'Filter by person, tool or status',
          placeholder: 'person, tool, status',
          value: of('q'),
          onChange: (text) => set('q', text),
        }}
      >
        <a href="/figures">How people decide</a>
      </TitleBar>
      <div class="choices-row">
        {choice('Person', 'requester')}
        {choice('Upstream', 'upstream')}
        {choice('Tool', 'tool')}
        {choice('Outcome', 'status')}
      </div>
      <Problem of={problem} />
      {value !== null && found.length === 0 ? (
        <Empty title={all.length === 0 ? 'Nothing was asked yet.' : 'Nothing matches.'} />
      ) : (
        <Table
          caption="The newest 200 requests"
          head={['Status', 'Request', 'Asked', 'Decided by']}
          rows={found.map(({ id, status, requester, upstream, tool, createdAt, decidedBy }) => ({
            key: id,
            cells: [
              <Badge of={status} />,
              <a href={`/approvals/${id}`}>
                <Person id={requester} /> <span class="faint">·</span> <Visible text={`${upstream}/${tool}`} />
              </a>,
              <When at={createdAt} />,
              decidedBy === null ? '–' : <Person id={decidedBy} />,
            ],
          }))}
        />
      )}
    </>
  );
}
