import { parseBearer } from '../../core/identity/parse-bearer.ts';
import { parseJws } from '../../core/identity/parse-jws.ts';
import { parseToken } from '../../core/identity/token-format.ts';
import type { Administrator } from '../../core/identity/principal.ts';
import { err, ok } from '../../core/result.ts';
import type { AdminAuthenticator } from '../../ports/admin-authenticator.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AccountStore } from '../../ports/account-store.ts';
import type { StoredToken, TokenStore } from '../../ports/token-store.ts';
import { ACCOUNT_ID_PREFIX } from '../../gateway/administration/accounts.ts';
import type { Revocable } from './authenticator.ts';
import { createKeptRows } from './kept-rows.ts';
import { checkStoredToken, checkTokenRow } from './load-token.ts';

/** Accepts tokens of the admin plane alone, and the accounts of sessions. `load` reads the rows of all of them once, at start. */
export function createAdminAuthenticator(deps: {
  readonly tokens: TokenStore;
  readonly accounts: AccountStore;
  readonly clock: Clock;
}): AdminAuthenticator & Revocable & { load(): Promise<void> } {
  const { clock } = deps;
  const rows = createKeptRows({ rows: deps.tokens, clock });
  const accounts = createKeptRows({ rows: deps.accounts, clock });
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
      const good = checkStoredToken(stored.value, { plane: 'admin', text: text.value }, clock.nowMs());
      return good.ok ? ok(administratorOf(good.value)) : good;
    },
    async recheck(credentialId) {
      if (credentialId.startsWith(`${ACCOUNT_ID_PREFIX}_`)) {
        const account = await accounts.find(credentialId);
        if (!account.ok) return err({ kind: 'unavailable', detail: account.error });
        if (account.value === null) return err({ kind: 'invalid', detail: 'no such account' });
        if (account.value.disabledMs !== null) return err({ kind: 'revoked', detail: 'the account is disabled' });
        const { user, roles, groups, id, subject } = account.value;
        return ok({ user, roles, groups, credentialId: id, ...(subject === null ? {} : { subject }) });
      }
      const stored = await rows.find(credentialId);
      if (!stored.ok) return err({ kind: 'unavailable', detail: stored.error });
      const good = checkTokenRow(stored.value, 'admin', clock.nowMs());
      return good.ok ? ok(administratorOf(good.value)) : good;
    },
    async load() {
      const [issued, people] = await Promise.all([deps.tokens.list(), deps.accounts.list()]);
      for (const token of issued) if (checkTokenRow(token, 'admin', clock.nowMs()).ok) rows.keep(token);
      for (const account of people) if (account.disabledMs === null) accounts.keep(account);
    },
    forget(credentialId) {
      rows.forget(credentialId);
      accounts.forget(credentialId);
    },
    forgetAll() {
      rows.forgetAll();
      accounts.forgetAll();
    },
  };
}

function administratorOf({ user, roles, groups, id }: StoredToken): Administrator {
  return { user, roles, groups, credentialId: id };
}
