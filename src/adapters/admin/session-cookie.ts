/**
 * `__Host-` makes browsers insist on Secure, Path=/ and no Domain, so that no other host under the same name can set it; SameSite=Strict
 * keeps it from every request that another site begins. Browsers treat loopback as secure, so this works without TLS there.
 */
const SESSION = '__Host-countersign';
const ATTRIBUTES = 'Path=/; Secure; HttpOnly; SameSite=Strict';

/** Of a browser that is away at an OpenID provider. The way back begins at another site, which is where Strict would lose it. */
const AWAY = '__Host-countersign-away';
const AWAY_ATTRIBUTES = 'Path=/; Secure; HttpOnly; SameSite=Lax';

/** The secret of the session that a `Cookie` header names. `null` for none, for two, and for what is no secret of ours. */
export function parseSessionCookie(header: string | undefined): string | null {
  return parseSecret(header, SESSION);
}

export function setSessionCookie(secret: string): string {
  return `${SESSION}=${secret}; ${ATTRIBUTES}`;
}

export function clearSessionCookie(): string {
  return `${SESSION}=; ${ATTRIBUTES}; Max-Age=0`;
}

export function parseAwayCookie(header: string | undefined): string | null {
  return parseSecret(header, AWAY);
}

export function setAwayCookie(secret: string): string {
  return `${AWAY}=${secret}; ${AWAY_ATTRIBUTES}; Max-Age=600`;
}

export function clearAwayCookie(): string {
  return `${AWAY}=; ${AWAY_ATTRIBUTES}; Max-Age=0`;
}

function parseSecret(header: string | undefined, name: string): string | null {
  if (header === undefined) return null;
  const values = header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  const [value = ''] = values;
  return values.length === 1 && /^[A-Za-z0-9_-]{44}$/.test(value) ? value : null;
}
