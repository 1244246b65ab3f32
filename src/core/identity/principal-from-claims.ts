import type { Json, JsonObject } from '../json/value.ts';
import { type Result, err, ok } from '../result.ts';
import type { Principal, PrincipalId } from './principal.ts';

/** Which claims of an issuer hold what. Names are taken as they are: `https://example.com/groups` is one name. */
export interface ClaimNames {
  readonly groups: string;
  readonly scopes: string;
  readonly name: string;
  readonly tenant: string | null;
}

/** Rights of one person. A token that says more was not made for a person. */
export const GRANTS_MAX = 256;
/** Of a subject, a name, a group, a scope and so on. RFC 7519 has none; OpenID Connect Core §2 gives 255 for `sub`. */
const CLAIM_CHARS_MAX = 255;

/** Stands for the client where the issuer does not name one. */
const UNNAMED_CLIENT = 'unnamed';

export interface ClaimSource {
  readonly issuer: string;
  readonly names: ClaimNames;
  readonly credentialId: string;
  /** Whether `aud` names endpoints of this gateway, or something else that the operator maps to all of them. */
  readonly areAudiencesResources: boolean;
}

/**
 * The principal that verified claims speak of. Strict: a claim of the wrong type is refused and never read as something near it, and
 * a missing one means no rights. The error says which claim is wrong, and not what it holds.
 */
export function principalFromClaims(claims: JsonObject, source: ClaimSource): Result<Principal, string> {
  const { issuer, names, credentialId, areAudiencesResources } = source;
  const subject = parseText(claims.sub);
  if (subject === null) return err('the subject is no short text');
  const groups = claims[names.groups] === undefined ? [] : parseTexts(claims[names.groups]);
  if (groups === null) return err('the groups are no short list of texts');
  const scopes = parseScopes(scopeClaim(claims, names.scopes));
  if (scopes === null) return err('the scopes are neither scope-tokens with single spaces nor a list of them');
  const name = claims[names.name] === undefined ? subject : parseText(claims[names.name]);
  const tenant =
    names.tenant === null || claims[names.tenant] === undefined ? undefined : parseText(claims[names.tenant]);
  const client = parseText(claims.client_id ?? claims.azp ?? UNNAMED_CLIENT);
  if (name === null || tenant === null || client === null) return err('the name, tenant or client is no short text');
  return ok({
    id: `${issuer}#${subject}` as PrincipalId,
    name,
    groups,
    scopes,
    tenant: tenant ?? null,
    client,
    credentialId,
    issuer,
    resources: areAudiencesResources ? audiencesOf(claims.aud) : null,
  });
}

/** Compared with what is accepted before this, so it is one text or a list of them. */
function audiencesOf(aud: Json | undefined): readonly string[] {
  return (Array.isArray(aud) ? aud : [aud]).filter((audience) => typeof audience === 'string');
}

/** Some issuers call it `scp`. Only where the usual claim is not there at all: two claims are never added up. */
function scopeClaim(claims: JsonObject, name: string): Json | undefined {
  return name === 'scope' && claims.scope === undefined ? claims.scp : claims[name];
}

/** Whole scope-tokens (RFC 6749 §3.3), compared exactly ever after. Nothing, an empty text and an empty list are no scopes. */
function parseScopes(claim: Json | undefined): readonly string[] | null {
  if (claim === undefined || claim === '') return [];
  const scopes = parseTexts(typeof claim === 'string' ? claim.split(' ') : claim);
  return scopes?.every((scope) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope)) ? scopes : null;
}

/** A short list of what `parseText` takes. */
export function parseTexts(claim: Json | undefined): readonly string[] | null {
  if (!Array.isArray(claim) || claim.length > GRANTS_MAX) return null;
  const texts = claim.map(parseText);
  return texts.every((text) => text !== null) ? texts : null;
}

/** Control characters have no place in a name, and could end a line of a log. */
export function parseText(claim: Json | undefined): string | null {
  if (typeof claim !== 'string' || claim.length === 0 || claim.length > CLAIM_CHARS_MAX) return null;
  return /\p{Cc}/u.test(claim) ? null : claim;
}
