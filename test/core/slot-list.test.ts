import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SlotList } from '../../src/core/slot-list.ts';

describe('a list of slots', () => {
  it('gives each item back once, by its slot', () => {
    const list = new SlotList<string>();
    const a = list.add('a');
    const b = list.add('b');
    expect([list.get(a), list.take(a), list.take(a), list.get(a), list.take(99)]).toEqual(['a', 'a', null, null, null]);
    expect([list.get(b), list.size]).toEqual(['b', 1]);
  });

  it('uses the slots of what is gone, so that it is never larger than the most that was there at once', () => {
    const list = new SlotList<number>();
    const slots = new Set<number>();
    for (let round = 0; round < 1000; round += 1) {
      const taken = [list.add(round), list.add(round)];
      for (const slot of taken) {
        slots.add(slot);
        list.take(slot);
      }
    }
    expect([slots.size, list.size, list.all()]).toEqual([2, 0, []]);
  });

  it('holds what a map would hold, whatever comes and goes', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constant('add' as const), fc.nat({ max: 20 }))), (steps) => {
        const list = new SlotList<number>();
        const model = new Map<number, number>();
        for (const [index, step] of steps.entries()) {
          if (step === 'add') model.set(list.add(index), index);
          else {
            expect(list.take(step)).toBe(model.get(step) ?? null);
            model.delete(step);
          }
        }
        expect(list.size).toBe(model.size);
        expect(new Set(list.all())).toEqual(new Set(model.values()));
      }),
    );
  });
});
