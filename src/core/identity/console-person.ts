import { hash } from 'node:crypto';
import type { JsonObject } from '../json/value.ts';
import { err, ok, type Result } from '../result.ts';
import { parseText, parseTexts } from './principal-from-claims.ts';
import type { AdminRole } from './principal.ts';

/** `group:leads` or `user:248289761001`: who holds a role. */
export const ROLE_HOLDER: RegExp = /^(?:group|user):[^\p{C}\s][^\p{C}]{0,254}$/u;

export interface ConsolePersonRules {
  readonly issuer: string;
  readonly groupsClaim: string;
  /** `null`: people are named by `<issuer>#<sub>`, as on the MCP plane. */
  readonly userClaim: string | null;
  readonly roles: { readonly [Role in AdminRole]: readonly string[] };
}

/** Somebody whom an OpenID provider vouches for. */
export interface ConsolePerson {
  /** `<issuer>#<sub>`: never given to another person. Source: OpenID Connect Core §5.7. */
  readonly subject: string;
  /** What approvals and the log call them. */
  readonly user: string;
  readonly groups: readonly string[];
  readonly roles: readonly AdminRole[];
}

/**
 * Who the verified claims speak of, and what the operator lets them do. Strict, like the claims of access tokens: what is of the wrong type
 * is refused, and what is missing means no rights. The error holds nothing of a claim.
 */
export function consolePersonOf(claims: JsonObject, rules: ConsolePersonRules): Result<ConsolePerson, string> {
  const sub = parseText(claims.sub);
  if (sub === null) return err('the subject is no short text');
  const { [rules.groupsClaim]: found } = claims;
  const groups = found === undefined ? [] : parseTexts(found);
  if (groups === null) return err('the groups are no short list of texts');
  const subject = `${rules.issuer}#${sub}`;
  const user = rules.userClaim === null ? subject : parseText(claims[rules.userClaim]);
  if (user === null) return err('the claim that names people is missing, or no short text');
  // An address that the person typed in and nobody confirmed may be that of somebody else, so silence vouches for nothing.
  // Some providers say it in a text.
  const { email_verified: verified } = claims;
  if (rules.userClaim === 'email' && verified !== true && verified !== 'true') return err(NOT_VERIFIED);
  const held = new Set([`user:${sub}`, ...groups.map((group) => `group:${group}`)]);
  const roles = ROLES.filter((role) => rules.roles[role].some((holder) => held.has(holder)));
  return ok({ subject, user, groups, roles });
}

const NOT_VERIFIED =
  'people are named by `email`, and the provider does not say `email_verified: true` of this address; ' +
  'have it say so, or name people by another claim in console.oidc.claims.user';

/** Names somebody as a credential: 128 bits, the same at each sign-in. */
export function subjectDigest(subject: string): string {
  return hash('sha256', subject, 'base64url').slice(0, 22);
}

const ROLES: readonly AdminRole[] = ['approver', 'operator', 'auditor', 'viewer'];
