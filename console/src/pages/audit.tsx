import type { AuditView } from '../../../src/core/admin-api/audit-view.ts';
import type { JSX } from 'preact';
import { Badge } from '../parts/badge.tsx';
import { Empty } from '../parts/empty.tsx';
import { ExportLink } from '../parts/export-link.tsx';
import { LogPage } from '../parts/log-page.tsx';
import { Table } from '../parts/table.tsx';
import { Verification } from '../parts/verification.tsx';
import { Visible } from '../parts/visible.tsx';
import { When } from '../parts/when.tsx';

const CHOICE = {
  label: 'Kind',
  name: 'kind',
  of: (entries: readonly AuditView[]) => entries.map(({ kind }) => kind),
  valueOf: ({ kind }: AuditView) => kind,
};

/** The log, newest first, as it grows; what is searched is what is loaded. Payloads are on the page of an entry. */
export function Audit(): JSX.Element {
  return (
    <LogPage
      title="Audit log"
      search={{ label: 'Search the loaded entries', placeholder: 'search what is loaded' }}
      choice={CHOICE}
      aboutOf={(entry) => JSON.stringify(entry)}
    >
      {(found, { entries, hasOlder, loadOlder }) => (
        <>
          <Verification />
          {found.length === 0 && entries.length > 0 ? <Empty title="Nothing that is loaded matches." /> : null}
          <Table
            caption="Entries of the audit log, newest first"
            head={['No.', 'When', 'Kind', 'What']}
            rows={found.map((entry) => ({
              key: String(entry.seq),
              cells: [
                <a href={`/audit/${entry.seq}`}>{entry.seq}</a>,
                <When at={entry.timeMs} />,
                entry.kind,
                <Summary of={entry} />,
              ],
            }))}
          />
          <p class="buttons">
            {hasOlder ? <button onClick={loadOlder}>Load older</button> : null}
            <button onClick={() => download(found)}>Download what is shown</button>
            <ExportLink />
            <span class="faint">One JSON text a line, without payloads. Exports are recorded.</span>
          </p>
        </>
      )}
    </LogPage>
  );
}

const SUMMARY = ['principal', 'upstream', 'tool', 'user', 'by', 'reason', 'reasons', 'detail', 'comment'];

function Summary({ of }: { readonly of: AuditView }): JSX.Element {
  const state = [of['decision'], of['outcome'], of['change']].find((each) => typeof each === 'string');
  const words = SUMMARY.flatMap((name) => {
    const value = of[name];
    return typeof value === 'string' ? [value] : Array.isArray(value) ? [value.join(', ')] : [];
  });
  return (
    <>
      {typeof state === 'string' ? <Badge of={state} /> : null} <Visible text={words.join(' · ')} />
    </>
  );
}

function download(entries: readonly AuditView[]): void {
  const lines = entries.toReversed().map((entry) => `${JSON.stringify(entry)}\n`);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob(lines, { type: 'application/jsonl' }));
  link.download = `audit-${entries.at(-1)?.seq ?? 0}-${entries[0]?.seq ?? 0}.jsonl`;
  link.click();
  URL.revokeObjectURL(link.href);
}
