import type { AuditLog } from '../../ports/audit-log.ts';
import type { CommitQueue } from './commit-queue.ts';

export function createAuditLog(commits: CommitQueue): AuditLog {
  return {
    record(entries) {
      if (entries.length === 0) return Promise.reject(new TypeError('there is nothing to record'));
      return commits.commit({ entries, mutation: null }).then((stored) => stored?.sequence ?? 0);
    },
    read: (query) => commits.ask('read-audit', query),
    find: (sequence) => commits.ask('find-audit', sequence),
    health: () => commits.health(),
  };
}
