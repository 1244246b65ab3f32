import type { AuditView } from '../../../src/core/admin-api/audit-view.ts';
import type { JSX } from 'preact';
import { Badge } from '../parts/badge.tsx';
import { Empty } from '../parts/empty.tsx';
import { LogPage } from '../parts/log-page.tsx';
import { Person } from '../parts/person.tsx';
import { Table } from '../parts/table.tsx';
import { Visible } from '../parts/visible.tsx';
import { When } from '../parts/when.tsx';
import type { Log } from '../use-log.ts';

const SHOWN_MAX = 200;
const CHOICE = {
  label: 'Decision',
  name: 'effect',
  of: () => ['allow', 'approve', 'deny'],
  valueOf: (entry: AuditView) => entry['decision'],
};

/** Every decision as it is made, and what became of it. */
export function Live(): JSX.Element {
  return (
    <LogPage
      title="Live decisions"
      search={{ label: 'Filter by person, tool or reason', placeholder: 'person, tool, reason' }}
      choice={CHOICE}
      aboutOf={aboutOf}
    >
      {(found, { entries }) => <Decisions of={found.slice(0, SHOWN_MAX)} entries={entries} />}
    </LogPage>
  );
}

function Decisions({
  of,
  entries,
}: {
  readonly of: readonly AuditView[];
  readonly entries: Log['entries'];
}): JSX.Element {
  if (of.length === 0)
    return (
      <Empty title={entries.some(({ kind }) => kind === 'decision') ? 'Nothing matches.' : 'No call was decided yet.'}>
        Decisions appear here as they are made.
      </Empty>
    );
  const outcomes = new Map(entries.filter(({ kind }) => kind === 'outcome').map((entry) => [entry['callId'], entry]));
  return (
    <Table
      caption="Decisions, newest first"
      head={['When', 'Decision', 'Who', 'What', 'Why', 'Outcome']}
      rows={of.map((entry) => ({
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

function aboutOf(entry: AuditView): string | null {
  if (entry.kind !== 'decision') return null;
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
