/** What a policy says of the data behind tools, resources and prompts, whoever uses them. */
export interface PolicyLabels {
  /** What is read there is not for everybody. */
  readonly private: LabelledTargets;
  /** What is read there was written by anybody, and may hold orders to a model. */
  readonly untrusted: LabelledTargets;
  /** What is sent there leaves the house. */
  readonly external: LabelledTargets;
}

/** Patterns, as in rules. */
export interface LabelledTargets {
  readonly tools: readonly string[];
  readonly resources: readonly string[];
  readonly prompts: readonly string[];
}

/** What somebody has seen, and what no send may follow. */
export type SeenLabel = 'private' | 'untrusted';
