import type { AuditEntry } from '../../core/audit/entry.ts';
import { LEFT_CALLS_MAX } from '../../ports/open-call-store.ts';
import type { CommitQueue } from './commit-queue.ts';
import { endCalls } from './end-calls.ts';
import type { OpenCall } from './messages.ts';

/**
 * Closes what the process before this one left open and nobody can go on with: whether those calls ran is not known, so that is what the
 * log says. One unit, so that a crash during recovery leaves it to be done anew.
 */
export async function recoverOpenCalls(commits: CommitQueue, nowMs: number): Promise<void> {
  const open = await commits.ask('open-calls', null);
  const executing = await commits.ask('executing-approvals', null);
  const left = leftOf(open, nowMs);
  const spent = new Set([...left].map(({ approvalId }) => approvalId));
  const lost = open.filter((call) => !left.has(call));
  const ending = executing.filter((id) => !spent.has(id));
  if (lost.length === 0 && ending.length === 0) return;
  const ended = endCalls(lost, 'unknown', nowMs, ending);
  const detail = `the process before this one ended with ${lost.length} calls under way`;
  const recovered: AuditEntry = {
    kind: 'gateway',
    timeMs: nowMs,
    change: 'recovered',
    policyVersion: null,
    by: null,
    detail,
  };
  await commits.commit({ ...ended, entries: [...ended.entries, recovered] });
}

/** Those that can go on. */
function leftOf(open: readonly OpenCall[], nowMs: number): ReadonlySet<OpenCall> {
  const kept = open.filter(({ untilMs }) => untilMs !== null && untilMs > nowMs);
  return new Set(kept.toSorted((a, b) => (b.untilMs ?? 0) - (a.untilMs ?? 0)).slice(0, LEFT_CALLS_MAX));
}
