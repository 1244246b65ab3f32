import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WaitingNotice } from '../../src/ports/notice-store.ts';
import { STORES, type StoreUnderTest } from './store-under-test.ts';

describe.each(Object.entries(STORES))('the notice store in %s', (_name, open) => {
  let store: StoreUnderTest;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  it('gives back what waits, the oldest first, until it is removed', async () => {
    const all = [waiting('msg_2', 'a'), waiting('msg_1', 'a'), waiting('msg_2', 'b')];
    await store.notices.put(all);
    expect(await store.notices.load()).toEqual(all);
    await store.notices.remove([{ id: 'msg_2', receiver: 'a' }]);
    expect(await store.notices.load()).toEqual(all.slice(1));
    expect(await store.audit.read({ limit: 10, afterSequence: 0 })).toEqual([]);
  });

  it('replaces when and how often, and keeps the place', async () => {
    const later = { ...waiting('msg_1', 'a'), attempts: 3, dueMs: 99 };
    await store.notices.put([waiting('msg_1', 'a'), waiting('msg_2', 'a')]);
    await store.notices.put([later]);
    expect(await store.notices.load()).toEqual([later, waiting('msg_2', 'a')]);
  });

  it('keeps one mark for each subject of each receiver, and forgets old ones', async () => {
    const save = (receiver: string, subject: string, mark: string, timeMs: number, forgetBeforeMs = 0) =>
      store.notices.saveMark({ receiver, subject, mark, timeMs }, forgetBeforeMs);
    await save('a', 'apr_1', 'old', 1);
    await save('a', 'apr_1', 'new', 5);
    await save('b', 'apr_1', 'other', 2);
    expect(await store.notices.findMark('a', 'apr_1')).toBe('new');
    expect(await store.notices.findMark('b', 'apr_1')).toBe('other');
    expect(await store.notices.findMark('a', 'apr_2')).toBeNull();
    await save('a', 'apr_2', 'last', 9, 3);
    expect(await store.notices.findMark('a', 'apr_1')).toBe('new');
    expect(await store.notices.findMark('b', 'apr_1')).toBeNull();
  });
});

function waiting(id: string, receiver: string): WaitingNotice {
  const notice = {
    type: 'approval.requested',
    subject: 'apr_1',
    facts: { approvalId: 'apr_1', reason: 'é "\u202e' },
    url: 'https://admin.example.com/approvals/apr_1',
    summary: 'alice asks',
  } as const;
  return { id, receiver, notice, timeMs: 5, attempts: 0, dueMs: 5.5 };
}
