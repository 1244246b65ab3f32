import { describe, expect, it } from 'vitest';
import type { LimitUse, WindowUse } from '../../src/core/limits/limit-use.ts';
import { createLimits } from '../../src/gateway/limits.ts';
import { createFixedClock } from '../support/fixed-clock.ts';
import { createMemoryStore } from '../support/memory-store.ts';

const calls = (fields: Partial<WindowUse> = {}): WindowUse => ({
  kind: 'calls',
  key: 'a',
  place: 'crm.yaml:1:1',
  amount: 1,
  max: 10,
  windowMs: 60_000,
  ...fields,
});
const concurrent = (max: number): LimitUse => ({ kind: 'concurrent', key: 'c', place: 'crm.yaml:2:1', max });

async function world() {
  const clock = createFixedClock();
  const store = createMemoryStore();
  const open = () => createLimits({ store: store.limits, clock });
  return { clock, store, open, limits: await open() };
}

describe('limits', () => {
  it('lets exactly as many through as there may be, of a thousand at once', async () => {
    const { limits } = await world();
    const taken = await Promise.all(Array.from({ length: 1000 }, async () => limits.take([calls()])));
    expect(taken.filter(({ ok }) => ok)).toHaveLength(10);
  });

  it('remembers over a restart what was stored', async () => {
    const { limits, open } = await world();
    for (let index = 0; index < 7; index += 1) {
      const taken = limits.take([calls()]);
      if (taken.ok) await taken.value.store();
    }
    const again = await open();
    const taken = Array.from({ length: 10 }, () => again.take([calls()]).ok);
    expect(taken.filter((isTaken) => isTaken)).toHaveLength(3);
  });

  it('forgets what is older than the window, and says when that will be', async () => {
    const { clock, limits } = await world();
    limits.take([calls({ amount: 10 })]);
    const reached = limits.take([calls()]);
    if (reached.ok) throw new Error('there was room');
    const wait = reached.error.retryAfterMs ?? 0;
    expect(wait).toBeGreaterThan(59_000);
    clock.advance(wait - 1);
    expect(limits.take([calls()]).ok).toBe(false);
    clock.advance(1);
    expect(limits.take([calls()]).ok).toBe(true);
  });

  it('takes nothing of any limit where one of them is reached', async () => {
    const { limits } = await world();
    const small = calls({ key: 'small', max: 1 });
    expect(limits.take([calls(), small]).ok).toBe(true);
    for (let index = 0; index < 50; index += 1) expect(limits.take([calls(), small]).ok).toBe(false);
    const rest = Array.from({ length: 20 }, () => limits.take([calls()]).ok).filter((isTaken) => isTaken);
    expect(rest).toHaveLength(9);
  });

  it('counts callers apart by their keys', async () => {
    const { limits } = await world();
    expect(limits.take([calls({ max: 1 })]).ok).toBe(true);
    expect(limits.take([calls({ max: 1 })]).ok).toBe(false);
    expect(limits.take([calls({ max: 1, key: 'b' })]).ok).toBe(true);
  });

  it('never lets through what costs more than the whole budget', async () => {
    const { limits } = await world();
    const reached = limits.take([calls({ kind: 'spend', amount: 11 })]);
    expect(reached).toMatchObject({ ok: false, error: { retryAfterMs: null } });
  });

  it('lets others run when one of those that run at once is over, counted once', async () => {
    const { limits } = await world();
    const first = limits.take([concurrent(2)]);
    expect(limits.take([concurrent(2)]).ok).toBe(true);
    expect(limits.take([concurrent(2)]).ok).toBe(false);
    if (first.ok) {
      first.value.end();
      first.value.end();
    }
    expect(limits.take([concurrent(2)]).ok).toBe(true);
    expect(limits.take([concurrent(2)]).ok).toBe(false);
  });

  it('does not start where what was used cannot be read, nor store where that cannot be written', async () => {
    const { limits, store, open } = await world();
    const taken = limits.take([calls()]);
    store.failWith('the disk is full');
    await expect(taken.ok && taken.value.store()).rejects.toThrow('the disk is full');
    await expect(open()).rejects.toThrow('the disk is full');
  });
});
