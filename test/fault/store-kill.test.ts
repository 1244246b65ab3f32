import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Acknowledged, expectNothingLost, parseAcknowledged } from '../support/acknowledged.ts';
import { createStoreRig, type StoreRig } from '../support/store-rig.ts';

/** `COUNTERSIGN_KILL_ROUNDS=2000 npx vitest run test/fault/store-kill.test.ts` for a long run. */
const ROUNDS = Number(process.env['COUNTERSIGN_KILL_ROUNDS'] ?? 15);
const ROUND_MS_MAX = 120;
/** About how long a process takes until its store is open. */
const OPEN_MS = 250;
const RECORD_CALLS = join(import.meta.dirname, '../peers/record-calls.ts');

let rig: StoreRig;
beforeEach(() => {
  rig = createStoreRig();
});
afterEach(() => rig.dispose());

describe('a process that is killed while it records', () => {
  it(
    `loses nothing that it acknowledged, in ${ROUNDS} rounds on one store`,
    async () => {
      const acknowledged: Acknowledged[] = [];
      for (let round = 1; round <= ROUNDS; round += 1) acknowledged.push(...(await recordUntilKilled(round)));
      // Most rounds come far enough to acknowledge something; a rig that is killed too early would prove nothing.
      expect(acknowledged.length).toBeGreaterThan(ROUNDS * 10);
      await expectNothingLost((await rig.open()).audit, acknowledged);
    },
    30_000 + ROUNDS * 3000,
  );
});

/** Killed at a moment of chance; what it wrote until then is what it was told. */
async function recordUntilKilled(round: number): Promise<readonly Acknowledged[]> {
  const child = spawn(process.execPath, [RECORD_CALLS, rig.path, String(round)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const output = text(child.stdout);
  // Every fourth is killed while it opens the store, and so also while it recovers from the one before.
  const isEarly = round % 4 === 0;
  if (!isEarly) await Promise.race([once(child.stdout, 'data'), exited]);
  await new Promise((resolve) => setTimeout(resolve, Math.random() * (isEarly ? OPEN_MS : ROUND_MS_MAX)));
  child.kill('SIGKILL');
  await exited;
  return parseAcknowledged(await output);
}
