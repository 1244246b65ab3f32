/**
 * Thrown by every store when it cannot do what was asked, or cannot know whether it did: full, broken, late or closed. The gateway
 * turns it into a denial in one place. The message is for the operator's log and never reaches a host.
 */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: 'unavailable' | 'overloaded' | 'closed' | 'corrupt';

  constructor(code: StoreError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
