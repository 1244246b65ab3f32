import type { FastifyRequest } from 'fastify';
import type { Administrator } from '../../core/identity/principal.ts';
import { type Result, assertNever, err, ok } from '../../core/result.ts';
import type { ConsoleSession, ConsoleSessions } from '../../gateway/console-sessions.ts';
import type { AdminAuthenticationFault, AdminAuthenticator } from '../../ports/admin-authenticator.ts';
import type { FailedAttempts } from './failed-attempts.ts';
import { PROBLEMS, type Problem } from './problems.ts';
import { parseSessionCookie } from './session-cookie.ts';

export interface CredentialDeps {
  readonly authenticator: AdminAuthenticator;
  readonly sessions: ConsoleSessions;
  readonly failedAttempts: FailedAttempts;
}

/** What of a request says who sends it. */
export type Sender = Pick<FastifyRequest, 'headers' | 'method' | 'ip'>;

/**
 * Who asks: the one way in for programs and browsers alike. A credential is always tried, however often its address has failed before.
 * A header counts before a cookie, so that a program never acts for the browser that it runs in.
 */
export async function checkCredential(deps: CredentialDeps, sender: Sender): Promise<Result<Administrator, Problem>> {
  const { authorization } = sender.headers;
  const secret = parseSessionCookie(sender.headers.cookie);
  if (authorization !== undefined || secret === null) {
    const answer = await deps.authenticator.authenticate(authorization);
    return answer.ok ? answer : err(turnAway(deps, sender, answer.error));
  }
  const session = await deps.sessions.check(secret, sender.headers['x-background'] === undefined ? 'request' : 'watch');
  if (!session.ok) return err(turnAway(deps, sender, session.error));
  const isSafe = isOwnPage(sender) && (sender.method === 'GET' || hasCsrfToken(deps.sessions, session.value, sender));
  return isSafe ? ok(session.value.by) : err(PROBLEMS.foreignPage);
}

/**
 * A browser sends its cookie whoever wrote the page. Requests of ours come from a page of this very origin: a change must say so in
 * `Origin`, which `checkRequest` has compared already, and nothing may say otherwise.
 */
export function isOwnPage({ headers, method }: Pick<Sender, 'headers' | 'method'>): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return false;
  return method === 'GET' || headers.origin !== undefined;
}

function hasCsrfToken(sessions: ConsoleSessions, session: ConsoleSession, { headers }: Sender): boolean {
  const token = headers['x-csrf-token'];
  return typeof token === 'string' && sessions.isCsrfToken(session, token);
}

function turnAway(deps: CredentialDeps, { ip }: Sender, { kind }: AdminAuthenticationFault): Problem {
  const problem = problemOf(kind);
  if (problem === PROBLEMS.noCredentialStore) return problem;
  return deps.failedAttempts.count(ip) ? PROBLEMS.tooManyFailures : problem;
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
