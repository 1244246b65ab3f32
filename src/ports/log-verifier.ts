import type { LogVerdict } from '../core/audit/verify/check-log.ts';

/** Reads the whole log of the store as it lies on the disk. */
export interface LogVerifier {
  /** One at a time. `onProgress` hears how far it is, by sequence number. Throws `StoreError`. */
  verify(onProgress: (sequence: number) => void): Promise<LogVerdict>;
  /** Ends a check that is under way. */
  close(): Promise<void>;
}
