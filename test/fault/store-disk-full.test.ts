import { execFile, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AuditLog } from '../../src/ports/audit-log.ts';
import { createStoreRig, readEntries, type StoreRig } from '../support/store-rig.ts';
import { sampleKillSwitch } from '../support/store-samples.ts';

const FILL_DISK = join(import.meta.dirname, '../peers/fill-disk.ts');
const run = promisify(execFile);

// A file system of 6 MiB in a mount namespace of its own, which ends with the process. Needs root, or user namespaces.
const MOUNT = 'mount -t tmpfs -o size=6m tmpfs';
const namespace = ['-m', '-rm'].find(
  (flags) => spawnSync('unshare', [flags, 'sh', '-c', `${MOUNT} /mnt`]).status === 0,
);

interface Report {
  readonly acknowledged: number;
  readonly refusal: string;
  readonly health: ReturnType<AuditLog['health']>;
  readonly meanwhile: string;
  readonly saved: { readonly recorded: boolean };
  readonly readable: number | string;
  readonly healthAfter: ReturnType<AuditLog['health']> | null;
}

let rig: StoreRig;
beforeEach(() => {
  rig = createStoreRig();
  mkdirSync(dirname(rig.path));
});
afterEach(() => rig.dispose());

/** Runs a shell command in which `$0` is Node, `$1` the script, `$2` the store and `$3` a directory that outlives the command. */
async function fillDisk(command: readonly string[]): Promise<Report> {
  const [file = '', ...args] = command;
  const kept = join(dirname(rig.path), 'kept');
  mkdirSync(kept);
  const { stdout } = await run(file, [...args, process.execPath, FILL_DISK, rig.path, kept]);
  cpSync(kept, dirname(rig.path), { recursive: true, force: true });
  return JSON.parse(stdout) as Report;
}

/** `acknowledged <n>` for each entry that the process filled the disk with. */
async function acknowledgedEntries(audit: AuditLog): Promise<readonly string[]> {
  const details = (await readEntries(audit)).map(({ detail }) => (typeof detail === 'string' ? detail : ''));
  return details.filter((detail) => detail.startsWith('acknowledged')).map((detail) => detail.replace(/ x+$/, ''));
}

const numbered = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `acknowledged ${index + 1}`);

describe('a full disk', () => {
  it('turns callers away, keeps what was acknowledged, and works again when there is space, without a restart', async (context) => {
    if (namespace === undefined)
      return context.skip('no right to mount a small file system here; the file size limit below ran instead');
    const script = `${MOUNT} "$(dirname "$2")" && "$0" "$1" "$2" free && cp "$2"* "$3"`;
    // The mount hides the directory that outlives it, so it is held by its number.
    const report = await fillDisk(['unshare', namespace, 'bash', '-c', `cd "$3"; ${script.replace('"$3"', '.')}`]);
    expect(report).toMatchObject({
      refusal: 'unavailable',
      health: { writable: false, problem: 'the disk of the store is full; make space' },
      meanwhile: 'unavailable',
      saved: { recorded: false },
      readable: 1,
      healthAfter: { writable: true, problem: null },
    });
    expect(report.acknowledged).toBeGreaterThan(20);

    const store = await rig.open();
    expect(await acknowledgedEntries(store.audit)).toEqual(numbered(report.acknowledged));
    const after = (await readEntries(store.audit)).slice(report.acknowledged);
    expect(after).toMatchObject([{ change: 'recovered' }, { kind: 'kill-switch', id: 'kill_1' }, { detail: 'after' }]);
    expect(await store.killSwitches.load()).toEqual([sampleKillSwitch('kill_1')]);
  });

  it('of another kind, a limit on the size of files, loses nothing either', async () => {
    // In units of 1024 bytes. The reserved place of the kill switches, 1 MiB, is below it, so a kill switch is kept all the same.
    const report = await fillDisk(['bash', '-c', 'ulimit -f 1500 && exec "$0" "$1" "$2"']);
    expect(report).toMatchObject({
      refusal: 'unavailable',
      health: { writable: false },
      meanwhile: 'unavailable',
      saved: { recorded: false },
    });
    expect(report.acknowledged).toBeGreaterThan(20);

    const store = await rig.open();
    expect(await acknowledgedEntries(store.audit)).toEqual(numbered(report.acknowledged));
    expect(await store.killSwitches.load()).toEqual([sampleKillSwitch('kill_1')]);
  });
});
