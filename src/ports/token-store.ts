import type { AuditEntry } from '../core/audit/entry.ts';
import type { AdminRole } from '../core/identity/principal.ts';

/** A gateway-issued token as stored. The secret itself is shown once and never kept. */
export interface StoredToken {
  readonly id: string;
  /** SHA-256 of the secret, hex. The secret has 256 random bits, so a slow hash would add nothing. */
  readonly secretHash: string;
  readonly plane: 'mcp' | 'admin';
  readonly user: string;
  readonly groups: readonly string[];
  readonly scopes: readonly string[];
  readonly roles: readonly AdminRole[];
  readonly createdMs: number;
  readonly expiresMs: number;
  readonly revokedMs: number | null;
}

/** Throws `StoreError` when it cannot answer; an error is never an empty answer. */
export interface TokenStore {
  create(token: StoredToken, entries: readonly AuditEntry[]): Promise<void>;
  /** Resolves to `false`, with nothing stored, when the token is unknown or revoked already. */
  revoke(id: string, revokedMs: number, entries: readonly AuditEntry[]): Promise<boolean>;
  find(id: string): Promise<StoredToken | null>;
  list(): Promise<readonly StoredToken[]>;
}
