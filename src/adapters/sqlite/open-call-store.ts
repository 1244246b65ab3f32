import type { OpenCallStore } from '../../ports/open-call-store.ts';
import type { CommitQueue } from './commit-queue.ts';

export function createOpenCallStore(commits: CommitQueue): OpenCallStore {
  return {
    async keep(call) {
      return (await commits.commit({ entries: [], mutation: { kind: 'keep-open-call', call } })) !== null;
    },
    async takeRound(round, entries) {
      return (await commits.commit({ entries, mutation: { kind: 'take-round', round } })) !== null;
    },
    listKept: () => commits.ask('kept-calls', null),
  };
}
