/** What the gateway looks out for by itself, and what it does then. */
export type PolicyWatch = RepeatedDenials | IdenticalCalls | FirstUse | DataFlow;

/** So many denials of one person in a time: the person is stopped until an operator says otherwise. */
export interface RepeatedDenials {
  readonly on: 'repeated-denials';
  readonly count: number;
  readonly windowMs: number;
}

/** So many calls of one tool with the same arguments by one person in a time: that one, and those after it, are denied. */
export interface IdenticalCalls {
  readonly on: 'identical-calls';
  readonly count: number;
  readonly windowMs: number;
}

/** The first call of a tool by a person waits for approval. */
export interface FirstUse {
  readonly on: 'first-use-of-tool';
}

/** A send outside, after private and untrusted data were both read in the same session within a time, waits for approval. */
export interface DataFlow {
  readonly on: 'data-flow';
  readonly windowMs: number;
}

/** A watch rule, with the place it stands at. */
export type PlacedWatch = PolicyWatch & { readonly place: string };
