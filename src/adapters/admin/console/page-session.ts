import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ConsoleSession } from '../../../gateway/console-sessions.ts';
import { type Result, err, ok } from '../../../core/result.ts';
import { type CredentialDeps, isOwnPage } from '../check-credential.ts';
import { PROBLEMS, type Problem } from '../problems.ts';
import { parseSessionCookie } from '../session-cookie.ts';
import type { Form } from './read-form.ts';

/** The session of whoever opens a page, or `null`. Opening a page from a bookmark or a link is what pages are for. */
export async function loadPageSession(
  { sessions }: Pick<CredentialDeps, 'sessions'>,
  { headers }: FastifyRequest,
): Promise<ConsoleSession | null> {
  const secret = parseSessionCookie(headers.cookie);
  const session = secret === null ? null : await sessions.check(secret, 'request');
  return session?.ok === true ? session.value : null;
}

/** The session behind a form: sent by a page of ours, which knew the second secret. */
export async function checkFormSession(
  deps: Pick<CredentialDeps, 'sessions'>,
  request: FastifyRequest,
  form: Form,
): Promise<Result<ConsoleSession, Problem>> {
  const session = await loadPageSession(deps, request);
  if (session === null) return err(PROBLEMS.unauthenticated);
  const isOurs = isOwnPage(request) && deps.sessions.isCsrfToken(session, form.get('csrf') ?? '');
  return isOurs ? ok(session) : err(PROBLEMS.foreignPage);
}

const OUR_PATH = /^\/(?:[a-z-]+(?:\/[A-Za-z0-9_-]{1,100})?)?(?:\?[A-Za-z0-9=&._~%+-]{1,500})?$/;

/** Where a person may be sent after signing in: a path of this console, and never what could be read as another host. */
export function parseNextPath(text: string | undefined): string {
  return text !== undefined && OUR_PATH.test(text) ? text : '/';
}

/**
 * The cookie does not come along when another site, a mail or a chat leads here, so whoever is signed in would be asked to sign in again. A
 * page of ours that loads itself once more has it.
 */
export function cameFromElsewhere({ headers }: FastifyRequest): boolean {
  return headers['sec-fetch-site'] === 'cross-site';
}

export function redirect(reply: FastifyReply, path: string): FastifyReply {
  return reply.code(303).header('location', path).send();
}
