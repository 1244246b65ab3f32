import { type Html, html } from './html.ts';

export interface SignInForm {
  /** Where to go then; a path of ours. */
  readonly next: string;
  /** The code of a one-time link, where the page was opened by one. */
  readonly link: string | null;
  readonly problem: string | null;
}

/** Opening the page uses nothing up: a program that looks at links before people do must not spend one. */
export function signInPage({ next, link, problem }: SignInForm): Html {
  return html`<h1>Sign in</h1>
${problem === null ? null : html`<p class="problem" role="alert">${problem}</p>`}
${link === null ? credentialForms(next) : linkForm(next, link)}`;
}

function linkForm(next: string, link: string): Html {
  return html`<form class="stack" method="post" action="/sign-in">
<p>This link signs you in once.</p>
<input type="hidden" name="next" value="${next}"><input type="hidden" name="link" value="${link}">
<button class="primary">Continue to the console</button></form>`;
}

function credentialForms(next: string): Html {
  return html`<form class="stack" method="post" action="/sign-in">
<input type="hidden" name="next" value="${next}">
<label for="user">Name</label>
<input id="user" name="user" autocomplete="username" autocapitalize="none" spellcheck="false" required>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button class="primary">Sign in</button></form>
<hr>
<form class="stack" method="post" action="/sign-in">
<input type="hidden" name="next" value="${next}">
<label for="token">Or a token of the admin plane</label>
<input id="token" name="token" type="password" autocomplete="off" placeholder="csa_…" required>
<button>Sign in with the token</button></form>`;
}
