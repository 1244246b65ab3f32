import type { ApprovalList } from '../../../src/core/admin-api/approval-view.ts';
import { useEffect, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { Badge } from '../parts/badge.tsx';
import { Problem } from '../parts/problem.tsx';
import { Table } from '../parts/table.tsx';
import { Visible } from '../parts/visible.tsx';
import { When } from '../parts/when.tsx';
import { useData } from '../use-data.ts';

export function History(): JSX.Element {
  const [text, setText] = useState('');
  const { value, problem } = useData<ApprovalList>('/api/approvals?limit=200', ({ kind }) =>
    ['approval', 'outcome'].includes(kind),
  );
  useEffect(() => {
    document.title = 'History · Countersign';
  }, []);
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = (value?.approvals ?? []).filter((each) => {
    const about =
      `${each.status} ${each.requester} ${each.upstream}/${each.tool} ${each.decidedBy ?? ''}`.toLowerCase();
    return words.every((word) => about.includes(word));
  });
  return (
    <>
      <div class="title">
        <h1>History</h1>
        <input
          type="search"
          aria-label="Filter by person, tool or status"
          placeholder="person, tool, status"
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </div>
      <Problem of={problem} />
      <Table
        caption="The newest 200 requests"
        head={['Status', 'Request', 'Asked', 'Decided by']}
        rows={found.map(({ id, status, requester, upstream, tool, createdAt, decidedBy }) => ({
          key: id,
          cells: [
            <Badge of={status} />,
            <a href={`/approvals/${id}`}>
              <Visible text={`${requester}: ${upstream}/${tool}`} />
            </a>,
            <When at={createdAt} />,
            decidedBy === null ? '–' : <Visible text={decidedBy} />,
          ],
        }))}
      />
    </>
  );
}
