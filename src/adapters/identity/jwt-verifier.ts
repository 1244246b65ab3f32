import { hash } from 'node:crypto';
import { type ClaimRules, checkClaims } from '../../core/identity/check-claims.ts';
import { JWT_LIMITS, parseJws } from '../../core/identity/parse-jws.ts';
import { type ClaimNames, principalFromClaims } from '../../core/identity/principal-from-claims.ts';
import { SIGNATURE_ALGORITHMS } from '../../core/identity/signature-algorithms.ts';
import { readJson } from '../../core/json/read-json.ts';
import { isJsonObject } from '../../core/json/value.ts';
import { ok } from '../../core/result.ts';
import {
  KEY_SOURCE_LIMITS,
  type KeySource,
  type KeySourceDeps,
  type KeySourceLimits,
  createKeySource,
} from './key-source.ts';
import { type Verdict, refused, undecided } from './verdict.ts';
import { verifySignature } from './verify-signature.ts';

/** An authorization server whose access tokens are accepted. */
export interface TrustedIssuer {
  /** Compared exactly with `iss`. */
  readonly issuer: string;
  /** Canonical resource URIs, compared exactly with `aud`. */
  readonly audiences: readonly string[];
  /** Whether these are endpoints of this gateway. A token then counts only at the ones that it names. */
  readonly areAudiencesResources: boolean;
  /** Asymmetric signature algorithms by their JOSE names. */
  readonly algorithms: readonly string[];
  /** `null`: found through the issuer's metadata. */
  readonly jwksUri: string | null;
  readonly claims: ClaimNames;
}

export interface JwtOptions {
  readonly issuers: readonly TrustedIssuer[];
  /** At most 60 s; 30 s where it is not given. */
  readonly clockSkewMs?: number;
  /** The longest life that a token may have been given; no limit where it is not given. */
  readonly lifetimeMsMax?: number;
  readonly keys?: Partial<KeySourceLimits>;
}

/** How long a verified token is believed: how long a key that its issuer withdrew lives on in the cache. */
const TOKEN_KEEP_MS = 60_000;
const CLOCK_SKEW_MS_MAX = 60_000;
/** `Ed25519` is the newer name (RFC 9864) of what `EdDSA` means here. */
const ASYMMETRIC: ReadonlySet<string> = new Set([...SIGNATURE_ALGORITHMS, 'Ed25519']);

interface Trust {
  readonly rules: ClaimRules;
  readonly names: ClaimNames;
  readonly areAudiencesResources: boolean;
  readonly algorithms: readonly string[];
  readonly keys: KeySource;
}

/** Verifies JWT access tokens (RFC 9068). Never throws. */
export function createJwtVerifier(deps: KeySourceDeps, options: JwtOptions): (token: string) => Promise<Verdict> {
  const trusted = new Map(options.issuers.map((issuer) => [issuer.issuer, trust(deps, issuer, options)]));

  return async function verifyJwt(token) {
    const jws = parseJws(token);
    if (!jws.ok) return refused('malformed', jws.error);
    const claims = readJson(jws.value.payload, JWT_LIMITS);
    if (!claims.ok || !isJsonObject(claims.value)) return refused('malformed', 'the claims are no JSON object');
    // The issuer that the token claims to be from only selects the keys that can prove it.
    const issuer = typeof claims.value.iss === 'string' ? trusted.get(claims.value.iss) : undefined;
    if (issuer === undefined) return refused('invalid', 'no issuer that is trusted');
    if (!issuer.algorithms.includes(jws.value.header.alg))
      return refused('invalid', 'an algorithm that is not allowed');

    const forged = await checkSignature(token, issuer);
    if (forged !== null) return forged;

    const expiresMs = checkClaims(claims.value, issuer.rules, deps.clock.nowMs());
    if (!expiresMs.ok) return refused(expiresMs.error.kind, expiresMs.error.detail);
    // Of what is signed, not of the signature: of an ECDSA signature anybody can make a second one that is as good.
    const signed = token.slice(0, token.lastIndexOf('.'));
    const credentialId = `jwt_${hash('sha256', signed, 'base64url').slice(0, 22)}`;
    const { names, areAudiencesResources } = issuer;
    const source = { issuer: issuer.rules.issuer, names, credentialId, areAudiencesResources };
    const principal = principalFromClaims(claims.value, source);
    if (!principal.ok) return refused('invalid', principal.error);
    const result = ok({ ...principal.value, expiresMs: expiresMs.value });
    return { result, keepMs: TOKEN_KEEP_MS, expiresMs: expiresMs.value };
  };
}

/** `null` where the signature is good. */
async function checkSignature(token: string, { keys, algorithms }: Trust): Promise<Verdict | null> {
  const current = await keys.current();
  if (!current.ok) return undecided('unavailable', current.error);
  let outcome = await verifySignature(token, current.value, algorithms);
  if (outcome === 'unknown-key') {
    const newer = await keys.newerThan(current.value);
    if (newer !== null) outcome = await verifySignature(token, newer, algorithms);
  }
  switch (outcome) {
    case 'verified':
      return null;
    case 'unknown-key':
      // The key may be published in a moment, so this is no refusal to keep.
      return undecided('invalid', 'no key of the issuer is meant');
    case 'forged':
      return refused('invalid', 'the signature is not good');
  }
}

function trust(deps: KeySourceDeps, issuer: TrustedIssuer, options: JwtOptions): Trust {
  const clockSkewMs = options.clockSkewMs ?? 30_000;
  if (clockSkewMs > CLOCK_SKEW_MS_MAX) throw new Error(`clockSkewMs must be at most ${CLOCK_SKEW_MS_MAX}`);
  const foreign = issuer.algorithms.find((algorithm) => !ASYMMETRIC.has(algorithm));
  if (foreign !== undefined) throw new Error(`${foreign} is no asymmetric signature algorithm`);
  // INVARIANT: `<issuer>#<sub>` names one person only while no issuer holds a `#` itself (RFC 8414 §2 forbids a fragment).
  if (issuer.issuer.includes('#')) throw new Error('an issuer has no fragment');
  return {
    rules: {
      issuer: issuer.issuer,
      audiences: new Set(issuer.audiences),
      clockSkewMs,
      lifetimeMsMax: options.lifetimeMsMax ?? null,
    },
    names: issuer.claims,
    areAudiencesResources: issuer.areAudiencesResources,
    algorithms: issuer.algorithms,
    keys: createKeySource(deps, issuer, { ...KEY_SOURCE_LIMITS, ...options.keys }),
  };
}
