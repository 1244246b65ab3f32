import type { AuditLog } from '../../ports/audit-log.ts';
import type { CommitQueue } from './commit-queue.ts';

export function createAuditLog(commits: CommitQueue): AuditLog {
  return {
    async record(entries) {
      if (entries.length === 0) throw new TypeError('there is nothing to record');
      const stored = await commits.commit({ entries, mutation: null });
      return stored?.sequence ?? 0;
    },
    read: (query) => commits.ask('read-audit', query),
    find: (sequence) => commits.ask('find-audit', sequence),
    health: () => commits.health(),
  };
}
