import type { FieldChange } from '../json/field-changes.ts';

/**
 * What the record is before the call that waits, and what it would be after, as far as the arguments tell. Made by a read of the
 * requester's own. Untrusted: an upstream's text.
 */
export interface ApprovalPreview {
  /** `failed`: the read was denied or ended in an error. `unavailable`: it was not made, or not in time. */
  readonly status: 'ready' | 'failed' | 'unavailable';
  readonly atMs: number;
  /** Names the read in the audit log; `null`: there was none. */
  readonly callId: string | null;
  /** Why there is nothing to see, or not all of it, in our words. */
  readonly note: string | null;
  /** What the call would change. */
  readonly changes: readonly FieldChange[];
  /** The other fields of the record: `after` is what it is before. */
  readonly unchanged: readonly FieldChange[];
}
