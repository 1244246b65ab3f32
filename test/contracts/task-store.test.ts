import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ApprovalId } from '../../src/core/approval/approval.ts';
import type { Task, TaskId } from '../../src/core/tasks/task.ts';
import { STORES, type StoreUnderTest } from './store-under-test.ts';

const NOW_MS = 1000;
const ROOM = { nowMs: NOW_MS, tasksMax: 100, tasksPerPrincipalMax: 100 };

function sampleTask(id: string, fields: Partial<Task> = {}): Task {
  return {
    id: id as TaskId,
    principal: 'alice',
    client: 'cursor',
    endpoint: null,
    approvalId: `apr_of_${id}` as ApprovalId,
    sealedCall: 'sealed call',
    sealedResult: null,
    createdMs: NOW_MS,
    expiresMs: NOW_MS + 1000,
    ...fields,
  };
}

describe.each(Object.entries(STORES))('the task store in %s', (_name, open) => {
  let store: StoreUnderTest;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  it('gives back a task as it was created, with every field', async () => {
    const plain = sampleTask('task_1');
    const full = sampleTask('task_2', { endpoint: 'crm', approvalId: null, sealedResult: 'ü 𝄞 \u0000' });
    expect([await store.tasks.create(plain, ROOM), await store.tasks.create(full, ROOM)]).toEqual([true, true]);
    expect(await store.tasks.find(plain.id, NOW_MS)).toEqual(plain);
    expect(await store.tasks.find(full.id, NOW_MS)).toEqual(full);
    expect(await store.tasks.find('task_3' as TaskId, NOW_MS)).toBeNull();
    expect(await store.tasks.findFor('apr_of_task_1' as ApprovalId, NOW_MS)).toEqual(plain);
    expect(await store.tasks.findFor('apr_of_task_2' as ApprovalId, NOW_MS)).toBeNull();
  });

  it.each([
    ['all places are taken', { tasksMax: 2 }, 'carol', false],
    ['the places of the principal are taken', { tasksPerPrincipalMax: 1 }, 'alice', false],
    ['only those of somebody else are taken', { tasksPerPrincipalMax: 1 }, 'carol', true],
    ['one whose time is over takes no place', { tasksMax: 2, nowMs: NOW_MS + 1000 }, 'carol', true],
  ] as const)('takes into account that %s', async (_why, conditions, principal, isCreated) => {
    await store.tasks.create(sampleTask('task_1'), ROOM);
    await store.tasks.create(sampleTask('task_2', { principal: 'bob', expiresMs: NOW_MS + 5000 }), ROOM);
    const created = await store.tasks.create(sampleTask('task_3', { principal }), { ...ROOM, ...conditions });
    expect(created).toBe(isCreated);
  });

  it('creates one task for an approval when many ask at once', async () => {
    const approvalId = 'apr_1' as ApprovalId;
    const created = await Promise.all(
      Array.from({ length: 20 }, (_, index) => store.tasks.create(sampleTask(`task_${index}`, { approvalId }), ROOM)),
    );
    expect(created.filter((isCreated) => isCreated)).toHaveLength(1);
  });

  it('creates many that are for no approval', async () => {
    const create = (id: string): Promise<boolean> => store.tasks.create(sampleTask(id, { approvalId: null }), ROOM);
    expect([await create('task_1'), await create('task_2'), await create('task_2')]).toEqual([true, true, false]);
  });

  it('finds nothing whose time is over, and lets another one take its approval', async () => {
    const old = sampleTask('task_1', { approvalId: 'apr_1' as ApprovalId });
    await store.tasks.create(old, ROOM);
    const later = old.expiresMs;
    expect(await store.tasks.find(old.id, later - 1)).toEqual(old);
    expect(await store.tasks.find(old.id, later)).toBeNull();
    expect(await store.tasks.findFor('apr_1' as ApprovalId, later)).toBeNull();
    expect(await store.tasks.listOwn(old, later)).toEqual([]);
    const next = sampleTask('task_2', { approvalId: old.approvalId, expiresMs: later + 1000 });
    expect(await store.tasks.create(next, { ...ROOM, nowMs: later })).toBe(true);
    expect(await store.tasks.findFor('apr_1' as ApprovalId, later)).toEqual(next);
  });

  it('lists the tasks of one principal through one client, newest first, without what is sealed', async () => {
    const mine = [sampleTask('task_1'), sampleTask('task_4')];
    const others = [sampleTask('task_2', { principal: 'bob' }), sampleTask('task_3', { client: 'codex' })];
    for (const task of [mine[0] as Task, ...others, mine[1] as Task]) await store.tasks.create(task, ROOM);
    const listed = await store.tasks.listOwn({ principal: 'alice', client: 'cursor' }, NOW_MS);
    expect(listed.map(({ id }) => id)).toEqual(['task_4', 'task_1']);
    expect(listed.every((head) => !('sealedCall' in head) && !('sealedResult' in head))).toBe(true);
  });

  it('keeps the first result, and none of a task that is not there', async () => {
    const task = sampleTask('task_1');
    await store.tasks.create(task, ROOM);
    const kept = await Promise.all(['one', 'two'].map((result) => store.tasks.keepResult(task.id, result)));
    expect(kept).toEqual([true, false]);
    expect(await store.tasks.find(task.id, NOW_MS)).toEqual({ ...task, sealedResult: 'one' });
    expect(await store.tasks.keepResult('task_9' as TaskId, 'one')).toBe(false);
  });
});
