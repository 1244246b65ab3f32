/**
 * `__Host-` makes browsers insist on Secure, Path=/ and no Domain, so that no other host under the same name can set it; SameSite=Strict
 * keeps it from every request that another site begins. Browsers treat loopback as secure, so this works without TLS there.
 */
const NAME = '__Host-countersign';
const ATTRIBUTES = 'Path=/; Secure; HttpOnly; SameSite=Strict';

/** The secret of the session that a `Cookie` header names. `null` for none, for two, and for what is no secret of ours. */
export function parseSessionCookie(header: string | undefined): string | null {
  if (header === undefined) return null;
  const values = header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${NAME}=`))
    .map((pair) => pair.slice(NAME.length + 1));
  const [value = ''] = values;
  return values.length === 1 && /^[A-Za-z0-9_-]{44}$/.test(value) ? value : null;
}

export function setSessionCookie(secret: string): string {
  return `${NAME}=${secret}; ${ATTRIBUTES}`;
}

export function clearSessionCookie(): string {
  return `${NAME}=; ${ATTRIBUTES}; Max-Age=0`;
}
