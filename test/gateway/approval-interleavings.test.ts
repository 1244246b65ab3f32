import { describe, expect, it } from 'vitest';
import { type Ran, runInterleaving } from '../support/interleaving.ts';

// Runs of the whole gateway in which people, hosts, operators and the machine act at every possible moment. `COUNTERSIGN_SEED` repeats
// one of them, `COUNTERSIGN_INTERLEAVINGS` says how many there are: 10,000 in CI.

const RUNS = Number(process.env['COUNTERSIGN_INTERLEAVINGS'] ?? 2_000);
const ONLY = process.env['COUNTERSIGN_SEED'];
const FIRST_SEED = 20_261_128;

describe('whatever happens to an approval, and when', () => {
  it('its call runs once at most, with it standing, and never after it ended', { timeout: 600_000 }, async () => {
    const seeds = ONLY === undefined ? Array.from({ length: RUNS }, (_, index) => FIRST_SEED + index) : [Number(ONLY)];
    const failed: Ran[] = [];
    const seen = new Map<string, number>();
    let starts = 0;
    for (const seed of seeds) {
      const ran = await runInterleaving(seed);
      if (ran.violations.length > 0) failed.push(ran);
      starts += ran.starts;
      for (const each of [...ran.actions, ...ran.statuses]) seen.set(each, (seen.get(each) ?? 0) + 1);
    }
    expect(failed.slice(0, 3)).toEqual([]);
    if (ONLY !== undefined) return;
    // Worth something only if calls do run and approvals come to every end.
    expect(starts).toBeGreaterThan(RUNS / 10);
    const ends = ['executed', 'outcome-unknown', 'rejected', 'edited', 'expired', 'withdrawn', 'void'];
    expect(ends.filter((end) => !seen.has(end))).toEqual([]);
  });
});
