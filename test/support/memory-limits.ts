import type { LimitStore, StoredUse } from '../../src/ports/limit-store.ts';

/** Uses of limits in memory. */
export function createLimitsInMemory(log: { check(): void }): LimitStore {
  const stored = new Map<string, StoredUse>();
  return {
    load: async (nowMs) => {
      log.check();
      return [...stored.values()]
        .filter(({ amount, expiresMs }) => expiresMs > nowMs && amount > 0)
        .toSorted((a, b) => (a.key === b.key ? a.slot - b.slot : a.key < b.key ? -1 : 1));
    },
    add: async (uses) => {
      log.check();
      for (const use of uses) {
        const id = JSON.stringify([use.key, use.slot]);
        stored.set(id, { ...use, amount: (stored.get(id)?.amount ?? 0) + use.amount });
      }
    },
  };
}
