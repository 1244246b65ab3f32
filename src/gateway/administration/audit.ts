import type { Administrator } from '../../core/identity/principal.ts';
import { err, ok } from '../../core/result.ts';
import type { AuditLog, AuditRecord } from '../../ports/audit-log.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Administration } from '../administration.ts';
import type { LogVerification } from '../log-verification.ts';
import { checkRole, notFound, withStore } from './admin-fault.ts';

export interface AuditAdminDeps {
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly verification: LogVerification;
}

/** Every administrator may read what was decided. The arguments are for auditors, and their reading is itself recorded first. */
export function createAuditAdministration(
  deps: AuditAdminDeps,
): Pick<Administration, 'readAudit' | 'showAudit' | 'verifyAudit'> {
  return {
    verifyAudit: (by) => {
      const fault = checkRole(by, 'auditor', 'operator', 'approver', 'viewer');
      return fault === null ? ok(deps.verification.look()) : err(fault);
    },
    readAudit: (by, query) => {
      const fault = checkRole(by, 'auditor', 'operator', 'approver', 'viewer');
      if (fault !== null) return Promise.resolve(err(fault));
      return withStore(async () => ok(await disclose(deps, by, await deps.audit.read(query))));
    },
    showAudit: (by, sequence) => {
      const fault = checkRole(by, 'auditor', 'operator', 'approver', 'viewer');
      if (fault !== null) return Promise.resolve(err(fault));
      return withStore(async () => {
        const record = await deps.audit.find(sequence);
        if (record === null) return err(notFound('audit entry'));
        const [disclosed] = await disclose(deps, by, [record]);
        return ok(disclosed ?? record);
      });
    },
  };
}

function withoutPayload(record: AuditRecord): AuditRecord {
  return { ...record, payload: null };
}

async function disclose(
  deps: AuditAdminDeps,
  by: Administrator,
  records: readonly AuditRecord[],
): Promise<readonly AuditRecord[]> {
  if (!by.roles.includes('auditor')) return records.map(withoutPayload);
  const read = records.filter(({ payload }) => payload !== null).map(({ sequence }) => sequence);
  if (read.length > 0) {
    const detail = `payloads of ${read.length} entries, ${Math.min(...read)} to ${Math.max(...read)}`;
    const timeMs = deps.clock.nowMs();
    await deps.audit.record([
      { kind: 'gateway', timeMs, change: 'payload-read', policyVersion: null, by: by.user, detail },
    ]);
  }
  return records;
}
