/** What is looked at in a log, each by a file of its own. */
export const LOG_CHECKS = ['sequence', 'form', 'time', 'payloads', 'calls', 'approvals', 'kill-switches'] as const;

/** Something that no gateway would have recorded. */
export interface LogFault {
  /** The bad entry; where one is missing, the one that needs it. */
  readonly sequence: number;
  readonly check: (typeof LOG_CHECKS)[number];
  /** Both in our words, with names out of the log: for display, they must be made visible. */
  readonly expected: string;
  readonly got: string;
}

export type Report = (sequence: number, expected: string, got: string) => void;
