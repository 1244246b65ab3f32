import { type Result, err, ok } from '../../core/result.ts';
import type { Clock } from '../../ports/clock.ts';
import type { StoredToken, TokenStore } from '../../ports/token-store.ts';
import type { Revocable } from './authenticator.ts';
import { loadToken } from './load-token.ts';

/** How long a row is believed without asking the store: how late another replica learns of a revocation. */
const FRESH_MS = 5000;
/** How long a row is believed while the store gives no answer. */
const STALE_MS_MAX = 3_600_000;
/** The kill switch must answer within 250 ms even where the store hangs. */
const STORE_TIMEOUT_MS = 150;
/** Tokens that are looked up at once. More get no look-up, so that guessing cannot keep the store busy. */
const LOOKUPS_MAX = 16;
const ROWS_MAX = 1000;

/**
 * Rows of admin tokens, as the store said last. They outlive a failure of the store by an hour, because an operator must be able to pull
 * the kill switch just then. A row is no identity yet: the secret is compared with it every time.
 */
export interface AdminTokenRows extends Revocable {
  /** `null`: there is no such token. An error: the store does not say, and the row was not seen lately. */
  find(id: string): Promise<Result<StoredToken | null, string>>;
  /** Reads the rows of all good tokens once, so that the first request of an operator needs no store. */
  load(): Promise<void>;
}

export function createAdminTokenRows(deps: { readonly tokens: TokenStore; readonly clock: Clock }): AdminTokenRows {
  const { tokens, clock } = deps;
  const rows = new Map<string, { readonly token: StoredToken; readonly seenMs: number }>();
  const underWay = new Map<string, Promise<Result<StoredToken | null, string>>>();
  let revocations = 0;

  function keep(token: StoredToken): void {
    if (rows.size >= ROWS_MAX) rows.delete(rows.keys().next().value ?? token.id);
    rows.set(token.id, { token, seenMs: clock.monotonicMs() });
  }

  function kept(id: string, ageMsMax: number): StoredToken | null {
    const row = rows.get(id);
    return row !== undefined && clock.monotonicMs() - row.seenMs < ageMsMax ? row.token : null;
  }

  /** Requests with the same token share one look-up, so that a burst of a good one is no flood of guesses. */
  function lookUp(id: string): Promise<Result<StoredToken | null, string>> {
    const joined = underWay.get(id);
    if (joined !== undefined) return joined;
    if (underWay.size >= LOOKUPS_MAX) return Promise.resolve(err('too many tokens are being looked up'));
    const started = askStore(id).finally(() => {
      if (underWay.get(id) === started) underWay.delete(id);
    });
    underWay.set(id, started);
    return started;
  }

  async function askStore(id: string): Promise<Result<StoredToken | null, string>> {
    const before = revocations;
    const found = await loadToken(tokens, id, STORE_TIMEOUT_MS);
    // An answer that was on its way while a token was revoked may be older than that.
    if (found.ok && revocations === before) {
      rows.delete(id);
      if (found.value !== null) keep(found.value);
    }
    return found;
  }

  return {
    async find(id) {
      const fresh = kept(id, FRESH_MS);
      if (fresh !== null) return ok(fresh);
      const found = await lookUp(id);
      if (found.ok) return found;
      const stale = kept(id, STALE_MS_MAX);
      return stale === null ? found : ok(stale);
    },

    async load() {
      for (const token of await tokens.list()) {
        if (token.plane === 'admin' && token.revokedMs === null && token.expiresMs > clock.nowMs()) keep(token);
      }
    },

    forget(credentialId) {
      revocations++;
      underWay.delete(credentialId);
      rows.delete(credentialId);
    },

    forgetAll() {
      revocations++;
      underWay.clear();
      rows.clear();
    },
  };
}
