import type { ApprovalId } from '../../core/approval/approval.ts';
import { outcomeWithoutResult } from '../../core/audit/make-entries.ts';
import type { OpenCall } from './messages.ts';
import type { Unit } from './unit-queue.ts';

/** An outcome entry for each call, and the end of the approvals that they were about to spend. */
export function endCalls(
  calls: readonly OpenCall[],
  outcome: keyof typeof ENDINGS,
  nowMs: number,
  executing: readonly ApprovalId[] = calls.flatMap(({ approvalId }) => approvalId ?? []),
): Unit {
  const { status, note } = ENDINGS[outcome];
  return {
    entries: calls.map((call) => outcomeWithoutResult(call, { timeMs: nowMs, outcome, detail: note })),
    mutation: { kind: 'end-approvals', ids: executing, change: { status, atMs: nowMs, finishedMs: nowMs, note } },
  };
}

const ENDINGS = {
  unknown: { status: 'outcome-unknown', note: 'the gateway stopped before the outcome was recorded' },
  'not-dispatched': { status: 'failed', note: 'not run, because the store could not be written' },
} as const;
