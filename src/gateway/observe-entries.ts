import type { AuditEntry } from '../core/audit/entry.ts';
import type { ApprovalStore } from '../ports/approval-store.ts';
import type { AuditLog } from '../ports/audit-log.ts';

interface CallStores {
  readonly audit: AuditLog;
  readonly approvals: ApprovalStore;
}

/** The same stores, which tell of the entries of calls once they are stored. What listens must neither throw nor wait. */
export function observeEntries<Stores extends CallStores>(
  stores: Stores,
  listener: (entries: readonly AuditEntry[]) => void,
): Stores {
  const { audit, approvals } = stores;
  return {
    ...stores,
    audit: {
      ...audit,
      record: (entries) =>
        audit.record(entries).then((sequence) => {
          listener(entries);
          return sequence;
        }),
    },
    approvals: {
      ...approvals,
      async create(approval, conditions, entries) {
        const isCreated = await approvals.create(approval, conditions, entries);
        if (isCreated) listener(entries);
        return isCreated;
      },
      async transition(id, from, change, entries) {
        const changed = await approvals.transition(id, from, change, entries);
        if (changed !== null) listener(entries);
        return changed;
      },
    },
  };
}
