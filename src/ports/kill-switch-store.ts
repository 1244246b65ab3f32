import type { AuditEntry } from '../core/audit/entry.ts';
import type { KillSwitch } from '../core/kill-switch/kill-switch.ts';

/**
 * Keeps the switches across restarts. This is the one store that must go on working when the log does not: `save` falls back to a
 * place of its own that was reserved beforehand, and the entries follow when the log is back.
 */
export interface KillSwitchStore {
  /** Every switch in force. Throws `StoreError` when that cannot be known; the caller must then stop everything. */
  load(): Promise<readonly KillSwitch[]>;
  /** Replaces the whole set. Resolves when it will survive a restart; `recorded` tells whether the entries are in the log already. */
  save(switches: readonly KillSwitch[], entries: readonly AuditEntry[]): Promise<{ readonly recorded: boolean }>;
  /**
   * The same for a change that must wait for the log, however long that takes. Throws `StoreError` when the entries are not known to be
   * in it; which set is stored then is not known either, until the caller saves the one that is in force.
   */
  saveRecorded(switches: readonly KillSwitch[], entries: readonly AuditEntry[]): Promise<void>;
}
