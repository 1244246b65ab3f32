import type { FoundLeaf } from '../core/audit/verify/check-log.ts';

/** Some entries of a log, in order. */
export interface LogPage {
  readonly found: readonly FoundLeaf[];
  /** The calls that the store takes for open, as of these entries; `null` where there are more entries. */
  readonly openCalls: readonly string[] | null;
}

/** A log as it lies on the disk, only looked at: nothing is opened for writing, and what is damaged is given as it is. */
export interface StoredLog {
  /** The entries after this number. Throws `StoreError` where the file cannot be read. */
  read(afterSequence: number): LogPage;
  close(): void;
}
