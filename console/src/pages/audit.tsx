import type { AuditList, AuditView } from '../../../src/core/admin-api/audit-view.ts';
import { useCallback, useEffect, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { api } from '../api.ts';
import { type LiveEvent, useLive } from '../live.ts';
import { Badge } from '../parts/badge.tsx';
import { Table } from '../parts/table.tsx';
import { Visible } from '../parts/visible.tsx';
import { When } from '../parts/when.tsx';

const PAGE = 100;
const KEPT_MAX = 2000;

/** The log, newest first, as it grows; what is searched is what is loaded. Payloads are on the page of an entry. */
export function Audit(): JSX.Element {
  const [entries, setEntries] = useState<readonly AuditView[]>([]);
  const [text, setText] = useState('');
  const [isLive, setLive] = useState(true);
  const add = useCallback((more: readonly AuditView[]) => setEntries((known) => merge(known, more)), []);
  useEffect(() => {
    document.title = 'Audit log · Countersign';
    void load(`/api/audit?payloads=none&limit=${PAGE}`).then(add);
  }, [add]);
  useLive(useCallback(({ entry }: LiveEvent) => void (isLive && entry !== null && add([entry])), [isLive, add]));
  const oldest = entries.at(-1)?.seq ?? 0;
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = entries.filter((entry) => {
    const about = JSON.stringify(entry).toLowerCase();
    return words.every((word) => about.includes(word));
  });
  return (
    <>
      <div class="title">
        <h1>Audit log</h1>
        <input
          type="search"
          aria-label="Search the loaded entries"
          placeholder="search what is loaded"
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
        <label class="inline">
          <input type="checkbox" checked={isLive} onChange={() => setLive(!isLive)} /> follow
        </label>
      </div>
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
      {oldest > 1 ? (
        <button
          onClick={() =>
            void load(`/api/audit?payloads=none&limit=${PAGE}&after=${Math.max(0, oldest - PAGE - 1)}`).then(add)
          }
        >
          Load older
        </button>
      ) : null}
    </>
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

async function load(path: string): Promise<readonly AuditView[]> {
  return api.get<AuditList>(path).then(
    ({ entries }) => entries,
    () => [],
  );
}

function merge(known: readonly AuditView[], more: readonly AuditView[]): readonly AuditView[] {
  const all = new Map([...known, ...more].map((entry) => [entry.seq, entry]));
  return [...all.values()].toSorted((a, b) => b.seq - a.seq).slice(0, KEPT_MAX);
}
