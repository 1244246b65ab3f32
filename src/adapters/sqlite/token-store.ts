import type { TokenStore } from '../../ports/token-store.ts';
import type { CommitQueue } from './commit-queue.ts';

export function createTokenStore(commits: CommitQueue): TokenStore {
  return {
    async create(token, entries) {
      const stored = await commits.commit({ entries, mutation: { kind: 'create-token', token } });
      if (stored === null) throw new TypeError(`there is a token ${token.id} already`);
    },
    async revoke(id, revokedMs, entries) {
      return (await commits.commit({ entries, mutation: { kind: 'revoke-token', id, revokedMs } })) !== null;
    },
    find: (id) => commits.ask('find-token', id),
    list: () => commits.ask('list-tokens', null),
  };
}
