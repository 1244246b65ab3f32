/** What was used of one limit by one caller in one slot of its window. */
export interface StoredUse {
  readonly key: string;
  readonly slot: number;
  /** A whole number. Added to what is stored; negative where a use is taken back. */
  readonly amount: number;
  /** When it no longer counts. */
  readonly expiresMs: number;
}

/** Keeps what limits count, so that a restart frees nothing. */
export interface LimitStore {
  /** All that still counts at `nowMs`. Throws `StoreError` where that cannot be known; the caller must not start then. */
  load(nowMs: number): Promise<readonly StoredUse[]>;
  /**
   * Resolves when the uses are on stable storage, all or none. Throws `StoreError` otherwise; the call that they belong to must not run
   * then. `nowMs` lets the store forget what no longer counts.
   */
  add(uses: readonly StoredUse[], nowMs: number): Promise<void>;
}
