import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { STORES, type StoreUnderTest } from './store-under-test.ts';

const use = (key: string, slot: number, amount: number, expiresMs = 5000) => ({ key, slot, amount, expiresMs });

describe.each(Object.entries(STORES))('the limit store in %s', (_name, open) => {
  let store: StoreUnderTest;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  it('adds up what is used of one limit in one slot', async () => {
    await store.limits.add([use('a', 1, 2), use('b', 1, 1)], 0);
    await store.limits.add([use('a', 1, 3), use('a', 2, 1)], 0);
    expect(await store.limits.load(0)).toEqual([use('a', 1, 5), use('a', 2, 1), use('b', 1, 1)]);
  });

  it('loses none of many at once', async () => {
    await Promise.all(Array.from({ length: 200 }, () => store.limits.add([use('a', 1, 1)], 0)));
    expect(await store.limits.load(0)).toEqual([use('a', 1, 200)]);
  });

  it('takes back', async () => {
    await store.limits.add([use('a', 1, 2)], 0);
    await store.limits.add([use('a', 1, -2)], 0);
    expect(await store.limits.load(0)).toEqual([]);
  });

  it('gives nothing that no longer counts', async () => {
    await store.limits.add([use('a', 1, 1, 1000), use('a', 2, 1, 1001)], 0);
    expect(await store.limits.load(1000)).toEqual([use('a', 2, 1, 1001)]);
  });
});
