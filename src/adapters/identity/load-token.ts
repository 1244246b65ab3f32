import { type Result, err, ok } from '../../core/result.ts';
import { isTokenHash } from '../../core/identity/token-format.ts';
import { StoreError } from '../../ports/store-error.ts';
import type { StoredToken, TokenStore } from '../../ports/token-store.ts';

/** Asks the store, but waits no longer than `timeoutMs`. Never throws; an error says why there is no answer. */
export function loadToken(
  tokens: TokenStore,
  id: string,
  timeoutMs: number,
): Promise<Result<StoredToken | null, string>> {
  return loadInTime(() => tokens.find(id), timeoutMs);
}

export async function loadInTime<T>(ask: () => Promise<T>, timeoutMs: number): Promise<Result<T, string>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Result<never, string>>((resolve) => {
    timer = setTimeout(() => resolve(err('the store is late')), timeoutMs);
  });
  try {
    return await Promise.race([ask().then(ok), late]);
  } catch (error) {
    return err(`the store failed: ${error instanceof StoreError ? error.code : 'unexpected error'}`);
  } finally {
    clearTimeout(timer);
  }
}

interface TokenFault {
  readonly kind: 'invalid' | 'revoked' | 'expired';
  readonly detail: string;
}

/** Whether `text` is the token of the row that its id names, and good on this plane at this moment. */
export function checkStoredToken(
  stored: StoredToken | null,
  presented: { readonly plane: 'mcp' | 'admin'; readonly text: string },
  nowMs: number,
): Result<StoredToken, TokenFault> {
  if (stored !== null && !isTokenHash(stored.secretHash, presented.text))
    return err({ kind: 'invalid', detail: 'the secret is wrong' });
  return checkTokenRow(stored, presented.plane, nowMs);
}

/** Whether a row is good on this plane at this moment. It says nothing of the one who names it. */
export function checkTokenRow(
  stored: StoredToken | null,
  plane: 'mcp' | 'admin',
  nowMs: number,
): Result<StoredToken, TokenFault> {
  if (stored === null) return err({ kind: 'invalid', detail: 'no such token' });
  if (stored.plane !== plane) return err({ kind: 'invalid', detail: 'a token of the other plane' });
  if (stored.revokedMs !== null) return err({ kind: 'revoked', detail: 'revoked' });
  if (stored.expiresMs <= nowMs) return err({ kind: 'expired', detail: 'expired' });
  return ok(stored);
}
