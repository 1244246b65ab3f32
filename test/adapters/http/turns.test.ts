import { describe, expect, it } from 'vitest';
import { createTurns } from '../../../src/adapters/http/turns.ts';

/** In which turn of the event loop, counted from now, each of these is worked on. */
async function turnsOf(bytesMax: number, sizes: readonly number[]): Promise<readonly number[]> {
  const turns = createTurns(bytesMax);
  let now = 0;
  let isDone = false;
  const count = (): void => {
    now += 1;
    if (!isDone) setImmediate(count);
  };
  const taken = sizes.map((bytes) => Promise.resolve(turns.take(bytes)).then(() => now));
  setImmediate(count);
  const found = await Promise.all(taken);
  isDone = true;
  return found;
}

describe('what is worked on in one turn of the event loop', () => {
  it.each([
    ['everything, while it is little', [10, 20, 70], [0, 0, 0]],
    ['no more than fits', [60, 60, 30], [0, 1, 1]],
    ['one large thing alone', [500, 500, 500], [0, 1, 2]],
    ['what is small, before large things that came first', [500, 500, 500, 10], [0, 1, 2, -1]],
  ])('is %s', async (_what, sizes, expected) => {
    const found = await turnsOf(100, sizes);
    const first = found[0] ?? 0;
    expect(found.map((turn) => turn - first)).toEqual(expected);
  });
});
