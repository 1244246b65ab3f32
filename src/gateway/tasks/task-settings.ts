/** What tasks may take, and how they are kept. */
export interface TaskSettings {
  readonly tasksMax: number;
  readonly tasksPerPrincipalMax: number;
  /** A larger result is not kept: its host is told that the call ran. */
  readonly resultBytesMax: number;
  /** How long a task outlives its approval, so that its host can come for the result. */
  readonly keepMs: number;
  /** How long a call may run behind a task that an upstream made of it. */
  readonly runMsMax: number;
  /** How often a host is asked to come. */
  readonly pollIntervalMs: number;
  /**
   * How long a host counts as present after it was last here. An approved call runs at once where its host is present, and otherwise when
   * it comes again: with an identity that is no older than this.
   */
  readonly presenceMs: number;
  /** How long a host may wait on the line for a result. */
  readonly awaitMsMax: number;
}

export const TASK_SETTINGS: TaskSettings = {
  tasksMax: 2000,
  tasksPerPrincipalMax: 50,
  resultBytesMax: 1024 * 1024,
  keepMs: 60 * 60_000,
  runMsMax: 60 * 60_000,
  pollIntervalMs: 5000,
  presenceMs: 120_000,
  awaitMsMax: 30 * 60_000,
};
