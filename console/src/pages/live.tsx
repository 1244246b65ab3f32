import type { AuditView } from '../../../src/core/admin-api/audit-view.ts';
import { useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { Badge } from '../parts/badge.tsx';
import { Empty } from '../parts/empty.tsx';
import { Choice, Filter, hasWords } from '../parts/filter.tsx';
import { Person } from '../parts/person.tsx';
import { Problem } from '../parts/problem.tsx';
import { Table } from '../parts/table.tsx';
import { Visible } from '../parts/visible.tsx';
import { When } from '../parts/when.tsx';
import { useQuery } from '../router.ts';
import { useTitle } from '../title.ts';
import { useLog } from '../use-log.ts';

const SHOWN_MAX = 200;

/** Every decision as it is made, and what became of it. */
export function Live(): JSX.Element {
  const [isLive, setLive] = useState(true);
  const [query, set] = useQuery();
  const { entries, problem } = useLog(isLive);
  useTitle('Live');
  const outcomes = new Map(entries.filter(({ kind }) => kind === 'outcome').map((entry) => [entry['callId'], entry]));
  const decisions = entries.filter(({ kind }) => kind === 'decision');
  const effect = query.get('effect') ?? '';
  const found = decisions
    .filter((entry) => effect === '' || entry['decision'] === effect)
    .filter((entry) => hasWords(aboutOf(entry), query.get('q') ?? ''))
    .slice(0, SHOWN_MAX);
  return (
    <>
      <div class="title">
        <h1>Live decisions</h1>
        <Filter
          label="Filter by person, tool or reason"
          placeholder="person, tool, reason"
          value={query.get('q') ?? ''}
          onChange={(text) => set('q', text)}
        />
        <Choice
          label="Decision"
          value={effect}
          of={['allow', 'approve', 'deny']}
          onChange={(text) => set('effect', text)}
        />
        <label class="inline">
          <input type="checkbox" checked={isLive} onChange={() => setLive(!isLive)} /> follow
        </label>
      </div>
      <Problem of={problem} />
      {found.length === 0 ? (
        <Empty title={decisions.length === 0 ? 'No call was decided yet.' : 'Nothing matches.'}>
          Decisions appear here as they are made.
        </Empty>
      ) : (
        <Table
          caption="Decisions, newest first"
          head={['When', 'Decision', 'Who', 'What', 'Why', 'Outcome']}
          rows={found.map((entry) => ({
            key: String(entry.seq),
            cells: [
              <a href={`/audit/${entry.seq}`}>
                <When at={entry.timeMs} />
              </a>,
              <Badge of={textOf(entry['decision'])} />,
              <Person id={textOf(entry['principal'])} />,
              <Visible text={targetOf(entry)} />,
              <Visible text={reasonsOf(entry)} />,
              <Outcome of={outcomes.get(entry['callId'])} />,
            ],
          }))}
        />
      )}
    </>
  );
}

function Outcome({ of }: { readonly of: AuditView | undefined }): JSX.Element {
  if (of === undefined) return <span class="faint">–</span>;
  const ms = of['latencyMs'];
  return (
    <>
      <Badge of={textOf(of['outcome'])} />
      {typeof ms === 'number' ? <span class="faint"> {Math.round(ms)} ms</span> : null}
    </>
  );
}

function aboutOf(entry: AuditView): string {
  return `${textOf(entry['principal'])} ${targetOf(entry)} ${reasonsOf(entry)} ${textOf(entry['ruleId'])}`;
}

function targetOf(entry: AuditView): string {
  const name = [entry['tool'], entry['resource'], entry['prompt'], entry['method']].find(
    (each) => typeof each === 'string',
  );
  return [entry['upstream'], name].filter((each) => typeof each === 'string').join('/');
}

function reasonsOf({ reasons }: AuditView): string {
  return Array.isArray(reasons) ? reasons.join(', ') : '';
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '–';
}
