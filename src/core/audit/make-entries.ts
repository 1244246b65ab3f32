import type { ApprovalId } from '../approval/approval.ts';
import type { AskEntry, CallId, OutcomeEntry } from './entry.ts';

/** The outcome of a call of which nobody has seen a result: what became of it is all there is to say. */
export function outcomeWithoutResult(
  { callId, approvalId }: { readonly callId: CallId; readonly approvalId: ApprovalId | null },
  { timeMs, outcome, detail }: Pick<OutcomeEntry, 'timeMs' | 'outcome' | 'detail'>,
): OutcomeEntry {
  return {
    kind: 'outcome',
    timeMs,
    callId,
    outcome,
    approvalId,
    resultDigest: null,
    resultBytes: null,
    latencyMs: null,
    detail,
  };
}

type Asked = 'timeMs' | 'callId' | 'change' | 'round' | 'upstream' | 'asks';

/** A question of a running call; what is not said of it is `null`. */
export function askEntry(said: Pick<AskEntry, Asked> & Partial<Omit<AskEntry, Asked | 'kind'>>): AskEntry {
  return {
    kind: 'ask',
    digest: null,
    viaCallId: null,
    credentialId: null,
    policyVersion: null,
    ruleId: null,
    detail: null,
    ...said,
  };
}
