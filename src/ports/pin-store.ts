import type { AuditEntry } from '../core/audit/entry.ts';
import type { Pin, PinStatus } from '../core/catalog/pin.ts';

export interface PinDecision {
  readonly status: Exclude<PinStatus, 'replaced'>;
  /** `null`: the gateway itself, because the upstream went back to it. */
  readonly decidedBy: string | null;
  readonly why: readonly string[];
  readonly decidedMs: number;
}

/** Throws `StoreError` when it cannot answer; an error is never an empty answer. */
export interface PinStore {
  /** Every pin, the oldest first. */
  load(): Promise<readonly Pin[]>;
  /** Pins that are there already are left as they are. */
  add(pins: readonly Pin[], entries: readonly AuditEntry[]): Promise<void>;
  /**
   * Resolves to `false`, with nothing stored, when there is no such pin or it has that status already. A pin that becomes trusted
   * replaces the one of the same tool that was.
   */
  decide(id: string, decision: PinDecision, entries: readonly AuditEntry[]): Promise<boolean>;
}
