import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addUse, createUsage, isSpent, slotOf, usedAt, waitMs } from '../../../src/core/limits/usage.ts';

const WINDOW_MS = 60_000;

function use(usage: ReturnType<typeof createUsage>, nowMs: number, amount = 1): void {
  addUse(usage, slotOf(nowMs, WINDOW_MS), amount, nowMs, WINDOW_MS);
}

describe('usage', () => {
  it('counts what lies in the window, and frees it a slot later at most', () => {
    const usage = createUsage();
    use(usage, 500);
    use(usage, 30_000, 2);
    expect(usedAt(usage, 60_000, WINDOW_MS)).toBe(3);
    expect(usedAt(usage, 60_999, WINDOW_MS)).toBe(3);
    expect(usedAt(usage, 61_000, WINDOW_MS)).toBe(2);
    expect(usedAt(usage, 91_000, WINDOW_MS)).toBe(0);
    expect(isSpent(usage, 90_999, WINDOW_MS)).toBe(false);
    expect(isSpent(usage, 91_000, WINDOW_MS)).toBe(true);
  });

  it('says when there is room again', () => {
    const usage = createUsage();
    use(usage, 0, 3);
    use(usage, 10_000, 2);
    expect(waitMs(usage, 1, 6, 10_000, WINDOW_MS)).toBe(0);
    expect(waitMs(usage, 2, 5, 10_000, WINDOW_MS)).toBe(51_000);
    expect(waitMs(usage, 5, 5, 10_000, WINDOW_MS)).toBe(61_000);
    expect(waitMs(usage, 6, 5, 10_000, WINDOW_MS)).toBe(null);
  });

  it('keeps counting what lies ahead when the clock is set back', () => {
    const usage = createUsage();
    use(usage, 1_000_000);
    expect(usedAt(usage, 0, WINDOW_MS)).toBe(1);
  });

  it('takes back a use', () => {
    const usage = createUsage();
    use(usage, 0);
    use(usage, 0, -1);
    expect(usedAt(usage, 0, WINDOW_MS)).toBe(0);
  });

  it('never lets a window hold more than the limit, and always lets in what it says fits', () => {
    const steps = fc.array(
      fc.record({ afterMs: fc.integer({ min: 0, max: 20_000 }), amount: fc.integer({ min: 1, max: 4 }) }),
      {
        maxLength: 60,
      },
    );
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 10 }), (uses, max) => {
        const usage = createUsage();
        const taken: { atMs: number; amount: number }[] = [];
        let nowMs = 0;
        for (const { afterMs, amount } of uses) {
          nowMs += afterMs;
          const wait = waitMs(usage, amount, max, nowMs, WINDOW_MS);
          if (wait !== null && wait > 0) {
            expect(usedAt(usage, nowMs + wait, WINDOW_MS) + amount).toBeLessThanOrEqual(max);
            expect(usedAt(usage, nowMs + wait - 1, WINDOW_MS) + amount).toBeGreaterThan(max);
          }
          if (wait !== 0) continue;
          use(usage, nowMs, amount);
          taken.push({ atMs: nowMs, amount });
          const inWindow = taken.filter(({ atMs }) => atMs > nowMs - WINDOW_MS);
          expect(inWindow.reduce((sum, each) => sum + each.amount, 0)).toBeLessThanOrEqual(max);
        }
        expect(usage.slots.size).toBeLessThanOrEqual(62);
      }),
    );
  });
});
