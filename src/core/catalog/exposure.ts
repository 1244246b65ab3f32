import type { PassRules } from '../content/pass-rules.ts';

/** How an entry of a list is given out. */
export interface Exposure {
  /** The name or URI that hosts ask for it by. */
  readonly name: string;
  readonly rules: PassRules;
  /** Of a tool: whether the policy takes every call of it for reading. */
  readonly isReadOnly: boolean;
}
