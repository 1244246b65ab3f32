import type { AuditEntry, CallId, DecisionEntry, OutcomeEntry } from './entry.ts';

/** What became of one call, in one line for operators. Holds no argument, result, detail or credential: those are in the audit log, or nowhere. */
export interface CallLine {
  readonly callId: CallId;
  readonly principal: string;
  readonly client: string;
  readonly method: string;
  /** `crm/update_deal`; `null` where the call named nothing that there is. */
  readonly target: string | null;
  readonly decision: DecisionEntry['decision'];
  readonly ruleId: string | null;
  readonly reasons: readonly string[];
  readonly approvalId: string | null;
  /** `null`: no upstream saw the call. */
  readonly outcome: OutcomeEntry['outcome'] | null;
  readonly latencyMs: number | null;
  readonly resultBytes: number | null;
}

/** Calls under way that a line is still owed for. Of more, the oldest go without. */
const UNDER_WAY_MAX = 10_000;

/**
 * Makes lines of entries as they are stored: at the decision where that is the end, and at the outcome otherwise. A call that waits for a person
 * has one for each: when it begins to wait, and when it has run.
 */
export function createCallLines(write: (line: CallLine) => void): (entries: readonly AuditEntry[]) => void {
  const underWay = new Map<CallId, DecisionEntry>();

  function take(entry: AuditEntry): void {
    if (entry.kind === 'decision') {
      if (entry.decision !== 'allow' || entry.upstream === null) write(lineOf(entry, null));
      if (entry.decision === 'deny' || entry.upstream === null) return;
      underWay.set(entry.callId, entry);
      const oldest = underWay.size > UNDER_WAY_MAX ? underWay.keys().next().value : undefined;
      if (oldest !== undefined) underWay.delete(oldest);
    } else if (entry.kind === 'outcome') {
      const decision = underWay.get(entry.callId);
      underWay.delete(entry.callId);
      if (decision !== undefined) write(lineOf(decision, entry));
    }
  }
  return (entries) => {
    for (const entry of entries) take(entry);
  };
}

function lineOf(decision: DecisionEntry, outcome: OutcomeEntry | null): CallLine {
  const { callId, principal, client, method, upstream, tool, ruleId, reasons } = decision;
  return {
    callId,
    principal,
    client,
    method,
    target: upstream === null ? null : `${upstream}/${tool ?? ''}`,
    decision: decision.decision,
    ruleId,
    reasons,
    approvalId: outcome?.approvalId ?? decision.approvalId,
    outcome: outcome?.outcome ?? null,
    latencyMs: outcome?.latencyMs ?? null,
    resultBytes: outcome?.resultBytes ?? null,
  };
}
