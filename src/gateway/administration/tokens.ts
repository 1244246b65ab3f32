import type { TokenEntry } from '../../core/audit/entry.ts';
import type { Administrator } from '../../core/identity/principal.ts';
import { formatToken, hashToken, TOKEN_ID_PREFIX } from '../../core/identity/token-format.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Clock, Ids } from '../../ports/clock.ts';
import type { StoredToken, TokenStore } from '../../ports/token-store.ts';
import type { AdminFault, Administration, TokenRequest } from '../administration.ts';
import type { InFlight } from '../in-flight.ts';
import { checkRole, notFound, withStore } from './admin-fault.ts';

export interface TokenAdminDeps {
  readonly tokens: TokenStore;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly inFlight: InFlight;
  /** Empties what remembers verified credentials, so that a revocation counts from the next request on. */
  readonly forgetCredential: (credentialId: string) => void;
  readonly maxTtlMs: number;
}

export function createTokenAdministration(
  deps: TokenAdminDeps,
): Pick<Administration, 'createToken' | 'listTokens' | 'revokeToken'> {
  return {
    createToken: (by, request) => {
      const fault = checkRole(by, 'operator') ?? checkRequest(request, deps.maxTtlMs);
      if (fault !== null) return Promise.resolve(err(fault));
      return withStore(async () => ok(await issueToken(deps, request, by.user)));
    },
    listTokens: (by) => {
      const fault = checkRole(by, 'operator', 'auditor');
      if (fault !== null) return Promise.resolve(err(fault));
      return withStore(async () => ok(await deps.tokens.list()));
    },
    revokeToken: (by, id) => {
      const fault = checkRole(by, 'operator');
      if (fault !== null) return Promise.resolve(err(fault));
      return withStore(() => revoke(deps, by, id));
    },
  };
}

/** Creates a token and its audit entry. The secret is in the answer and nowhere else. Throws `StoreError`. */
export async function issueToken(
  deps: Pick<TokenAdminDeps, 'tokens' | 'clock' | 'ids'>,
  request: TokenRequest,
  by: string,
): Promise<{ token: StoredToken; secret: string }> {
  const { plane, user, groups, scopes, roles, ttlMs } = request;
  const nowMs = deps.clock.nowMs();
  const id = deps.ids.next(TOKEN_ID_PREFIX);
  // The random parts of two ids: 256 bits.
  const random = [deps.ids.next('s'), deps.ids.next('s')].map((each) => each.slice('s_'.length)).join('');
  const secret = formatToken({ plane, id, secret: random });
  const token: StoredToken = {
    id,
    plane,
    user,
    groups,
    scopes,
    roles,
    secretHash: hashToken(secret),
    createdMs: nowMs,
    expiresMs: nowMs + ttlMs,
    revokedMs: null,
  };
  await deps.tokens.create(token, [entryOf(token, 'created', by, nowMs)]);
  return { token, secret };
}

function checkRequest({ plane, user, roles, ttlMs }: TokenRequest, maxTtlMs: number): AdminFault | null {
  const invalid = (message: string, help: string): AdminFault => ({ kind: 'invalid', message, help });
  if (ttlMs > maxTtlMs) return invalid('the token would live longer than allowed', 'See identity.tokens.maxTtl.');
  // `<issuer>#<sub>` is the id of somebody who signs in elsewhere; a token must not be able to take it.
  if (user.includes('#')) return invalid('a user name holds no #', 'Leave it out.');
  if (plane === 'mcp' && roles.length > 0) {
    return invalid(
      'a token for the MCP plane has no roles',
      'Create one for the admin plane, without scopes, instead.',
    );
  }
  if (plane === 'admin' && roles.length === 0) {
    return invalid(
      'a token for the admin plane needs a role',
      'Name at least one of approver, operator, auditor, viewer.',
    );
  }
  return null;
}

async function revoke(deps: TokenAdminDeps, by: Administrator, id: string): Promise<Result<true, AdminFault>> {
  const token = await deps.tokens.find(id);
  if (token === null) return err(notFound('token'));
  const nowMs = deps.clock.nowMs();
  const revoked = await deps.tokens.revoke(id, nowMs, [entryOf(token, 'revoked', by.user, nowMs)]);
  if (!revoked)
    return err({ kind: 'conflict', message: 'the token is revoked already', help: 'Nothing is left to do.' });
  deps.forgetCredential(id);
  deps.inFlight.stopCredential(id);
  return ok(true);
}

function entryOf(token: StoredToken, change: 'created' | 'revoked', by: string, timeMs: number): TokenEntry {
  return { kind: 'token', timeMs, change, tokenId: token.id, user: token.user, plane: token.plane, by };
}
