import type { Principal } from '../../core/identity/principal.ts';
import type { Result } from '../../core/result.ts';
import type { AuthenticationFault } from '../../ports/authenticator.ts';

/** What a check of one credential came to, and for how long that may be believed without checking again. */
export interface Verdict {
  readonly result: Result<Principal, AuthenticationFault>;
  /** 0: not at all. */
  readonly keepMs: number;
  /** The moment, milliseconds since the epoch, from which the credential is expired whatever else holds. */
  readonly expiresMs: number;
}

/** How long a refusal is believed: a flood of one bad token then costs one check in this time. */
const REFUSAL_KEEP_MS = 5000;

/** For what cannot become true: the credential itself is wrong. */
export function refused(kind: 'malformed' | 'invalid' | 'expired' | 'revoked', detail: string): Verdict {
  return {
    result: { ok: false, error: { kind, detail } },
    keepMs: REFUSAL_KEEP_MS,
    expiresMs: Number.POSITIVE_INFINITY,
  };
}

/** For what may be otherwise in a moment: believed for this one request. */
export function undecided(kind: 'invalid' | 'unavailable', detail: string): Verdict {
  return { result: { ok: false, error: { kind, detail } }, keepMs: 0, expiresMs: Number.POSITIVE_INFINITY };
}
