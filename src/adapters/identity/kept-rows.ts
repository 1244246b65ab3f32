import { type Result, err, ok } from '../../core/result.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Revocable } from './authenticator.ts';
import { loadInTime } from './load-token.ts';

/** How long a row is believed without asking the store: how late another replica learns of a revocation. */
const FRESH_MS = 5000;
/** How long a row is believed while the store gives no answer. */
const STALE_MS_MAX = 3_600_000;
/** The kill switch must answer within 250 ms even where the store hangs. */
const STORE_TIMEOUT_MS = 150;
/** Rows that are looked up at once. More get no look-up, so that guessing cannot keep the store busy. */
const LOOKUPS_MAX = 16;
const ROWS_MAX = 1000;

/**
 * Rows of the credentials of administrators, as the store said last. They outlive a failure of the store by an hour, because an operator
 * must be able to pull the kill switch just then. A row is no identity yet: the secret is compared with it every time.
 */
export interface KeptRows<Row> extends Revocable {
  /** `null`: there is no such row. An error: the store does not say, and the row was not seen lately. */
  find(id: string): Promise<Result<Row | null, string>>;
  /** Keeps a row that was just read, so that the first request of its owner needs no store. */
  keep(row: Row): void;
}

export function createKeptRows<Row extends { readonly id: string }>(deps: {
  readonly rows: { find(id: string): Promise<Row | null> };
  readonly clock: Clock;
}): KeptRows<Row> {
  const { clock } = deps;
  const rows = new Map<string, { readonly row: Row; readonly seenMs: number }>();
  const underWay = new Map<string, Promise<Result<Row | null, string>>>();
  let revocations = 0;

  function keep(row: Row): void {
    if (rows.size >= ROWS_MAX) rows.delete(rows.keys().next().value ?? row.id);
    rows.set(row.id, { row, seenMs: clock.monotonicMs() });
  }

  function kept(id: string, ageMsMax: number): Row | null {
    const found = rows.get(id);
    return found !== undefined && clock.monotonicMs() - found.seenMs < ageMsMax ? found.row : null;
  }

  /** Requests with the same credential share one look-up, so that a burst of a good one is no flood of guesses. */
  function lookUp(id: string): Promise<Result<Row | null, string>> {
    const joined = underWay.get(id);
    if (joined !== undefined) return joined;
    if (underWay.size >= LOOKUPS_MAX) return Promise.resolve(err('too many credentials are being looked up'));
    const started = askStore(id).finally(() => {
      if (underWay.get(id) === started) underWay.delete(id);
    });
    underWay.set(id, started);
    return started;
  }

  async function askStore(id: string): Promise<Result<Row | null, string>> {
    const before = revocations;
    const found = await loadInTime(() => deps.rows.find(id), STORE_TIMEOUT_MS);
    // An answer that was on its way while a credential was revoked may be older than that.
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

    keep,

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
