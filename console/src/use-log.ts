import type { AuditList, AuditView } from '../../src/core/admin-api/audit-view.ts';
import { useCallback, useEffect, useState } from 'preact/hooks';
import { api, type ApiProblem } from './api.ts';
import { type LiveEvent, useLive } from './live.ts';

export interface Log {
  /** Newest first, without payloads. */
  readonly entries: readonly AuditView[];
  readonly problem: ApiProblem | null;
  readonly hasOlder: boolean;
  readonly loadOlder: () => void;
}

const PAGE = 100;
const KEPT_MAX = 2000;

/** The newest entries of the log, as it grows while `isLive`, and older ones on demand. */
export function useLog(isLive: boolean): Log {
  const [entries, setEntries] = useState<readonly AuditView[]>([]);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const add = useCallback((more: readonly AuditView[]) => setEntries((known) => merge(known, more)), []);
  const load = useCallback(
    (query: string) => {
      api
        .get<AuditList>(`/api/audit?payloads=none&limit=${PAGE}${query}`)
        .then((list) => add(list.entries), setProblem);
    },
    [add],
  );
  useEffect(() => load(''), [load]);
  useLive(
    useCallback(
      ({ kind, entry }: LiveEvent) => {
        if (!isLive) return;
        if (entry !== null) add([entry]);
        else if (kind === 'gap') load('');
      },
      [isLive, add, load],
    ),
  );
  const oldest = entries.at(-1)?.seq ?? 0;
  return {
    entries,
    problem,
    hasOlder: oldest > 1 && entries.length < KEPT_MAX,
    loadOlder: () => load(`&after=${Math.max(0, oldest - PAGE - 1)}`),
  };
}

function merge(known: readonly AuditView[], more: readonly AuditView[]): readonly AuditView[] {
  const all = new Map([...known, ...more].map((entry) => [entry.seq, entry]));
  return [...all.values()].toSorted((a, b) => b.seq - a.seq).slice(0, KEPT_MAX);
}
