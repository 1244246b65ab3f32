import type { AccountStore } from '../../ports/account-store.ts';
import type { CommitQueue } from './commit-queue.ts';

export function createAccountStore(commits: CommitQueue): AccountStore {
  return {
    async create(account, entries) {
      return (await commits.commit({ entries, mutation: { kind: 'create-account', account } })) !== null;
    },
    async change(id, change, entries) {
      return (await commits.commit({ entries, mutation: { kind: 'change-account', id, change } })) !== null;
    },
    find: (id) => commits.ask('find-account', id),
    findByName: (user) => commits.ask('find-account-by-name', user),
    list: () => commits.ask('list-accounts', null),
  };
}
