import type { PolicySubject, PolicyWho } from './policy-file.ts';

/** How much of something there may be: all that is given holds at once. */
export interface PolicyLimit {
  readonly who: PolicyWho;
  readonly subject: PolicySubject;
  readonly per: LimitScope;
  readonly calls: Rate | null;
  /** Calls that run at the same time; `null`: any number. */
  readonly concurrentMax: number | null;
  readonly spend: { readonly cost: number; readonly budget: Rate } | null;
}

/** At most so many in any time as long as the window. */
export interface Rate {
  readonly max: number;
  readonly windowMs: number;
}

/** What is counted apart. `tool` is each tool of each person; `everybody` counts all callers together. */
export const LIMIT_SCOPES = ['principal', 'client', 'tool', 'everybody'] as const;
export type LimitScope = (typeof LIMIT_SCOPES)[number];
