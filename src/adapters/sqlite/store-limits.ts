/** Every bound of the store. Beyond a bound callers are turned away with a `StoreError`, at once or after the time that it names. */
export interface StoreLimits {
  /** How long one commit may take. After it everybody who waits is told that the store is unavailable. */
  readonly commitTimeoutMs: number;
  readonly readTimeoutMs: number;
  /** Units, and the characters of their entries, that wait for the commit before them. */
  readonly queueUnitsMax: number;
  readonly queueCharsMax: number;
  /** How much one commit takes from the queue, so that it never comes near its time limit only by its size. */
  readonly batchUnitsMax: number;
  readonly batchCharsMax: number;
  readonly readsMax: number;
  /** While the store fails, it is tried this often. */
  readonly probeIntervalMs: number;
  /** After this long without an answer from the log, a kill switch goes to its own reserved place. */
  readonly killSwitchFallbackMs: number;
  /** How long to wait for another program that locks the database: an operator with the `sqlite3` shell. */
  readonly busyTimeoutMs: number;
  /** Pages in the write-ahead log after which they are moved to the database: 2,000 pages are 8 MiB. */
  readonly checkpointPages: number;
}

export const STORE_LIMITS: StoreLimits = {
  commitTimeoutMs: 5000,
  readTimeoutMs: 5000,
  queueUnitsMax: 10_000,
  queueCharsMax: 64 * 1024 * 1024,
  batchUnitsMax: 1024,
  batchCharsMax: 8 * 1024 * 1024,
  readsMax: 1000,
  probeIntervalMs: 1000,
  killSwitchFallbackMs: 200,
  busyTimeoutMs: 1000,
  checkpointPages: 2000,
};
