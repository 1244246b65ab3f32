import type { Principal } from '../core/identity/principal.ts';
import type { AuditLog } from '../ports/audit-log.ts';
import type { Clock } from '../ports/clock.ts';
import type { OperatorReport } from './deps.ts';

/** Tells the log what the credentials in use say of people, so that a decision can be understood, and made again, long after. */
export interface PrincipalRecords {
  /** Records what has not been recorded lately. Returns at once: the entry stands before every decision that is recorded after it. */
  note(principal: Principal): void;
  /** Whose credentials were used since the start, the last ones first; of one person as often as they have credentials. */
  seen(): readonly Pick<Principal, 'id' | 'name' | 'client'>[];
}

export interface PrincipalRecordsDeps {
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly report: (problem: OperatorReport) => void;
}

/** Whoever reads the log from some moment on finds what was in force then within this time before it. */
const PRINCIPAL_AGAIN_MS: number = 24 * 3_600_000;
/** The ones that were recorded first go first, and are recorded again when they come back. */
const CREDENTIALS_MAX = 20_000;

export function createPrincipalRecords({ audit, clock, report }: PrincipalRecordsDeps): PrincipalRecords {
  /** By the id of the credential: what it says never changes. */
  const noted = new Map<string, Pick<Principal, 'id' | 'name' | 'client'> & { readonly recordedMs: number }>();
  return {
    seen: () => [...noted.values()].toReversed(),
    note(principal) {
      const nowMs = clock.nowMs();
      const { credentialId } = principal;
      const before = noted.get(credentialId);
      if (before !== undefined && nowMs - before.recordedMs < PRINCIPAL_AGAIN_MS) return;
      noted.delete(credentialId);
      const { id, name, client, issuer, groups, scopes, tenant } = principal;
      noted.set(credentialId, { id, name, client, recordedMs: nowMs });
      const [oldest] = noted.keys();
      if (noted.size > CREDENTIALS_MAX && oldest !== undefined) noted.delete(oldest);
      const facts = { principal: id, client, credentialId, issuer, groups, scopes, tenant };
      audit.record([{ kind: 'principal', timeMs: nowMs, ...facts }]).catch((error: unknown) => {
        noted.delete(credentialId);
        report({ callId: null, problem: 'what a credential says of its holder could not be recorded', error });
      });
    },
  };
}
