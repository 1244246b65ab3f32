import type { FastifyInstance, FastifyReply } from 'fastify';
import type { SignInAttempt, SignInFault } from '../../../gateway/console-sign-in.ts';
import { isOwnPage } from '../check-credential.ts';
import { PROBLEMS, sendProblem } from '../problems.ts';
import { clearSessionCookie, parseSessionCookie, setSessionCookie } from '../session-cookie.ts';
import type { ConsoleDeps } from './console-deps.ts';
import { plainFrame, sendPage } from './page.ts';
import { checkFormSession, parseNextPath, redirect } from './page-session.ts';
import { type Form, readForm } from './read-form.ts';
import { type SignInForm, signInPage } from './sign-in-page.ts';

/** Signing in and out, by forms that need no script. */
export function addSignIn(app: FastifyInstance, deps: ConsoleDeps): void {
  const provider = deps.providerSignIn?.name ?? null;
  const sendForm = (
    reply: FastifyReply,
    form: Pick<SignInForm, 'next' | 'problem'> & Partial<SignInForm>,
  ): FastifyReply => {
    const content = signInPage({ link: null, isAgain: false, provider, ...form });
    return sendPage(reply, { title: 'Sign in', session: null, content: plainFrame(null, content) });
  };
  app.get<{ Querystring: { next?: unknown; link?: unknown; again?: unknown } }>('/sign-in', (request, reply) => {
    const { next, link, again } = request.query;
    const code = typeof link === 'string' ? link : null;
    return sendForm(reply, { next: parseNextPath(textOf(next)), link: code, problem: null, isAgain: again === '1' });
  });

  app.post('/sign-in', async (request, reply) => {
    // There is no session yet that a second secret could stand for; whose page sent the form is known by its Origin.
    if (!isOwnPage(request)) return sendProblem(reply, PROBLEMS.foreignPage);
    const form = await readForm(request);
    if (!form.ok) return sendProblem(reply, form.error);
    const next = parseNextPath(form.value.get('next'));
    const attempt = parseAttempt(form.value);
    if (attempt === null) return sendForm(reply.code(400), { next, problem: WORDS.refused });
    const secret = await deps.signIn.signIn(attempt, request.ip);
    if (!secret.ok) return sendForm(reply.code(STATUS[secret.error]), { next, problem: WORDS[secret.error] });
    // Whoever had a session in this browser has a new one now: nobody can be made to use a session that others know.
    const former = parseSessionCookie(request.headers.cookie);
    if (former !== null) await deps.signIn.signOut(former);
    return redirect(reply.header('set-cookie', setSessionCookie(secret.value)), next);
  });

  app.post('/sign-out', async (request, reply) => {
    const form = await readForm(request);
    if (!form.ok) return sendProblem(reply, form.error);
    const session = await checkFormSession(deps, request, form.value);
    if (!session.ok && session.error === PROBLEMS.foreignPage) return sendProblem(reply, session.error);
    const secret = parseSessionCookie(request.headers.cookie);
    if (secret !== null) await deps.signIn.signOut(secret);
    return redirect(reply.header('set-cookie', clearSessionCookie()), '/sign-in');
  });
}

const STATUS: Readonly<Record<SignInFault, number>> = { refused: 401, 'too-many': 429, unavailable: 503 };
const WORDS: Readonly<Record<SignInFault, string>> = {
  refused: 'That did not sign you in. Check it, or ask an operator.',
  'too-many': 'Too many attempts. Wait a minute, or sign in with a token.',
  unavailable: 'Sign-in cannot be checked now. Try again in a moment.',
};

/** Far more than any of these needs, and little enough to hash. */
const FIELD_CHARS_MAX = 512;

function parseAttempt(form: Form): SignInAttempt | null {
  const [user, password, token, code] = ['user', 'password', 'token', 'link'].map((name) => form.get(name));
  if ([user, password, token, code].some((value) => (value?.length ?? 0) > FIELD_CHARS_MAX)) return null;
  if (code !== undefined) return { method: 'link', code };
  if (token !== undefined) return { method: 'token', token: token.trim() };
  return user !== undefined && password !== undefined ? { method: 'password', user, password } : null;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
