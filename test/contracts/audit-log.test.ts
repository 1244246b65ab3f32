import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/core/json/canonical-json.ts';
import type { Json } from '../../src/core/json/value.ts';
import { sampleDecision, sampleGatewayEntry, sampleOutcome } from '../support/store-samples.ts';
import { STORES, type StoreUnderTest } from './store-under-test.ts';

describe.each(Object.entries(STORES))('the audit log in %s', (_name, open) => {
  let store: StoreUnderTest;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  const sequences = async (limit: number, afterSequence: number | null): Promise<readonly number[]> =>
    (await store.audit.read({ limit, afterSequence })).map(({ sequence }) => sequence);
  const recordMany = async (count: number): Promise<void> => {
    await store.audit.record(Array.from({ length: count }, (_, index) => sampleGatewayEntry(`entry ${index}`)));
  };

  it('numbers entries from 1 without gaps, and answers with the number of the last', async () => {
    expect(await store.audit.record([sampleDecision()])).toBe(1);
    expect(await store.audit.record([sampleOutcome(), sampleGatewayEntry('x'), sampleGatewayEntry('y')])).toBe(4);
    expect(await sequences(10, 0)).toEqual([1, 2, 3, 4]);
  });

  it('numbers entries in the order in which they were handed over', async () => {
    const details = Array.from({ length: 50 }, (_, index) => `entry ${index}`);
    const numbers = await Promise.all(details.map((detail) => store.audit.record([sampleGatewayEntry(detail)])));
    expect(numbers).toEqual(details.map((_, index) => index + 1));
    const records = await store.audit.read({ limit: 50, afterSequence: 0 });
    expect(records.map(({ leaf }) => /"entry \d+"/.exec(leaf)?.[0])).toEqual(details.map((each) => `"${each}"`));
  });

  it('keeps the leaf as the canonical text that holds the entry and its number', async () => {
    await recordMany(4);
    await store.audit.record([sampleOutcome({ detail: 'line\nbreak, "quotes", \u0000, 𝄞 and ü' })]);
    const record = await store.audit.find(5);
    const leaf = JSON.parse(record?.leaf ?? '') as Json;
    expect(canonicalJson(leaf)).toBe(record?.leaf);
    expect(leaf).toMatchObject({
      entry: { kind: 'outcome', detail: 'line\nbreak, "quotes", \u0000, 𝄞 and ü' },
      seq: 5,
      v: 1,
    });
  });

  it('keeps arguments beside the leaf, never in it', async () => {
    await store.audit.record([sampleDecision({ payload: { secret: 'swordfish' } }), sampleOutcome()]);
    const [decision, outcome] = await store.audit.read({ limit: 2, afterSequence: 0 });
    expect(decision?.payload).toContain('swordfish');
    expect(decision?.leaf).not.toContain('swordfish');
    expect(outcome?.payload).toBeNull();
  });

  it('reads nothing from an empty log', async () => {
    expect(await sequences(5, null)).toEqual([]);
    expect(await sequences(5, 0)).toEqual([]);
  });

  it('finds one entry by its number, and nothing by another', async () => {
    await recordMany(2);
    expect(await store.audit.find(2)).toMatchObject({ sequence: 2, payload: null });
    for (const missing of [0, 3, -1, 1.5]) expect(await store.audit.find(missing)).toBeNull();
  });

  it('does not take a call without entries', async () => {
    await expect(store.audit.record([])).rejects.toThrow(TypeError);
    expect(await sequences(5, null)).toEqual([]);
  });

  it('is writable', () => {
    expect(store.audit.health()).toEqual({ writable: true, problem: null });
  });
});

describe.each(Object.entries(STORES))('a page of an audit log of ten entries in %s', (_name, open) => {
  let store: StoreUnderTest;
  beforeAll(async () => {
    store = await open();
    await store.audit.record(Array.from({ length: 10 }, (_, index) => sampleGatewayEntry(`entry ${index}`)));
  });
  afterAll(() => store.close());

  it.each([
    ['the newest, oldest first', 3, null, [8, 9, 10]],
    ['all, where there are fewer than the limit', 20, null, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
    ['the first after a number', 3, 4, [5, 6, 7]],
    ['from the beginning', 2, 0, [1, 2]],
    ['nothing after the last', 5, 10, []],
    ['nothing after what is not there yet', 5, 99, []],
  ])('holds %s', async (_what, limit, after, expected) => {
    const page = await store.audit.read({ limit, afterSequence: after });
    expect(page.map(({ sequence }) => sequence)).toEqual(expected);
  });
});
