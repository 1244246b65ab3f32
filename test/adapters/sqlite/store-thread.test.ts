import { MessagePort } from 'node:worker_threads';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Requests } from '../../../src/adapters/sqlite/messages.ts';
import { STORE_LIMITS } from '../../../src/adapters/sqlite/store-limits.ts';
import { StoreThread } from '../../../src/adapters/sqlite/store-thread.ts';
import { createStoreRig } from '../../support/store-rig.ts';

describe('the thread of the store', () => {
  it('gives a late answer to nobody, and the next one to the next question', async () => {
    const rig = createStoreRig();
    await (await rig.open()).close();
    const thread = new StoreThread({ path: rig.path, limits: { ...STORE_LIMITS, busyTimeoutMs: 20_000 } });
    onTestFinished(async () => {
      await thread.stop();
      await rig.dispose();
    });
    const sequence = await thread.call('open', { create: false, sequenceMin: 0 });
    const unlock = rig.lockDatabase();
    const nothing = { text: '', lengths: [], counts: [], mutations: [] };
    const commits = [1, 2].map(() => thread.call('commit', nothing, 20));
    expect(await Promise.allSettled(commits)).toEqual(Array(2).fill(expect.objectContaining({ status: 'rejected' })));
    expect(thread.isSilent).toBe(true);
    const later = [thread.call('list-tokens', null), thread.call('find-audit', 1), thread.call('commit', nothing)];
    unlock();
    expect(await Promise.all(later)).toEqual([[], null, sequence]);
    expect(thread.isSilent).toBe(false);
  });

  it('gives no answer to a question that could not be sent, and the next answer to the next question', async () => {
    const rig = createStoreRig();
    await (await rig.open()).close();
    const thread = new StoreThread({ path: rig.path, limits: STORE_LIMITS });
    onTestFinished(async () => {
      await thread.stop();
      await rig.dispose();
    });
    await thread.call('open', { create: false, sequenceMin: 0 });
    const unsendable = (() => 0) as unknown as Requests['find-token']['ask'];
    await expect(thread.call('find-token', unsendable, 5)).rejects.toThrow('could not be cloned');
    expect(thread.waiting).toBe(0);
    expect(await thread.call('list-tokens', null, 5000)).toEqual([]);
    expect(await thread.call('find-audit', 1, 5000)).toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(thread.isSilent).toBe(false);
  });

  it('starts anew when an answer is lost between the threads: each later one would go to the question before it', async () => {
    const rig = createStoreRig();
    await (await rig.open()).close();
    const listening = vi.spyOn(MessagePort.prototype, 'on');
    const thread = new StoreThread({ path: rig.path, limits: STORE_LIMITS });
    onTestFinished(async () => {
      listening.mockRestore();
      await thread.stop();
      await rig.dispose();
    });
    const sequence = await thread.call('open', { create: false, sequenceMin: 0 });
    const port = listening.mock.contexts[0] as MessagePort;
    const unlock = rig.lockDatabase();
    const waiting = thread.call('commit', { text: '', lengths: [], counts: [], mutations: [] });
    port.emit('messageerror', new Error('it could not be read'));
    await expect(waiting).rejects.toThrow('the thread of the store ended');
    unlock();
    expect(await thread.call('open', { create: false, sequenceMin: 0 })).toBe(sequence);
  });
});
