import type { Brand } from '../brand.ts';

/** Who is asking: the user name of a gateway-issued token, or `<issuer>#<sub>` of a verified JWT. Unique over all issuers. */
export type PrincipalId = Brand<string, 'PrincipalId'>;

/**
 * The acting person, as verified on this very request. Nothing in here ever comes from an argument, a session or a header other
 * than `Authorization`.
 */
export interface Principal {
  readonly id: PrincipalId;
  /** For people: never compared for rights, but compared to keep a requester from approving their own call. */
  readonly name: string;
  readonly groups: readonly string[];
  /** A ceiling: a rule that names scopes needs all of them here. Scopes alone never allow anything. */
  readonly scopes: readonly string[];
  readonly tenant: string | null;
  /** The OAuth client id, or the id of the gateway-issued token. Never the self-reported `clientInfo`. */
  readonly client: string;
  /** Names the credential in the audit log: a token id, or a digest of the JWT. Never the secret. */
  readonly credentialId: string;
  readonly issuer: string;
  /**
   * The resource identifiers (RFC 8707) that the credential was issued for: it counts at these endpoints and no others. `null`: at
   * every endpoint, because this gateway issued it, or because the operator mapped the issuer's audience.
   */
  readonly resources: readonly string[] | null;
  /** When the credential ends, milliseconds since the epoch. Not there: nothing is known of that. */
  readonly expiresMs?: number;
}

/** Whether the credential has ended: it was good when the request came, and the request may have waited since. */
export function hasEnded({ expiresMs = Infinity }: Principal, nowMs: number): boolean {
  return expiresMs <= nowMs;
}

/** What an administrator may do on the admin plane. */
export type AdminRole = 'approver' | 'operator' | 'auditor' | 'viewer';

/** Who acts on the admin plane. An MCP-plane principal never becomes one. */
export interface Administrator {
  readonly user: string;
  readonly roles: readonly AdminRole[];
  /** For rules that say which groups may approve. */
  readonly groups: readonly string[];
  readonly credentialId: string;
  /** `<issuer>#<sub>` of somebody whom an OpenID provider vouches for. */
  readonly subject?: string;
  /** How long ago a session's owner proved who they are. Not there: with this very request. */
  readonly provedAgoMs?: number;
}
