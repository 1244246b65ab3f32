import type { AuditEntry } from '../../core/audit/entry.ts';
import type { CommitQueue } from './commit-queue.ts';
import { endCalls } from './end-calls.ts';

/**
 * Closes what the process before this one left open: whether those calls ran is not known, so that is what the log says. One unit, so
 * that a crash during recovery leaves it to be done anew.
 */
export async function recoverOpenCalls(commits: CommitQueue, nowMs: number): Promise<void> {
  const open = await commits.ask('open-calls', null);
  const executing = await commits.ask('executing-approvals', null);
  if (open.length === 0 && executing.length === 0) return;
  const ended = endCalls(open, 'unknown', nowMs, executing);
  const detail = `the process before this one ended with ${open.length} calls under way`;
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
