import { parseBearer } from '../../core/identity/parse-bearer.ts';
import { parseJws } from '../../core/identity/parse-jws.ts';
import { parseToken } from '../../core/identity/token-format.ts';
import { err, ok } from '../../core/result.ts';
import type { AdminAuthenticator } from '../../ports/admin-authenticator.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TokenStore } from '../../ports/token-store.ts';
import { createAdminTokenRows } from './admin-token-rows.ts';
import type { Revocable } from './authenticator.ts';
import { checkStoredToken } from './load-token.ts';

/** Accepts tokens of the admin plane alone. `load` reads the rows of all of them once, at start. */
export function createAdminAuthenticator(deps: {
  readonly tokens: TokenStore;
  readonly clock: Clock;
}): AdminAuthenticator & Revocable & { load(): Promise<void> } {
  const rows = createAdminTokenRows(deps);
  return {
    async authenticate(authorization) {
      const text = parseBearer(authorization);
      if (!text.ok) return err({ kind: text.error, detail: 'not one bearer token' });
      const token = parseToken(text.value);
      if (token?.plane === 'mcp' || parseJws(text.value).ok)
        return err({ kind: 'wrong-plane', detail: 'a token of the MCP plane' });
      if (token === null) return err({ kind: 'invalid', detail: 'not a token of this gateway' });
      const stored = await rows.find(token.id);
      if (!stored.ok) return err({ kind: 'unavailable', detail: stored.error });
      const good = checkStoredToken(stored.value, { plane: 'admin', text: text.value }, deps.clock.nowMs());
      if (!good.ok) return good;
      const { user, roles, groups, id } = good.value;
      return ok({ user, roles, groups, credentialId: id });
    },
    load: () => rows.load(),
    forget: (credentialId) => rows.forget(credentialId),
    forgetAll: () => rows.forgetAll(),
  };
}
