import type { TaskStore } from '../../ports/task-store.ts';
import type { CommitQueue } from './commit-queue.ts';

export function createTaskStore(commits: CommitQueue): TaskStore {
  return {
    async create(task, conditions) {
      return (await commits.commit({ entries: [], mutation: { kind: 'create-task', task, conditions } })) !== null;
    },
    find: (id, nowMs) => commits.ask('find-task', { id, nowMs }),
    findFor: (approvalId, nowMs) => commits.ask('find-task-for', { approvalId, nowMs }),
    listOwn: ({ principal, client }, nowMs) => commits.ask('list-tasks', { principal, client, nowMs }),
    async keepResult(id, sealedResult) {
      const mutation = { kind: 'keep-task-result', id, sealedResult } as const;
      return (await commits.commit({ entries: [], mutation })) !== null;
    },
    async forgetOver(nowMs) {
      await commits.commit({ entries: [], mutation: { kind: 'forget-tasks', nowMs } });
    },
  };
}
