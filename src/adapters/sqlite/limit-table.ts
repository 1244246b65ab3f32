import type { DatabaseSync } from 'node:sqlite';
import type { StoredUse } from '../../ports/limit-store.ts';

export interface LimitTable {
  add(uses: readonly StoredUse[], nowMs: number): void;
  load(nowMs: number): readonly StoredUse[];
}

/** How many additions pass between two looks for what no longer counts. */
const FORGET_EVERY = 1000;

export function createLimitTable(db: DatabaseSync): LimitTable {
  const add = db.prepare(`
    INSERT INTO limit_use (key, slot, amount, expires_ms) VALUES (?, ?, ?, ?)
    ON CONFLICT (key, slot) DO UPDATE SET amount = amount + excluded.amount`);
  const forget = db.prepare('DELETE FROM limit_use WHERE expires_ms <= ?');
  const load = db.prepare(`
    SELECT key, slot, amount, expires_ms AS expiresMs FROM limit_use WHERE expires_ms > ? AND amount > 0 ORDER BY key, slot`);
  let additions = 0;

  return {
    add(uses, nowMs) {
      for (const { key, slot, amount, expiresMs } of uses) add.run(key, slot, amount, expiresMs);
      additions += 1;
      if (additions % FORGET_EVERY === 0) forget.run(nowMs);
    },
    load: (nowMs) => load.all(nowMs) as unknown as readonly StoredUse[],
  };
}
