import type { AuditEntry } from '../core/audit/entry.ts';

/** An entry as stored: `leaf` is the exact text that the log commits to. */
export interface AuditRecord {
  readonly sequence: number;
  /** Canonical JSON of `{"entry":…,"seq":…,"v":1}`. */
  readonly leaf: string;
  /** Canonical JSON of the salted payload; `null` where there was none, or it was pruned. */
  readonly payload: string | null;
}

/** Which entries to read: the newest `limit`, or the first `limit` after a sequence number. */
export interface AuditQuery {
  readonly limit: number;
  readonly afterSequence: number | null;
  /** Then they are not read at all. */
  readonly leaveOutPayloads?: true;
}

export interface AuditHealth {
  readonly writable: boolean;
  /** For an operator; `null` while writable. */
  readonly problem: string | null;
}

/**
 * The append-only log. Sequence numbers start at 1 and have no gaps. Entries of one call to `record` are stored all or none, in
 * order. Nothing here can change or remove an entry.
 */
export interface AuditLog {
  /**
   * Resolves when the entries are on stable storage, with the sequence number of the last one. Throws `StoreError` otherwise, and
   * then none of them is stored, unless the store was lost at that very moment; the caller must treat the call as not recorded.
   * An outcome may be tried again: if it turns out to be stored already, this resolves without storing it twice.
   */
  record(entries: readonly AuditEntry[]): Promise<number>;
  /** Oldest first. May give fewer than `limit` where they are large; there are no more only when it gives none. */
  read(query: AuditQuery): Promise<readonly AuditRecord[]>;
  find(sequence: number): Promise<AuditRecord | null>;
  health(): AuditHealth;
}
