import { type Html, html } from './html.ts';

export interface SignInForm {
  /** Where to go then; a path of ours. */
  readonly next: string;
  /** The code of a one-time link, where the page was opened by one. */
  readonly link: string | null;
  readonly problem: string | null;
  /** The host of the OpenID provider, where there is one. */
  readonly provider: string | null;
  /** Whoever is signed in already has to prove again who they are. */
  readonly isAgain: boolean;
}

/** Opening the page uses nothing up: a program that looks at links before people do must not spend one. */
export function signInPage({ next, link, problem, provider, isAgain }: SignInForm): Html {
  return html`<h1>${isAgain ? 'Sign in again' : 'Sign in'}</h1>
${isAgain ? html`<p>What you are about to do needs to know that it is you, now. A token does not tell that.</p>` : null}
${problem === null ? null : html`<p class="problem" role="alert">${problem}</p>`}
${link === null && provider !== null ? providerForm(next, provider, isAgain) : null}
${link === null ? passwordForm(next) : linkForm(next, link)}${link === null && !isAgain ? tokenForm(next) : null}`;
}

function providerForm(next: string, provider: string, isAgain: boolean): Html {
  return html`<form class="stack" method="post" action="/sign-in/oidc">
<input type="hidden" name="next" value="${next}">${isAgain ? html`<input type="hidden" name="again" value="1">` : null}
<button class="primary">Continue with ${provider}</button></form>
<hr>`;
}

function linkForm(next: string, link: string): Html {
  return html`<form class="stack" method="post" action="/sign-in">
<p>This link signs you in once.</p>
<input type="hidden" name="next" value="${next}"><input type="hidden" name="link" value="${link}">
<button class="primary">Continue to the console</button></form>`;
}

function passwordForm(next: string): Html {
  return html`<form class="stack" method="post" action="/sign-in">
<input type="hidden" name="next" value="${next}">
<label for="user">Name</label>
<input id="user" name="user" autocomplete="username" autocapitalize="none" spellcheck="false" required>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button class="primary">Sign in</button></form>`;
}

function tokenForm(next: string): Html {
  return html`<hr>
<form class="stack" method="post" action="/sign-in">
<input type="hidden" name="next" value="${next}">
<label for="token">Or a token of the admin plane</label>
<input id="token" name="token" type="password" autocomplete="off" placeholder="csa_…" required>
<button>Sign in with the token</button></form>`;
}
