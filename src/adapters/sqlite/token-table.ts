import type { DatabaseSync } from 'node:sqlite';
import type { AdminRole } from '../../core/identity/principal.ts';
import type { StoredToken } from '../../ports/token-store.ts';

export interface TokenTable {
  /** `false`: there is one with this id. */
  create(token: StoredToken): boolean;
  /** `false`: unknown, or revoked already. */
  revoke(id: string, revokedMs: number): boolean;
  find(id: string): StoredToken | null;
  /** Newest first. */
  list(): readonly StoredToken[];
}

const LIST_TOKENS_MAX = 10_000;

const SELECT = `
  SELECT id, secret_hash AS secretHash, plane, user, groups, scopes, roles, created_ms AS createdMs, expires_ms AS expiresMs,
    revoked_ms AS revokedMs
  FROM token`;

export function createTokenTable(db: DatabaseSync): TokenTable {
  const create = db.prepare(`
    INSERT INTO token (id, secret_hash, plane, user, groups, scopes, roles, created_ms, expires_ms, revoked_ms)
    VALUES (:id, :secretHash, :plane, :user, :groups, :scopes, :roles, :createdMs, :expiresMs, :revokedMs)
    ON CONFLICT DO NOTHING`);
  const revoke = db.prepare('UPDATE token SET revoked_ms = ? WHERE id = ? AND revoked_ms IS NULL');
  const find = db.prepare(`${SELECT} WHERE id = ?`);
  const list = db.prepare(`${SELECT} ORDER BY ordinal DESC LIMIT ?`);

  return {
    create: (token) => create.run(toRow(token)).changes > 0,
    revoke: (id, revokedMs) => revoke.run(revokedMs, id).changes > 0,
    find(id) {
      const row = find.get(id);
      return row === undefined ? null : fromRow(row);
    },
    list: () => list.all(LIST_TOKENS_MAX).map(fromRow),
  };
}

type ListField = 'groups' | 'scopes' | 'roles';
type Row = Omit<StoredToken, ListField> & Record<ListField, string>;

function toRow(token: StoredToken): Record<keyof Row, string | number | null> {
  const { groups, scopes, roles } = token;
  return {
    ...token,
    groups: JSON.stringify(groups),
    scopes: JSON.stringify(scopes),
    roles: JSON.stringify(roles),
  };
}

function fromRow(found: unknown): StoredToken {
  const row = found as Row;
  return {
    ...row,
    groups: JSON.parse(row.groups) as readonly string[],
    scopes: JSON.parse(row.scopes) as readonly string[],
    roles: JSON.parse(row.roles) as readonly AdminRole[],
  };
}
