import type { AuditEntry } from '../core/audit/entry.ts';
import type { AdminRole } from '../core/identity/principal.ts';

/** A person who signs in to the console, with a password or through an OpenID provider. */
export interface StoredAccount {
  /** `acct_` and 22 characters. Names the account as a credential. */
  readonly id: string;
  /** Of two names that differ in case alone, there is one. */
  readonly user: string;
  /** `<issuer>#<sub>` of somebody whom a provider vouches for; `null` for a local account. */
  readonly subject: string | null;
  /** As the password hasher wrote it, with its parameters. Empty, which no password has, where there is a subject. */
  readonly passwordHash: string;
  readonly roles: readonly AdminRole[];
  readonly groups: readonly string[];
  readonly createdMs: number;
  /** `null` while it is good. */
  readonly disabledMs: number | null;
}

export type AccountChange = Partial<Pick<StoredAccount, 'passwordHash' | 'disabledMs' | 'roles' | 'groups'>>;

/** Every change is stored in one transaction with its audit entries. Throws `StoreError` when it cannot answer. */
export interface AccountStore {
  /** Resolves to `false`, with nothing stored, where there is such an id or such a name, in whatever case. */
  create(account: StoredAccount, entries: readonly AuditEntry[]): Promise<boolean>;
  /** Resolves to `false`, with nothing stored, where there is no such account. */
  change(id: string, change: AccountChange, entries: readonly AuditEntry[]): Promise<boolean>;
  find(id: string): Promise<StoredAccount | null>;
  /** In whatever case. */
  findByName(user: string): Promise<StoredAccount | null>;
  /** Newest first. */
  list(): Promise<readonly StoredAccount[]>;
}
