/** What one call takes of one limit. Which limits there are on a call is decided with the call. */
export type LimitUse = WindowUse | ConcurrentUse;

interface UseOf {
  /** Names the limit, and whom it counts. Holds no argument. */
  readonly key: string;
  /** Where the limit stands: `policies/crm.yaml:12:5`. */
  readonly place: string;
  readonly max: number;
}

/** `amount` of at most `max` in a sliding window: one of so many calls, or the price of the call out of a budget. */
export interface WindowUse extends UseOf {
  /** `first-use` and `seen` have no limit: that it was used at all is what counts. */
  readonly kind: 'calls' | 'spend' | 'first-use' | 'seen';
  readonly amount: number;
  readonly windowMs: number;
}

/** One of at most `max` that run at once. */
export interface ConcurrentUse extends UseOf {
  readonly kind: 'concurrent';
}
