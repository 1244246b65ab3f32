/** Who is signed in, as the page says. It decides what is shown; what is allowed, the server decides each time. */
export interface Session {
  readonly user: string;
  readonly roles: ReadonlySet<string>;
  readonly csrf: string;
}

export const session: Session = readSession(document.documentElement.dataset);

function readSession({ user = '', roles = '', csrf = '' }: DOMStringMap): Session {
  return { user, roles: new Set(roles.split(' ')), csrf };
}
