import type { Approval } from '../../core/approval/approval.ts';
import type { Administrator } from '../../core/identity/principal.ts';
import type { AuditLog } from '../../ports/audit-log.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AdminFault } from '../administration.ts';
import { approvalEntry } from '../approval-entries.ts';
import { createAttemptLimit } from '../attempt-limit.ts';

/** Records that somebody tried to decide who may not: the requester, above all. Throws `StoreError`; nothing was decided in any case. */
export interface Denials {
  record(by: Administrator, approval: Approval, fault: AdminFault): Promise<void>;
}

/** Of one credential. More of the same say nothing new, and the log is kept for good. */
const LIMIT = { attemptsMax: 60, forgivenAfterMs: 10_000, keysMax: 1000 };

export function createDenials({
  audit,
  clock,
}: {
  readonly audit: Pick<AuditLog, 'record'>;
  readonly clock: Clock;
}): Denials {
  const limit = createAttemptLimit(clock, LIMIT);
  return {
    async record({ user, credentialId }, approval, { kind, message }) {
      if (kind !== 'forbidden' || limit.count(credentialId)) return;
      await audit.record([
        approvalEntry(approval, 'denied', clock.nowMs(), { by: user, credentialId, comment: message }),
      ]);
    },
  };
}
