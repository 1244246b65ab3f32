import { hash } from 'node:crypto';
import { CREDENTIAL_CHARS_MAX, parseBearer } from '../../core/identity/parse-bearer.ts';
import type { Principal, PrincipalId } from '../../core/identity/principal.ts';
import { GATEWAY_ISSUER, type GatewayToken, parseToken } from '../../core/identity/token-format.ts';
import { type Result, err, ok } from '../../core/result.ts';
import type { AuthenticationFault, Authenticator } from '../../ports/authenticator.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DocumentFetcher } from '../../ports/document-fetcher.ts';
import type { StoredToken, TokenStore } from '../../ports/token-store.ts';
import { createCredentialCache } from './credential-cache.ts';
import { type JwtOptions, createJwtVerifier } from './jwt-verifier.ts';
import { checkStoredToken, loadToken } from './load-token.ts';
import { type Verdict, refused, undecided } from './verdict.ts';

/** What must be told when a credential stops being good. */
export interface Revocable {
  /** From now on the credential is checked against the store again. */
  forget(credentialId: string): void;
  forgetAll(): void;
}

/** How long a gateway-issued token is believed: how late another replica learns of a revocation. */
const TOKEN_KEEP_MS = 5000;
const STORE_TIMEOUT_MS = 1000;
/** Credentials that are being checked at once. More are turned away, so that a flood of new ones cannot queue up work without end. */
const CHECKS_MAX = 256;

type Answer = Result<Principal, AuthenticationFault>;

/**
 * Accepts the tokens that this gateway issued for the MCP plane, and the access tokens of the issuers that the operator trusts.
 * Never throws: whatever fails inside comes back as `unavailable`.
 */
export function createAuthenticator(
  deps: { readonly tokens: TokenStore; readonly clock: Clock; readonly documents: DocumentFetcher },
  options: JwtOptions,
): Authenticator & Revocable {
  const cache = createCredentialCache(deps);
  const verifyJwt = createJwtVerifier(deps, options);
  const underWay = new Map<string, Promise<Answer>>();
  let revocations = 0;

  async function verify(token: string): Promise<Verdict> {
    const own = parseToken(token);
    return own === null ? verifyJwt(token) : verifyOwnToken(deps, own, token);
  }

  async function check(key: string, token: string): Promise<Answer> {
    const before = revocations;
    try {
      const verdict = await verify(token);
      // A verdict that was on its way while something was revoked may be about just that.
      if (revocations === before) cache.keep(key, verdict);
      return verdict.result;
    } catch {
      return err({ kind: 'unavailable', detail: 'the check failed unexpectedly' });
    } finally {
      if (revocations === before) underWay.delete(key);
    }
  }

  function forgetUnderWay(): void {
    revocations++;
    underWay.clear();
  }

  return {
    authenticate(authorization) {
      if (authorization === undefined) return err({ kind: 'missing', detail: 'no Authorization header' });
      if (authorization.length > CREDENTIAL_CHARS_MAX + 'Bearer '.length)
        return err({ kind: 'malformed', detail: 'too long' });
      const key = hash('sha256', authorization, 'base64');
      const known = cache.find(key);
      if (known !== null) return known;
      const token = parseBearer(authorization);
      if (!token.ok) return err({ kind: 'malformed', detail: 'not one bearer token' });
      const joined = underWay.get(key);
      if (joined !== undefined) return joined;
      if (underWay.size >= CHECKS_MAX)
        return err({ kind: 'unavailable', detail: 'too many credentials are being checked' });
      const started = check(key, token.value);
      underWay.set(key, started);
      return started;
    },

    forget(credentialId) {
      forgetUnderWay();
      cache.forget(credentialId);
    },

    forgetAll() {
      forgetUnderWay();
      cache.clear();
    },
  };
}

async function verifyOwnToken(
  deps: { readonly tokens: TokenStore; readonly clock: Clock },
  token: GatewayToken,
  text: string,
): Promise<Verdict> {
  if (token.plane !== 'mcp') return refused('invalid', 'a token of the admin plane');
  const stored = await loadToken(deps.tokens, token.id, STORE_TIMEOUT_MS);
  if (!stored.ok) return undecided('unavailable', stored.error);
  const good = checkStoredToken(stored.value, { plane: 'mcp', text }, deps.clock.nowMs());
  if (!good.ok) return refused(good.error.kind, good.error.detail);
  return { result: ok(principalOf(good.value)), keepMs: TOKEN_KEEP_MS, expiresMs: good.value.expiresMs };
}

function principalOf(token: StoredToken): Principal {
  return {
    id: token.user as PrincipalId,
    name: token.user,
    groups: token.groups,
    scopes: token.scopes,
    tenant: null,
    client: token.id,
    credentialId: token.id,
    issuer: GATEWAY_ISSUER,
    resources: null,
    expiresMs: token.expiresMs,
  };
}
