import type { Json, JsonObject } from '../json/value.ts';
import { type Result, err, ok } from '../result.ts';

/** What the claims of a JWT must satisfy (RFC 7519 §4.1, RFC 9068 §4). */
export interface ClaimRules {
  readonly issuer: string;
  /** The canonical resource URIs of this gateway. Compared exactly. */
  readonly audiences: ReadonlySet<string>;
  /** How far the issuer's clock may be off. */
  readonly clockSkewMs: number;
  /** The longest time from `iat` to `exp`; `null`: no limit, and `iat` may be missing. */
  readonly lifetimeMsMax: number | null;
}

export interface ClaimsFault {
  readonly kind: 'invalid' | 'expired';
  /** Which check failed. Holds no claim. */
  readonly detail: string;
}

/** Until when the token is good, milliseconds since the epoch, skew included. */
export function checkClaims(claims: JsonObject, rules: ClaimRules, nowMs: number): Result<number, ClaimsFault> {
  if (claims.iss !== rules.issuer) return invalid('another issuer');
  if (!isForUs(claims.aud, rules.audiences)) return invalid('another audience');
  return checkTimes(claims, rules, nowMs);
}

/** Every audience must be ours: a token that is also good elsewhere can be replayed to us by whoever serves that other place. */
function isForUs(aud: Json | undefined, ours: ReadonlySet<string>): boolean {
  const audiences = Array.isArray(aud) ? aud : [aud];
  return audiences.length > 0 && audiences.every((audience) => typeof audience === 'string' && ours.has(audience));
}

function checkTimes(claims: JsonObject, rules: ClaimRules, nowMs: number): Result<number, ClaimsFault> {
  const exp = parseTimeMs(claims.exp);
  const nbf = claims.nbf === undefined ? 0 : parseTimeMs(claims.nbf);
  const iat = claims.iat === undefined ? 0 : parseTimeMs(claims.iat);
  if (exp === null || nbf === null || iat === null) return invalid('exp, nbf or iat is no time in whole seconds');
  const expiresMs = exp + rules.clockSkewMs;
  if (expiresMs <= nowMs) return err({ kind: 'expired', detail: 'expired' });
  if (nbf - rules.clockSkewMs > nowMs) return invalid('not valid yet');
  if (iat - rules.clockSkewMs > nowMs) return invalid('issued in the future');
  if (rules.lifetimeMsMax !== null && exp - iat > rules.lifetimeMsMax)
    return invalid('valid for longer than is allowed');
  return ok(expiresMs);
}

/** The last second of the year 9999: a later one is no time that anybody meant. */
const TIME_SECONDS_MAX = 253_402_300_799;

/** RFC 7519 would allow fractions; issuers write whole seconds, and whatever else stands there is no time. */
function parseTimeMs(value: Json | undefined): number | null {
  if (typeof value !== 'number' || !Number.isInteger(value)) return null;
  return value >= 0 && value <= TIME_SECONDS_MAX ? value * 1000 : null;
}

function invalid(detail: string): { readonly ok: false; readonly error: ClaimsFault } {
  return err({ kind: 'invalid', detail });
}
