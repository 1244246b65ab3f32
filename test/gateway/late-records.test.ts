import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLateRecords } from '../../src/gateway/late-records.ts';
import { StoreError } from '../../src/ports/store-error.ts';

const DOWN = new StoreError('unavailable', 'the disk is full');

describe('outcomes that the store did not take at first', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('are each stored once, also where the store takes longer than the time between two tries', async () => {
    const late = createLateRecords(() => undefined);
    let isDown = true;
    const stored: string[] = [];
    const answers: (() => void)[] = [];
    const write = (name: string) => async () => {
      if (isDown) throw DOWN;
      await new Promise<void>((resolve) => answers.push(resolve));
      stored.push(name);
    };
    for (const name of ['first', 'second', 'third']) await late.record(name, write(name));

    isDown = false;
    await vi.advanceTimersByTimeAsync(1000);
    // While the first is being stored, another outcome fails, which sets the time for the next try.
    await late.record('fourth', async () => {
      if (stored.length === 0) throw DOWN;
      stored.push('fourth');
    });
    for (let turn = 0; turn < 20; turn += 1) {
      await vi.advanceTimersByTimeAsync(1000);
      for (const answer of answers.splice(0)) answer();
    }
    expect(stored).toEqual(['first', 'second', 'third', 'fourth']);
    await late.close();
  });

  it('are tried once more before the store closes', async () => {
    const reports: string[] = [];
    const late = createLateRecords(({ problem }) => reports.push(problem));
    let isDown = true;
    const stored: string[] = [];
    const write = (name: string) => () => {
      if (isDown) return Promise.reject(DOWN);
      stored.push(name);
      return Promise.resolve();
    };
    for (const name of ['first', 'second']) await late.record(name, write(name));
    isDown = false;
    await late.close();
    expect(stored).toEqual(['first', 'second']);
    expect(reports).toHaveLength(2);
  });

  it('and are told of where the store does not take them then', async () => {
    const reports: string[] = [];
    const late = createLateRecords(({ problem }) => reports.push(problem));
    for (const name of ['first', 'second']) await late.record(name, () => Promise.reject(DOWN));
    await late.close();
    await late.record('third', () => Promise.reject(DOWN));
    expect(reports.slice(2)).toEqual([
      '2 outcomes are not stored; the next start records that they are unknown',
      'the outcome of a call could not be recorded',
    ]);
  });

  it('are told of as well where the write fails before it begins', async () => {
    const reports: string[] = [];
    const late = createLateRecords(({ problem }) => reports.push(problem));
    const recorded = late.record('first', () => {
      throw new TypeError('not to be written down');
    });
    expect(await recorded).toBe(false);
    expect(reports).toEqual(['the outcome of a call could not be recorded yet']);
    await late.close();
  });
});
