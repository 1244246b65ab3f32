import type { DatabaseSync } from 'node:sqlite';
import type { AuditQuery, AuditRecord } from '../../ports/audit-log.ts';

export interface AuditTable {
  append(sequence: number, leaf: string, payload: string | null): void;
  /** 0 where there is none. */
  lastSequence(): number;
  find(sequence: number): AuditRecord | null;
  read(query: AuditQuery): readonly AuditRecord[];
}

/** One page of the log, whatever was asked for: payloads hold the arguments of calls and can be large. */
const PAGE_ENTRIES_MAX = 1000;
const PAGE_CHARS_MAX = 8 * 1024 * 1024;

const COLUMNS = 'seq AS sequence, leaf, payload';
const WITHOUT_PAYLOAD = 'seq AS sequence, leaf, NULL AS payload';

export function createAuditTable(db: DatabaseSync): AuditTable {
  const append = db.prepare('INSERT INTO audit_log (seq, leaf, payload) VALUES (?, ?, ?)');
  const last = db.prepare('SELECT coalesce(max(seq), 0) AS last FROM audit_log');
  const find = db.prepare(`SELECT ${COLUMNS} FROM audit_log WHERE seq = ?`);
  const prepareNewest = (columns: string) => db.prepare(`SELECT ${columns} FROM audit_log ORDER BY seq DESC LIMIT ?`);
  const prepareAfter = (columns: string) =>
    db.prepare(`SELECT ${columns} FROM audit_log WHERE seq > ? ORDER BY seq LIMIT ?`);
  const [newest, newestLeaves] = [prepareNewest(COLUMNS), prepareNewest(WITHOUT_PAYLOAD)];
  const [after, leavesAfter] = [prepareAfter(COLUMNS), prepareAfter(WITHOUT_PAYLOAD)];

  return {
    append: (sequence, leaf, payload) => void append.run(sequence, leaf, payload),
    lastSequence: () => Number(last.get()?.['last']),
    find: (sequence) => (find.get(sequence) as AuditRow | undefined) ?? null,
    read({ limit, afterSequence, leaveOutPayloads }) {
      const rowsMax = Math.min(limit, PAGE_ENTRIES_MAX);
      if (afterSequence !== null)
        return takePage((leaveOutPayloads ? leavesAfter : after).iterate(afterSequence, rowsMax));
      return takePage((leaveOutPayloads ? newestLeaves : newest).iterate(rowsMax)).toReversed();
    },
  };
}

type AuditRow = AuditRecord & Record<string, unknown>;

function takePage(rows: Iterable<unknown>): readonly AuditRecord[] {
  const page: AuditRecord[] = [];
  let chars = 0;
  for (const row of rows as Iterable<AuditRow>) {
    chars += row.leaf.length + (row.payload?.length ?? 0);
    if (page.length > 0 && chars > PAGE_CHARS_MAX) break;
    page.push(row);
  }
  return page;
}
