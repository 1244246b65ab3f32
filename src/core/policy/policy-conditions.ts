/** When a rule is in force, for which calls, and what it does to them. */
export interface PolicyConditions {
  /** A CEL expression that must hold; `null`: none. */
  readonly when: string | null;
  /** Arguments that are filled in, in the order of their paths. Never with `deny`. */
  readonly bind: readonly PolicyBinding[];
  /** `null`: in all of them. */
  readonly environments: readonly string[] | null;
  /** The first moment in which the rule is in force; `null`: it always was. */
  readonly fromMs: number | null;
  /** The first moment in which it no longer is; `null`: it always will be. */
  readonly untilMs: number | null;
  /** Arguments that name the records that a call touches. */
  readonly records: readonly ArgumentPath[];
}

/** Names of members, one inside the other: `filter.owner` is `['filter', 'owner']`. */
export type ArgumentPath = readonly string[];

/** An argument that is filled in from the verified identity. */
export interface PolicyBinding {
  readonly path: ArgumentPath;
  readonly from: BindingSource;
}

/** What of a principal can be bound to an argument. */
export const BINDING_SOURCES = ['id', 'tenant', 'client'] as const;
export type BindingSource = (typeof BINDING_SOURCES)[number];
