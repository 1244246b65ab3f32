import { describe, expect, it } from 'vitest';
import { runInterleaving } from '../support/interleaving.ts';
import { createLastingMemory, openLastingSqlite } from '../support/interleaving-stores.ts';

// Runs of the whole gateway in which people, hosts, operators and the machine act at every possible moment. `COUNTERSIGN_SEED` repeats
// one of them, `COUNTERSIGN_INTERLEAVINGS` says how many there are: 10,000 in CI. One for each eighty of them is
// run over the real store as well, whose files a crash leaves as they are.

const RUNS = Number(process.env['COUNTERSIGN_INTERLEAVINGS'] ?? 2_000);
const ONLY = process.env['COUNTERSIGN_SEED'];
const FIRST_SEED = 20_261_128;
const STORES = [
  ['in memory', createLastingMemory, RUNS],
  ['SQLite', openLastingSqlite, Math.ceil(RUNS / 80)],
] as const;
/** Enough of them for every end of an approval to come. */
const MANY = 1_000;

describe.each(STORES)('whatever happens to an approval, and when, with the store %s', (_name, openStore, runs) => {
  it('its call runs once at most, with it standing, and never after it ended', { timeout: 1_800_000 }, async () => {
    const seeds = ONLY === undefined ? Array.from({ length: runs }, (_, index) => FIRST_SEED + index) : [Number(ONLY)];
    const seen = new Map<string, number>();
    let starts = 0;
    for (const [index, seed] of seeds.entries()) {
      const ran = await runInterleaving(seed, openStore);
      expect(
        ran.violations,
        `run ${index + 1}; COUNTERSIGN_SEED=${seed} repeats it: ${ran.actions.join(', ')}`,
      ).toEqual([]);
      starts += ran.starts;
      for (const each of [...ran.actions, ...ran.statuses]) seen.set(each, (seen.get(each) ?? 0) + 1);
    }
    if (ONLY !== undefined) return;
    // Worth something only if calls do run and approvals come to every end.
    expect(starts).toBeGreaterThan(0);
    if (runs >= MANY) expect(starts).toBeGreaterThan(runs / 5);
    const ends = ['executed', 'outcome-unknown', 'rejected', 'edited', 'expired', 'withdrawn', 'void'];
    if (runs >= MANY) expect(ends.filter((end) => !seen.has(end))).toEqual([]);
  });

  it('and a seed says all of it', async () => {
    const twice = [await runInterleaving(FIRST_SEED + 7, openStore), await runInterleaving(FIRST_SEED + 7, openStore)];
    expect(twice[1]).toEqual(twice[0]);
  });
});
