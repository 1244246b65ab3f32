import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ProviderSignIn, ProviderSignInFault } from '../../../gateway/provider-sign-in.ts';
import { isOwnPage } from '../check-credential.ts';
import { PROBLEMS, sendProblem } from '../problems.ts';
import {
  clearAwayCookie,
  parseAwayCookie,
  parseSessionCookie,
  setAwayCookie,
  setSessionCookie,
} from '../session-cookie.ts';
import type { ConsoleDeps } from './console-deps.ts';
import { html } from './html.ts';
import { plainFrame, sendPage } from './page.ts';
import { parseNextPath } from './page-session.ts';
import { readForm } from './read-form.ts';

/** What is registered with the provider as redirect URI, behind the origin of the console. */
export const CALLBACK_PATH = '/oidc/callback';

/**
 * Away to the OpenID provider and back. Pages lead on by themselves instead of redirecting: Chromium applies `form-action` to redirects of a
 * form as well, and the cookie of the session does not come along on a way that began at another site.
 */
export function addProviderSignIn(app: FastifyInstance, { signIn }: ConsoleDeps, provider: ProviderSignIn): void {
  app.post('/sign-in/oidc', async (request, reply) => {
    if (!isOwnPage(request)) return sendProblem(reply, PROBLEMS.foreignPage);
    const form = await readForm(request);
    if (!form.ok) return sendProblem(reply, form.error);
    const next = parseNextPath(form.value.get('next'));
    const isFresh = form.value.get('again') === '1';
    const sent = await provider.begin({ next, isFresh, address: request.ip });
    if (!sent.ok) return sendFault(reply, sent.error);
    return sendOn(reply.header('set-cookie', setAwayCookie(sent.value.secret)), sent.value.url, provider.name);
  });

  app.get(CALLBACK_PATH, async (request, reply) => {
    void reply.header('set-cookie', clearAwayCookie());
    const query = request.url.slice(CALLBACK_PATH.length);
    const back = await provider.finish(parseAwayCookie(request.headers.cookie), query);
    if (!back.ok) return sendFault(reply, back.error);
    // Whoever had a session in this browser has a new one now: nobody can be made to use a session that others know.
    const former = parseSessionCookie(request.headers.cookie);
    if (former !== null) await signIn.signOut(former);
    void reply.header('set-cookie', [clearAwayCookie(), setSessionCookie(back.value.secret)]);
    return sendOn(reply, back.value.next, 'the console');
  });
}

/** A page that leads on at once, and has a link for whoever sees it. */
function sendOn(reply: FastifyReply, url: string, where: string): FastifyReply {
  const content = html`<meta http-equiv="refresh" content="0; url=${url}"><h1>Signing in</h1>
<p><a href="${url}">Continue to ${where}</a></p>`;
  return sendPage(reply, { title: 'Sign in', session: null, content: plainFrame(null, content) });
}

const STATUS: Readonly<Record<ProviderSignInFault, number>> = {
  refused: 401,
  unclear: 403,
  'no-role': 403,
  disabled: 403,
  'too-many': 429,
  unavailable: 503,
};
const WORDS: Readonly<Record<ProviderSignInFault, string>> = {
  refused:
    'That did not sign you in. Begin again here; the way back from the provider is good once, and for ten minutes.',
  unclear:
    'The provider knows you, and what it says does not tell for certain who you are. An operator finds the reason in the log of the gateway.',
  'no-role':
    'The provider knows you, and you hold no role in this console. Ask an operator to name one of your groups.',
  disabled: 'An operator ended your account here.',
  'too-many': 'Too many attempts. Wait a minute.',
  unavailable: 'The provider cannot be asked now. Try again in a moment, or sign in with a token.',
};

function sendFault(reply: FastifyReply, fault: ProviderSignInFault): FastifyReply {
  const content = html`<h1>Not signed in</h1><p class="problem" role="alert">${WORDS[fault]}</p>
<p><a href="/sign-in">Sign in</a></p>`;
  return sendPage(reply.code(STATUS[fault]), { title: 'Sign in', session: null, content: plainFrame(null, content) });
}
