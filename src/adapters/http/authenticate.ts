import { hasQueryToken } from '../../core/http/query-token.ts';
import type { Principal } from '../../core/identity/principal.ts';
import { err, type Result } from '../../core/result.ts';
import type { Soon } from '../../core/soon.ts';
import type { AuthenticationFault, Authenticator } from '../../ports/authenticator.ts';
import { type HttpRefusal, REFUSALS, unauthenticated } from './refusals.ts';

/**
 * Finds out who is asking. Whatever goes wrong ends in a refusal: there is no path from an error to an identity. A token in the
 * query string is refused even beside a good header, because it is in the logs of everything on the way.
 *
 * `resource` is the endpoint: a token that was issued for another one is no token here (RFC 8707; bug class of CVE-2025-69196).
 * `metadataUrl` is where a host finds out how to get a token; `null` where it must not try.
 */
export function authenticate(
  authenticator: Authenticator,
  authorization: string | null,
  url: string,
  place: Place,
): Soon<Result<Principal, HttpRefusal>> {
  if (hasQueryToken(url))
    return err(refusalOf({ kind: 'malformed', detail: 'a token in the query string' }, place.metadataUrl));
  try {
    const answer = authenticator.authenticate(authorization ?? undefined);
    if (!(answer instanceof Promise)) return admit(answer, place);
    return answer.then((later) => admit(later, place)).catch(() => UNKNOWN);
  } catch {
    return UNKNOWN;
  }
}

/** Where a credential is used. */
export interface Place {
  readonly resource: string;
  readonly metadataUrl: string | null;
}

function admit(
  result: Result<Principal, AuthenticationFault>,
  { resource, metadataUrl }: Place,
): Result<Principal, HttpRefusal> {
  if (!result.ok) return err(refusalOf(result.error, metadataUrl));
  const { resources } = result.value;
  if (resources === null || resources.includes(resource)) return result;
  return err(refusalOf({ kind: 'invalid', detail: 'issued for another endpoint' }, metadataUrl));
}

const UNKNOWN = err(REFUSALS.identityUnknown);

function refusalOf(fault: AuthenticationFault, metadataUrl: string | null): HttpRefusal {
  if (fault.kind === 'unavailable') return { ...REFUSALS.identityUnknown, detail: fault.detail };
  return unauthenticated(`${fault.kind}: ${fault.detail}`, challenge(fault.kind !== 'missing', metadataUrl));
}

/** RFC 6750 §3, RFC 9728 §5.1. Says that a token was not accepted, and never why. */
function challenge(wasSent: boolean, metadataUrl: string | null): string {
  const parts = [
    wasSent ? 'error="invalid_token"' : null,
    metadataUrl === null ? null : `resource_metadata="${metadataUrl}"`,
  ];
  return ['Bearer', parts.filter((part) => part !== null).join(', ')].join(' ').trimEnd();
}
