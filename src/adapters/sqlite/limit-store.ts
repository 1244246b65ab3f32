import type { LimitStore } from '../../ports/limit-store.ts';
import type { CommitQueue } from './commit-queue.ts';

export function createLimitStore(commits: CommitQueue): LimitStore {
  return {
    load: (nowMs) => commits.ask('load-limit-uses', nowMs),
    async add(uses, nowMs) {
      await commits.commit({ entries: [], mutation: { kind: 'add-limit-uses', uses, nowMs } });
    },
  };
}
