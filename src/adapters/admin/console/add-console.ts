import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ConsoleSession } from '../../../gateway/console-sessions.ts';
import { ID_PARAMS } from '../fields.ts';
import { PROBLEMS, sendProblem } from '../problems.ts';
import { approvalDetail, approvalView } from '../approval-views.ts';
import { EDIT_LIMITS } from '../edited-arguments.ts';
import { addAssets } from './add-assets.ts';
import { addProviderSignIn } from './add-provider-sign-in.ts';
import { addSignIn } from './add-sign-in.ts';
import { type ApprovalForm, approvalPage, approvalsPage } from './approval-page.ts';
import type { ConsoleDeps } from './console-deps.ts';
import { decideByForm, editByForm } from './decide-by-form.ts';
import { type Html, html } from './html.ts';
import { plainFrame, sendPage } from './page.ts';
import { cameFromElsewhere, checkFormSession, loadPageSession, parseNextPath, redirect } from './page-session.ts';
import { readForm } from './read-form.ts';

/** Pages that are nothing without script: their data comes from the API. */
const SCRIPTED_PAGES = [
  '/history',
  '/figures',
  '/live',
  '/audit',
  '/audit/:seq',
  '/upstreams',
  '/upstreams/:name',
  '/access',
  '/pins/:id',
  '/explain',
  '/kill-switch',
  '/policy',
];
const INBOX_MAX = 100;
/** Every quote and bracket of the arguments is three characters in a form. */
const EDIT_FORM_BYTES_MAX = 3 * EDIT_LIMITS.bytesMax;

/** The console: its files, signing in, and pages. Approvals are whole without script; the rest needs it. GET never changes anything. */
export function addConsole(app: FastifyInstance, deps: ConsoleDeps): void {
  addAssets(app, deps.assets);
  addSignIn(app, deps);
  if (deps.providerSignIn !== null) addProviderSignIn(app, deps, deps.providerSignIn);
  const page = (url: string, title: string, content: (session: ConsoleSession) => Promise<Html>) =>
    app.get(url, async (request, reply) => {
      const session = await loadPageSession(deps, request);
      if (session === null) return askToSignIn(request, reply);
      return sendPage(reply, { title, session, content: plainFrame(session, await content(session)) });
    });

  page('/', 'Approvals', async ({ by }) => {
    const pending = await deps.administration.listApprovals(by, 'pending', INBOX_MAX);
    return pending.ok ? approvalsPage(pending.value.map(approvalView)) : html`<p>${pending.error.message}</p>`;
  });
  for (const url of SCRIPTED_PAGES) {
    page(
      url,
      'Console',
      async () => html`<noscript><p>This page needs JavaScript. <a href="/">Approvals</a> do not.</p></noscript>`,
    );
  }
  app.get('/approvals/:id', (request, reply) => showApproval(deps, request, reply));
  app.post('/approvals/:id', (request, reply) => takeForm(deps, request, reply, decideByForm));
  app.post('/approvals/:id/edit', (request, reply) => takeForm(deps, request, reply, editByForm, EDIT_FORM_BYTES_MAX));
}

/** A form about one request, from who sent it to the page where they go on. */
async function takeForm(
  deps: ConsoleDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  work: typeof decideByForm,
  bytesMax?: number,
): Promise<FastifyReply> {
  // Arguments can be long: nothing of them is read of somebody who is not signed in.
  if ((await loadPageSession(deps, request)) === null) return askToSignIn(request, reply);
  const form = await readForm(request, bytesMax);
  if (!form.ok) return sendProblem(reply, form.error);
  const session = await checkFormSession(deps, request, form.value);
  if (!session.ok)
    return session.error === PROBLEMS.unauthenticated ? askToSignIn(request, reply) : sendProblem(reply, session.error);
  const params = ID_PARAMS.safeParse(request.params);
  if (!params.success) return sendProblem(reply, PROBLEMS.notFound);
  const done = await work(deps, session.value, params.data.id, form.value);
  if (done.ok) return redirect(reply, done.value);
  return showApproval(deps, request, reply, { problem: done.error, typed: form.value.get('arguments') ?? null });
}

async function showApproval(
  deps: ConsoleDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  { problem, typed }: Pick<ApprovalForm, 'problem' | 'typed'> = { problem: null, typed: null },
): Promise<FastifyReply> {
  const session = await loadPageSession(deps, request);
  if (session === null) return askToSignIn(request, reply);
  const { by, csrfToken } = session;
  const params = ID_PARAMS.safeParse(request.params);
  const found = params.success ? await deps.administration.showApproval(by, params.data.id) : null;
  const content =
    found?.ok === true
      ? approvalPage({ approval: approvalDetail(found.value), csrfToken, problem, typed })
      : html`<h1>No such request</h1><p><a href="/">All requests</a></p>`;
  const isOpenable = found?.ok === true;
  void reply.code(isOpenable ? (problem === null ? 200 : 409) : 404);
  return sendPage(reply, { title: 'Request', session, content: plainFrame(session, content) });
}

function askToSignIn(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = parseNextPath(request.url);
  if (!cameFromElsewhere(request)) return redirect(reply, `/sign-in?next=${encodeURIComponent(path)}`);
  const content = html`<meta http-equiv="refresh" content="0"><p><a href="${path}">Continue</a></p>`;
  return sendPage(reply, { title: 'Console', session: null, content });
}
