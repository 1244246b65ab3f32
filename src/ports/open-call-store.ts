import type { ApprovalId } from '../core/approval/approval.ts';
import type { AuditEntry, CallId } from '../core/audit/entry.ts';

/** A call that an upstream has seen, that has no outcome yet, and that another process could go on with. */
export interface KeptCall {
  readonly callId: CallId;
  /** Which round waits for its host; `null`: it waits for a task of its upstream, and for no host. */
  readonly round: number | null;
  /** From then on it is over, like one that nobody kept. */
  readonly untilMs: number;
  /** What going on takes, sealed. */
  readonly sealed: string;
}

/** The same, as a process that ended left it. */
export interface LeftCall extends KeptCall {
  /** The approval that it spent; `null`: it needed none. */
  readonly approvalId: ApprovalId | null;
}

/** Calls that a restart leaves open. Their outcome ends that. Throws `StoreError` when it cannot answer. */
export interface OpenCallStore {
  /** Keeps what going on takes, in place of what was kept before. `false`, with nothing stored: the call is not open. */
  keep(call: KeptCall): Promise<boolean>;
  /**
   * Compare and set: the answers to this round have come, and it can never be answered again. Stored in one transaction with its entries.
   * `false`, with nothing stored: it is not the round that waits, or its time is over.
   */
  takeRound(round: TakenRound, entries: readonly AuditEntry[]): Promise<boolean>;
  /** All that is kept; right after a start, what the processes before left, up to `LEFT_CALLS_MAX`. */
  listKept(): Promise<readonly LeftCall[]>;
}

export interface TakenRound {
  readonly callId: CallId;
  readonly round: number;
  readonly nowMs: number;
}

/** Left calls that a start takes over. More than that, of those that would end first, are over. */
export const LEFT_CALLS_MAX = 1000;
