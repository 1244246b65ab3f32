import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PinEntry } from '../../src/core/audit/entry.ts';
import { type Pin, pinId } from '../../src/core/catalog/pin.ts';
import type { DefinitionDigest } from '../../src/core/catalog/tool.ts';
import { STORES, type StoreUnderTest } from './store-under-test.ts';

describe.each(Object.entries(STORES))('the pin store in %s', (_name, open) => {
  let store: StoreUnderTest;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  const add = (...pins: readonly Pin[]): Promise<void> => store.pins.add(pins, [entryOf()]);
  const decide = (pin: Pin, status: 'trusted' | 'rejected'): Promise<boolean> =>
    store.pins.decide(pin.id, { status, decidedBy: 'olivia', decidedMs: 9, why: pin.why }, [entryOf()]);
  const statuses = async (): Promise<readonly string[]> => (await store.pins.load()).map(({ status }) => status);
  const entryCount = async (): Promise<number> => (await store.audit.read({ limit: 1000, afterSequence: 0 })).length;

  it('gives back pins as they were added, the oldest first', async () => {
    const pins = [samplePin('b', 'a'), samplePin('a', 'b', { why: ['changed', 'concealment'], status: 'pending' })];
    await add(...pins);
    expect(await store.pins.load()).toEqual(pins);
    expect(await entryCount()).toBe(1);
  });

  it('leaves a pin as it is that is added again', async () => {
    await add(samplePin('get', 'a', { status: 'rejected' }));
    await add(samplePin('get', 'a', { status: 'trusted' }));
    expect(await statuses()).toEqual(['rejected']);
  });

  it('decides once, and records that once', async () => {
    const pin = samplePin('get', 'a', { status: 'pending' });
    await add(pin);
    expect(await decide(pin, 'rejected')).toBe(true);
    expect(await decide(pin, 'rejected')).toBe(false);
    expect(await decide(samplePin('get', 'other'), 'rejected')).toBe(false);
    expect(await store.pins.load()).toEqual([{ ...pin, status: 'rejected', decidedBy: 'olivia', decidedMs: 9 }]);
    expect(await entryCount()).toBe(2);
  });

  it('replaces the trusted definition of the same tool, and no other', async () => {
    const changed = samplePin('get', 'b', { status: 'pending' });
    await add(samplePin('get', 'a'), samplePin('list', 'a'), changed);
    expect(await decide(changed, 'trusted')).toBe(true);
    expect(await statuses()).toEqual(['replaced', 'trusted', 'trusted']);
  });
});

function samplePin(tool: string, digest: string, change: Partial<Pin> = {}): Pin {
  return {
    id: pinId('crm', tool, digest as DefinitionDigest),
    upstream: 'crm',
    tool,
    digest: digest as DefinitionDigest,
    status: 'trusted',
    why: [],
    definition: { name: tool, description: `${digest} "é"` },
    firstSeenMs: 5,
    decidedBy: null,
    decidedMs: null,
    ...change,
  };
}

function entryOf(): PinEntry {
  const about = { pinId: null, upstream: 'crm', tool: null, digest: null, by: null, detail: 'a test' };
  return { kind: 'pin', timeMs: 1, change: 'trusted', ...about };
}
