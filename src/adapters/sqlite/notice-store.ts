import type { NoticeStore } from '../../ports/notice-store.ts';
import type { CommitQueue } from './commit-queue.ts';
import type { Mutation } from './messages.ts';

export function createNoticeStore(commits: CommitQueue): NoticeStore {
  const store = async (mutation: Mutation): Promise<void> => void (await commits.commit({ entries: [], mutation }));
  return {
    load: () => commits.ask('load-notices', null),
    put: (notices) => store({ kind: 'put-notices', notices }),
    remove: (keys) => store({ kind: 'remove-notices', keys }),
    saveMark: (mark, forgetBeforeMs) => store({ kind: 'save-notice-mark', mark, forgetBeforeMs }),
    findMark: (receiver, subject) => commits.ask('find-notice-mark', { receiver, subject }),
  };
}
