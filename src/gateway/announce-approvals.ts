import type { Approval } from '../core/approval/approval.ts';
import type { ApprovalStore } from '../ports/approval-store.ts';

/** The same store, which tells of every approval that it created or changed, once that is stored. */
export function announceApprovals(store: ApprovalStore, announce: (approval: Approval) => void): ApprovalStore {
  return {
    ...store,
    async create(approval, conditions, entries) {
      const isCreated = await store.create(approval, conditions, entries);
      if (isCreated) announce(approval);
      return isCreated;
    },
    async transition(id, from, change, entries) {
      const changed = await store.transition(id, from, change, entries);
      if (changed !== null) announce(changed);
      return changed;
    },
  };
}
