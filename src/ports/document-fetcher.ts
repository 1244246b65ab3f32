import type { Result } from '../core/result.ts';

export interface DocumentRequest {
  readonly url: string;
  readonly accept: string;
  readonly bytesMax: number;
  /** From the first look-up of a name to the last byte. */
  readonly deadline: AbortSignal;
  /** Who chose the host: a peer's choice is not followed into the own network. */
  readonly chosenBy: 'operator' | 'peer';
}

/** GETs documents that others publish. */
export interface DocumentFetcher {
  /** The body of a 200. Follows no redirect. Never throws; the error is for an operator and holds nothing of the answer. */
  fetch(request: DocumentRequest): Promise<Result<Uint8Array, string>>;
}
