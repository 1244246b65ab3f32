/** Time and randomness, so that tests can fix both. */
export interface Clock {
  /** Wall time, milliseconds since the epoch. */
  nowMs(): number;
  /** Never goes back; only differences mean anything. */
  monotonicMs(): number;
}

export interface Ids {
  /** `prefix_` and 22 characters of base64url: 128 bits from the system's generator. */
  next(prefix: string): string;
}
