import type { ApprovalStore } from '../../ports/approval-store.ts';
import type { CommitQueue } from './commit-queue.ts';

export function createApprovalStore(commits: CommitQueue): ApprovalStore {
  return {
    async create(approval, conditions, entries) {
      const stored = await commits.commit({ entries, mutation: { kind: 'create-approval', approval, conditions } });
      return stored !== null;
    },
    async transition(id, from, change, entries) {
      const stored = await commits.commit({ entries, mutation: { kind: 'change-approval', id, from, change } });
      return stored?.changed ?? null;
    },
    find: (id) => commits.ask('find-approval', id),
    // Callers hand in whole bindings; only the key crosses to the worker.
    findNewest: ({ principal, client, upstream, tool, argsDigest }) =>
      commits.ask('find-newest-approval', { principal, client, upstream, tool, argsDigest }),
    list: (query) => commits.ask('list-approvals', query),
    findHistory: ({ id, binding: { principal, upstream, tool } }) =>
      commits.ask('find-approval-history', { id, principal, upstream, tool }),
    findPreview: (id) => commits.ask('find-approval-preview', id),
    async keepPreview(id, preview) {
      await commits.commit({ entries: [], mutation: { kind: 'keep-approval-preview', id, preview } });
    },
    listDecided: (sinceMs, limit) => commits.ask('list-decided-approvals', { sinceMs, limit }),
    listEnded: (beforeMs, limit) => commits.ask('list-ended-approvals', { beforeMs, limit }),
    async remove(ids, entries) {
      const stored = await commits.commit({ entries, mutation: { kind: 'remove-approvals', ids } });
      return stored !== null;
    },
    listOpen: () => commits.ask('list-open-approvals', null),
  };
}
