import { type Result, err, ok } from '../result.ts';

/** Longer credentials are refused before any work is done on them. An honest access token is a quarter of this. */
export const CREDENTIAL_CHARS_MAX = 8192;

/**
 * The token of an `Authorization` header (RFC 6750 §2.1). The scheme may be in any case; after it come one space and one token, and
 * nothing else. A list of credentials, a second space or a token in quotes has more than one reading and is refused.
 */
export function parseBearer(authorization: string | undefined): Result<string, 'missing' | 'malformed'> {
  if (authorization === undefined) return err('missing');
  if (authorization.length > CREDENTIAL_CHARS_MAX + 'Bearer '.length) return err('malformed');
  const match = /^bearer ([A-Za-z0-9._~+/-]+=*)$/i.exec(authorization);
  return match?.[1] === undefined ? err('malformed') : ok(match[1]);
}
