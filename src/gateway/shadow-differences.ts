import type { ShadowDifferenceView } from '../core/admin-api/shadow-view.ts';
import type { ShadowEntry } from '../core/audit/entry.ts';
import { formatTimestamp } from '../core/timestamp.ts';
import type { AuditLog } from '../ports/audit-log.ts';
import type { Clock } from '../ports/clock.ts';
import type { OperatorReport } from './deps.ts';

/** Who, what, and by which rules: what tells one difference from another. */
export type DifferenceFields = Omit<ShadowEntry, 'timeMs' | 'callId' | 'count'>;

/** Counts where a shadow policy differs, and records it sparingly. */
export interface ShadowDifferences {
  count(fields: DifferenceFields, callId: string): void;
  /** Records what is due: of one difference, an entry at once and then one a minute at most. Never rejects. */
  flush(): Promise<void>;
  /** Records what is not recorded yet, and forgets everything. Never rejects. */
  clear(): Promise<void>;
  view(): DifferencesView;
}

export interface DifferencesView {
  readonly differing: number;
  readonly beyond: number;
  readonly differences: readonly ShadowDifferenceView[];
}

export interface ShadowDifferencesDeps {
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly report: (problem: OperatorReport) => void;
}

/** Differences that are told apart. More are counted together and not recorded. */
const DIFFERENCES_MAX = 1000;
const RECORD_AGAIN_MS = 60_000;
/** As many as an administrator can look through. */
const VIEWED_MAX = 200;

interface Difference {
  readonly fields: DifferenceFields;
  total: number;
  unrecorded: number;
  lastCallId: string;
  lastMs: number;
  recordedMs: number;
}

export function createShadowDifferences({ audit, clock, report }: ShadowDifferencesDeps): ShadowDifferences {
  const differences = new Map<string, Difference>();
  let beyond = 0;

  async function record(due: readonly Difference[]): Promise<void> {
    const entries = due.map((each) => takeEntry(each, clock.nowMs()));
    if (entries.length === 0) return;
    await audit.record(entries).catch((error: unknown) => {
      for (const [index, each] of due.entries()) each.unrecorded += entries[index]?.count ?? 0;
      report({ callId: null, problem: 'differences of the shadow policy could not be recorded', error });
    });
  }

  function flush(): Promise<void> {
    const nowMs = clock.nowMs();
    const isDue = ({ unrecorded, recordedMs }: Difference) => unrecorded > 0 && nowMs - recordedMs >= RECORD_AGAIN_MS;
    return record([...differences.values()].filter(isDue));
  }

  return {
    flush,
    count(fields, callId) {
      const key = JSON.stringify(fields);
      const known = differences.get(key);
      if (known === undefined && differences.size >= DIFFERENCES_MAX) return void (beyond += 1);
      const difference = known ?? createDifference(fields);
      differences.set(key, difference);
      const nowMs = clock.nowMs();
      difference.total += 1;
      difference.unrecorded += 1;
      difference.lastCallId = callId;
      difference.lastMs = nowMs;
      if (nowMs - difference.recordedMs >= RECORD_AGAIN_MS) void record([difference]);
    },
    async clear() {
      const due = [...differences.values()].filter(({ unrecorded }) => unrecorded > 0);
      differences.clear();
      beyond = 0;
      await record(due);
    },
    view() {
      const all = [...differences.values()];
      return {
        differing: all.reduce((sum, { total }) => sum + total, beyond),
        beyond,
        differences: all
          .toSorted((a, b) => b.total - a.total)
          .slice(0, VIEWED_MAX)
          .map(viewDifference),
      };
    },
  };
}

function createDifference(fields: DifferenceFields): Difference {
  return { fields, total: 0, unrecorded: 0, lastCallId: '', lastMs: 0, recordedMs: Number.NEGATIVE_INFINITY };
}

/** What was counted since the last entry, as an entry of its own. */
function takeEntry(difference: Difference, nowMs: number): ShadowEntry {
  const { fields, unrecorded: count, lastCallId: callId } = difference;
  difference.unrecorded = 0;
  difference.recordedMs = nowMs;
  return { ...fields, timeMs: nowMs, callId, count };
}

function viewDifference({ fields, total: count, lastMs, lastCallId }: Difference): ShadowDifferenceView {
  const { principal, method, upstream, tool, decision, ruleId, shadowDecision, shadowRuleId, shadowReasons } = fields;
  const rules = { decision, ruleId, shadowDecision, shadowRuleId, shadowReasons };
  return { principal, method, upstream, tool, ...rules, count, lastCallId, lastAt: formatTimestamp(lastMs) };
}
