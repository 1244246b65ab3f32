import type { Administrator } from '../core/identity/principal.ts';
import type { Result } from '../core/result.ts';
import type { AuthenticationFault } from './authenticator.ts';

/** `wrong-plane`: a credential of the MCP plane, good or not. It can never become an administrator's. */
export interface AdminAuthenticationFault {
  readonly kind: AuthenticationFault['kind'] | 'wrong-plane';
  /** Which check failed. Holds nothing of the credential. */
  readonly detail: string;
}

type Answer = Promise<Result<Administrator, AdminAuthenticationFault>>;

/** Turns the credential of one admin request into an administrator. Nothing here throws, and no error becomes an identity. */
export interface AdminAuthenticator {
  authenticate(authorization: string | undefined): Answer;
  /**
   * Asks again, for a session that holds no secret: is the credential with this id still good, and which roles has it by now? Never to
   * be called with an id that a request names, because an id is not secret.
   */
  recheck(credentialId: string): Answer;
}
