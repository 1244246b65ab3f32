import type { DatabaseSync } from 'node:sqlite';
import type { AdminRole } from '../../core/identity/principal.ts';
import type { AccountChange, StoredAccount } from '../../ports/account-store.ts';

export interface AccountTable {
  /** `false`: there is one with this id or name. */
  create(account: StoredAccount): boolean;
  /** `false`: there is no such account. */
  change(id: string, change: AccountChange): boolean;
  find(id: string): StoredAccount | null;
  findByName(user: string): StoredAccount | null;
  /** Newest first. */
  list(): readonly StoredAccount[];
}

const LIST_ACCOUNTS_MAX = 10_000;

const SELECT = `
  SELECT id, user, subject, password_hash AS passwordHash, roles, groups, created_ms AS createdMs, disabled_ms AS disabledMs
  FROM account`;

export function createAccountTable(db: DatabaseSync): AccountTable {
  const create = db.prepare(`
    INSERT INTO account (id, user, subject, password_hash, roles, groups, created_ms, disabled_ms)
    VALUES (:id, :user, :subject, :passwordHash, :roles, :groups, :createdMs, :disabledMs) ON CONFLICT DO NOTHING`);
  const change = db.prepare(
    'UPDATE account SET password_hash = ?, disabled_ms = ?, roles = ?, groups = ? WHERE id = ?',
  );
  const find = db.prepare(`${SELECT} WHERE id = ?`);
  const findByName = db.prepare(`${SELECT} WHERE user = ?`);
  const list = db.prepare(`${SELECT} ORDER BY ordinal DESC LIMIT ?`);
  const findOne = (id: string): StoredAccount | null => fromRow(find.get(id));

  return {
    create: ({ roles, groups, ...rest }) =>
      create.run({ ...rest, roles: JSON.stringify(roles), groups: JSON.stringify(groups) }).changes > 0,
    change(id, changed) {
      const current = findOne(id);
      if (current === null) return false;
      const { passwordHash, disabledMs, roles, groups } = { ...current, ...changed };
      return change.run(passwordHash, disabledMs, JSON.stringify(roles), JSON.stringify(groups), id).changes > 0;
    },
    find: findOne,
    findByName: (user) => fromRow(findByName.get(user)),
    list: () => list.all(LIST_ACCOUNTS_MAX).flatMap((row) => fromRow(row) ?? []),
  };
}

type Row = Omit<StoredAccount, 'roles' | 'groups'> & { readonly roles: string; readonly groups: string };

function fromRow(found: unknown): StoredAccount | null {
  if (found === undefined) return null;
  const row = found as Row;
  return {
    ...row,
    roles: JSON.parse(row.roles) as readonly AdminRole[],
    groups: JSON.parse(row.groups) as readonly string[],
  };
}
