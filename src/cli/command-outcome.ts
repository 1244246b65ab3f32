/** What a command that only looks at files has to say. */
export interface CommandOutcome {
  /** 0: nothing found; 1: something found; 2: the command was called wrongly. */
  readonly exitCode: 0 | 1 | 2;
  /** For standard output, with a line break at the end. */
  readonly output: string;
}
