export type Era = 'legacy' | 'modern';

/** How calls arrive: each connection sends the next one after an answer, or they are owed at a rate whether or not answers come. */
export type Arrival = { readonly kind: 'closed' } | { readonly kind: 'open'; readonly callsPerSecond: number };

/** What one load process does. Read as one JSON object from its standard input, so that the token is in no process list. */
export interface LoadJob {
  readonly url: string;
  readonly era: Era;
  /** `null`: the target asks for none. */
  readonly token: string | null;
  /** Whose CPU and memory are read, children included. */
  readonly pid: number;
  readonly arrival: Arrival;
  readonly connections: number;
  /** Length of the text that each call asks for. */
  readonly textChars: number;
  /** `null`: a plain answer. Otherwise an event stream: progress at once, the result after this. */
  readonly gapMs: number | null;
  readonly warmUpMs: number;
  readonly durationMs: number;
  /** One body of this many is read and checked. */
  readonly checkEvery: number;
}

export interface LoadResult {
  readonly callsPerSecond: number;
  /** `null`: no call was answered. For an event stream, the time to its first event. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  /** Per call. `null`: there is no `/proc` to read it from. */
  readonly cpuMicros: number | null;
  /** The highest that was seen. */
  readonly rssMb: number | null;
  readonly errors: number;
  readonly bodiesChecked: number;
  readonly badBodies: number;
  /** The first thing that went wrong. */
  readonly firstProblem: string | null;
}
