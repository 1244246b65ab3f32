import { formatToken, hashToken } from '../../src/core/identity/token-format.ts';
import type { StoredToken, TokenStore } from '../../src/ports/token-store.ts';

/** A token store in memory that counts its look-ups and can be told to fail. */
export interface FakeTokenStore extends TokenStore {
  finds: number;
  /** Takes the place of every answer of `find` while it is set. */
  instead: (() => Promise<StoredToken | null>) | null;
  /** Puts a token in and gives its text. */
  issue(fields?: Partial<StoredToken>): { readonly text: string; readonly token: StoredToken };
}

export function createFakeTokenStore(): FakeTokenStore {
  const rows = new Map<string, StoredToken>();
  let issued = 0;
  const store: FakeTokenStore = {
    finds: 0,
    instead: null,

    issue(fields = {}) {
      issued++;
      const id = `tok_${String(issued).padStart(22, '0')}`;
      const text = formatToken({ plane: fields.plane ?? 'mcp', id, secret: `${issued}`.padEnd(44, 'sEcr3t-_') });
      const token: StoredToken = {
        id,
        secretHash: hashToken(text),
        plane: 'mcp',
        user: 'alice',
        groups: ['sales'],
        scopes: ['crm.read'],
        roles: [],
        createdMs: 0,
        expiresMs: Date.UTC(2027, 0, 1),
        revokedMs: null,
        ...fields,
      };
      rows.set(id, token);
      return { text, token };
    },

    find(id) {
      store.finds++;
      return store.instead === null ? Promise.resolve(rows.get(id) ?? null) : store.instead();
    },

    create(token) {
      rows.set(token.id, token);
      return Promise.resolve();
    },

    revoke(id, revokedMs) {
      const row = rows.get(id);
      if (row === undefined || row.revokedMs !== null) return Promise.resolve(false);
      rows.set(id, { ...row, revokedMs });
      return Promise.resolve(true);
    },

    list: () => Promise.resolve([...rows.values()]),
  };
  return store;
}
