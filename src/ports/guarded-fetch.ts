export interface GuardedRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** From the first look-up of a name to the last byte. */
  readonly deadline: AbortSignal;
}

/**
 * Asks a web server that an operator or somebody they trust named, in the form of the Fetch API, which libraries expect. Follows no redirect.
 * Throws where nothing came back, where the far end is out of bounds, and where the answer is too large.
 */
export type GuardedFetch = (url: string, request: GuardedRequest) => Promise<Response>;
