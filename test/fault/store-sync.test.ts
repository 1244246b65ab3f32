import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectNothingLost, parseAcknowledged } from '../support/acknowledged.ts';
import { createStoreRig, type StoreRig } from '../support/store-rig.ts';

// strace shows, and spoils, what the store asks of the disk.

const RECORD_CALLS = join(import.meta.dirname, '../peers/record-calls.ts');
const run = promisify(execFile);
const hasStrace = spawnSync('strace', ['-f', '-e', 'trace=fsync', 'true']).status === 0;
const WITHOUT = 'strace is not installed, or may not trace here: syncs of the disk are neither counted nor spoiled';

let rig: StoreRig;
beforeEach(() => {
  rig = createStoreRig();
});
afterEach(() => rig.dispose());

/** The output of a process that records so many calls under strace, and the system calls that were traced. */
async function recordTraced(
  { calls, callers }: { readonly calls: number; readonly callers: number },
  ...options: readonly string[]
): Promise<{ output: string; trace: string }> {
  const file = join(dirname(dirname(rig.path)), 'trace');
  const command = [process.execPath, RECORD_CALLS, rig.path, '1', String(calls), String(callers)];
  const { stdout } = await run('strace', ['-f', '-y', '-o', file, ...options, ...command]);
  return { output: stdout, trace: readFileSync(file, 'utf8') };
}

describe('the disk', () => {
  it('has synced every commit before it is acknowledged', async (context) => {
    if (!hasStrace) return context.skip(WITHOUT);
    // One caller, so that the worker is not at the next commit already when an acknowledgement goes out.
    const { trace } = await recordTraced({ calls: 30, callers: 1 }, '-e', 'trace=fsync,fdatasync,pwrite64,write');
    let unsynced = 0;
    const unsyncedWhenAcknowledged: number[] = [];
    for (const line of trace.split('\n')) {
      if (/pwrite64\(.*-wal>/.test(line)) unsynced += 1;
      if (/f(data)?sync\(.*-wal>/.test(line)) unsynced = 0;
      if (/write\(1<[^>]*>, "\d+ (decision|outcome)/.test(line)) unsyncedWhenAcknowledged.push(unsynced);
    }
    expect(trace).toMatch(/pwrite64\(.*-wal>/);
    expect(unsyncedWhenAcknowledged).toEqual(Array<number>(60).fill(0));
  });

  it.for([
    ['once', '12'],
    ['for a while', '12..18'],
    ['again and again', '12+5'],
  ])(
    'may fail to sync %s: that commit is not acknowledged, and nothing that was is lost',
    async ([, when], context) => {
      if (!hasStrace) return context.skip(WITHOUT);
      const { output } = await recordTraced(
        { calls: 100, callers: 8 },
        '-e',
        'trace=fsync',
        '-e',
        `inject=fsync:error=EIO:when=${when}`,
      );
      expect(output).toContain('error ');
      expect(output).toContain('done');
      const acknowledged = parseAcknowledged(output);
      expect(acknowledged.length).toBeGreaterThan(20);
      await expectNothingLost((await rig.open()).audit, acknowledged);
    },
  );
});
