import type { LogVerdict } from '../../core/audit/verify/check-log.ts';

/** What the thread that checks a log is started with. */
export interface VerifySettings {
  readonly path: string;
  /** How many faults the verdict names. */
  readonly namedMax: number;
}

export type VerifyMessage =
  | { readonly kind: 'progress'; readonly sequence: number }
  | { readonly kind: 'verdict'; readonly verdict: LogVerdict }
  | { readonly kind: 'fault'; readonly message: string };
