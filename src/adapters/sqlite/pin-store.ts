import type { PinStore } from '../../ports/pin-store.ts';
import type { CommitQueue } from './commit-queue.ts';

export function createPinStore(commits: CommitQueue): PinStore {
  return {
    load: () => commits.ask('load-pins', null),
    async add(pins, entries) {
      await commits.commit({ entries, mutation: { kind: 'add-pins', pins } });
    },
    async decide(id, decision, entries) {
      return (await commits.commit({ entries, mutation: { kind: 'decide-pin', id, decision } })) !== null;
    },
  };
}
