import type { Principal } from '../core/identity/principal.ts';
import type { Result } from '../core/result.ts';

/** Why a credential was not accepted. For the log: a host only ever learns that it was not. */
export interface AuthenticationFault {
  readonly kind: 'missing' | 'malformed' | 'invalid' | 'expired' | 'revoked' | 'unavailable';
  /** Which check failed. Holds nothing of the credential. */
  readonly detail: string;
}

/**
 * Turns the credential of one request into a principal. There is no path from an error to an identity. Answers at once when the
 * credential was verified before and is still good, with a promise otherwise.
 */
export interface Authenticator {
  authenticate(
    authorization: string | undefined,
  ): Result<Principal, AuthenticationFault> | Promise<Result<Principal, AuthenticationFault>>;
}
