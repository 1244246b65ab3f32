import { hasWords } from '../../core/has-words.ts';
import type { Administrator } from '../../core/identity/principal.ts';
import { err, ok } from '../../core/result.ts';
import { formatTimestamp } from '../../core/timestamp.ts';
import type { AuditLog } from '../../ports/audit-log.ts';
import { StoreError } from '../../ports/store-error.ts';
import type { AdminFault, Administration, AuditExportQuery } from '../administration.ts';
import type { AuditAdminDeps } from './audit.ts';
import { checkRole, withStore } from './admin-fault.ts';

/** Entries that are read at once: little enough that nobody who writes has to wait for it. */
const PAGE_ENTRIES = 500;
/** Each takes the store's time and a connection, for as long as its reader likes. */
const EXPORTS_AT_ONCE_MAX = 4;

const TOO_MANY: AdminFault = {
  kind: 'unavailable',
  message: 'too many exports are under way',
  help: 'Wait for one of them to end, or end it.',
};

/** The log as it is stored, in lines, up to the entry that says who asked for it. It is that entry that lets it begin. */
export function createExportAdministration(deps: AuditAdminDeps): Pick<Administration, 'exportAudit'> {
  let underWay = 0;

  async function* counted(lines: AsyncIterable<string>): AsyncGenerator<string> {
    underWay += 1;
    try {
      yield* lines;
    } finally {
      underWay -= 1;
    }
  }

  return {
    exportAudit: (by, query) => {
      const fault = checkRole(by, 'auditor') ?? (underWay >= EXPORTS_AT_ONCE_MAX ? TOO_MANY : null);
      if (fault !== null) return Promise.resolve(err(fault));
      return withStore(async () => ok(counted(await begin(deps, by, query))));
    },
  };
}

async function begin(
  { audit, clock }: AuditAdminDeps,
  by: Administrator,
  query: AuditExportQuery,
): Promise<AsyncIterable<string>> {
  const entry = { kind: 'gateway', change: 'exported', policyVersion: null, by: by.user } as const;
  const until = await audit.record([{ ...entry, timeMs: clock.nowMs(), detail: describe(query) }]);
  const after = query.sinceMs === null ? 0 : await findBefore(audit, query.sinceMs, until);
  return readLines(audit, query, { after, until });
}

function describe({ sinceMs, untilMs, kind, words }: AuditExportQuery): string {
  const parts = [
    ...(sinceMs === null ? [] : [`since ${formatTimestamp(sinceMs)}`]),
    ...(untilMs === null ? [] : [`until ${formatTimestamp(untilMs)}`]),
    ...(kind === null ? [] : [`of the kind ${kind}`]),
    ...(words === null ? [] : [`with ${words}`]),
  ];
  return parts.length === 0 ? 'all entries' : `entries ${parts.join(', ')}`;
}

/** The number before the first entry of this moment or later, found by halving. */
async function findBefore(audit: AuditLog, fromMs: number, newest: number): Promise<number> {
  let [low, high] = [1, newest];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const record = await audit.find(middle);
    if (record === null || entryOf(record.leaf).timeMs >= fromMs) high = middle;
    else low = middle + 1;
  }
  return low - 1;
}

/** One page at a time, and the next only when the reader has taken this one. */
async function* readLines(
  audit: AuditLog,
  { untilMs, kind, words }: AuditExportQuery,
  { after: first, until }: { readonly after: number; readonly until: number },
): AsyncGenerator<string> {
  const isEverything = untilMs === null && kind === null && words === null;
  let after = first;
  while (after < until) {
    const page = await audit.read({ limit: PAGE_ENTRIES, afterSequence: after, leaveOutPayloads: true });
    if (page.length === 0) throw new StoreError('corrupt', `the log ends before entry ${until}`);
    let lines = '';
    for (const { sequence, leaf } of page) {
      const entry = isEverything ? null : entryOf(leaf);
      const isOver = sequence > until || (entry !== null && untilMs !== null && entry.timeMs >= untilMs);
      if (isOver) {
        if (lines !== '') yield lines;
        return;
      }
      after = sequence;
      const isWanted = (kind === null || entry?.kind === kind) && (words === null || hasWords(leaf, words));
      if (isWanted) lines += `${leaf}\n`;
    }
    if (lines !== '') yield lines;
  }
}

/** Our own canonical JSON: the log wrote it. */
function entryOf(leaf: string): { readonly kind: string; readonly timeMs: number } {
  return (JSON.parse(leaf) as { entry: { kind: string; timeMs: number } }).entry;
}
