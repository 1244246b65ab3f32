import type { Administrator } from '../../core/identity/principal.ts';
import { type Result, assertNever, err } from '../../core/result.ts';
import type { AdminAuthenticationFault, AdminAuthenticator } from '../../ports/admin-authenticator.ts';
import type { FailedAttempts } from './failed-attempts.ts';
import { PROBLEMS, type Problem } from './problems.ts';

export interface CredentialDeps {
  readonly authenticator: AdminAuthenticator;
  readonly failedAttempts: FailedAttempts;
}

/** Who asks. A credential is always tried, however often its address has failed before. */
export async function checkCredential(
  deps: CredentialDeps,
  authorization: string | undefined,
  address: string,
): Promise<Result<Administrator, Problem>> {
  const answer = await deps.authenticator.authenticate(authorization);
  if (answer.ok) return answer;
  const problem = problemOf(answer.error.kind);
  if (problem === PROBLEMS.noCredentialStore) return err(problem);
  return err(deps.failedAttempts.count(address) ? PROBLEMS.tooManyFailures : problem);
}

function problemOf(kind: AdminAuthenticationFault['kind']): Problem {
  switch (kind) {
    case 'unavailable':
      return PROBLEMS.noCredentialStore;
    case 'wrong-plane':
      return PROBLEMS.wrongPlane;
    case 'missing':
    case 'malformed':
    case 'invalid':
    case 'expired':
    case 'revoked':
      return PROBLEMS.unauthenticated;
    default:
      return assertNever(kind);
  }
}
