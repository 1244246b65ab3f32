import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { leafOf } from '../../src/core/audit/encode-entry.ts';
import { SAMPLE_ENTRIES } from '../support/sample-entries.ts';
import { createCliWorld, type CliWorld } from '../support/cli-world.ts';
import { createStoreRig, type StoreRig } from '../support/store-rig.ts';
import { leafOf as leafOfFields, readRows, tamperWith } from '../support/tamper-log.ts';

/** In the order in which a gateway could have recorded them; the sample of a shadow, say, comes after its call. */
const KINDS = ['gateway', 'refusal', 'principal', 'kill-switch', 'token', 'account', 'sign-in', 'pin', 'shadow', 'ask'];
const ENTRIES = KINDS.flatMap((kind) => SAMPLE_ENTRIES.filter((entry) => entry.kind === kind)).toSorted(
  (a, b) => a.timeMs - b.timeMs,
);

let rig: StoreRig;
let cli: CliWorld;
let dir: string;
beforeEach(async () => {
  rig = createStoreRig();
  const store = await rig.open();
  await store.audit.record(ENTRIES);
  await store.close();
  cli = await createCliWorld();
  dir = mkdtempSync(join(tmpdir(), 'countersign-verify-'));
});
afterEach(async () => {
  rmSync(dir, { recursive: true });
  await rig.dispose();
});

const verify = (...args: readonly string[]) => cli.run(['audit', 'verify', ...args]);

/** The log as an export has it. */
function exported(): string {
  const db = new DatabaseSync(rig.path, { readOnly: true });
  const lines = readRows(db).map(({ seq, entry }) => `${leafOfFields(seq, entry)}\n`);
  db.close();
  return lines.join('');
}

function fileWith(text: string | Buffer): string {
  const file = join(dir, 'audit.jsonl');
  writeFileSync(file, text);
  return file;
}

describe('audit verify', () => {
  it('says of a store how many entries it has, that nothing is wrong, and what that does not prove', async () => {
    const { stdout, stderr, exitCode } = await verify(rig.path);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Checked 10 entries to #10: no fault found\.\n\nThis does not prove that/);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('finds the store by its configuration', async () => {
    const config = join(dir, 'countersign.yaml');
    mkdirSync(join(dir, 'policies'));
    writeFileSync(config, `version: 1\nstore: sqlite:${rig.path}\npolicies: ./policies\nupstreams: {}\n`);
    expect(await verify('--config', config)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('10 entries'),
    });
  });

  it('names the first bad entry, then others, and exits with 1', async () => {
    const copy = join(dir, 'copy.db');
    tamperWith(rig.path, copy, (rows) => rows.filter(({ seq }) => seq !== 4 && seq !== 8));
    const { stdout, exitCode } = await verify(copy);
    expect(exitCode).toBe(1);
    expect(stdout.split('\n').slice(0, 9)).toEqual([
      'Checked 8 entries to #10: 2 faults found.',
      '',
      'First bad entry  #5 (sequence)',
      '  expected       entry 4',
      '  got            entry 5: one is missing',
      '',
      'Bad entry   #9 (sequence)',
      '  expected  entry 8',
      '  got       entry 9: one is missing',
    ]);
    expect((await verify(copy, '--faults', '1')).stdout).toContain('\nNot shown: 1 more (--faults).\n');
  });

  it('gives the same as JSON', async () => {
    const { stdout } = await verify(rig.path, '--json');
    expect(JSON.parse(stdout)).toEqual({
      ok: true,
      entries: 10,
      first: 1,
      last: 10,
      lastMs: ENTRIES.at(-1)?.timeMs,
      faultCount: 0,
      faults: [],
      inFlightCount: 0,
      inFlight: [],
      notProved: expect.stringContaining('This does not prove'),
    });
  });

  it('checks what was exported, all of it or a part', async () => {
    expect(await verify(fileWith(exported()))).toMatchObject({ exitCode: 0 });
    const part = exported().split('\n').slice(3, 8).join('\n');
    const { stdout, exitCode } = await verify(fileWith(`${part}\n`));
    expect([exitCode, stdout]).toEqual([
      0,
      expect.stringMatching(/^Checked 5 entries from #4 to #8: no fault found\./),
    ]);
  });

  it('says on a terminal how far it is', async () => {
    const file = fileWith(exported());
    const { stderr } = await cli.run(['audit', 'verify', file], { isTty: true });
    expect(stderr).toBe('\r1 entries\r\u001b[K');
    expect((await verify(file)).stderr).toBe('');
  });

  it.each<[string, (text: string) => string | Buffer, number]>([
    ['a line that is cut off', (text) => text.slice(0, -20), 10],
    ['a line that is gone', (text) => text.replace(/^.*"seq":5,.*\n/m, ''), 6],
    ['a line twice', (text) => text.replace(/^(.*"seq":5,.*\n)/m, '$1$1'), 5],
    ['a byte that is no UTF-8', (text) => Buffer.from(text.replace('seen', 'see\u00ff'), 'latin1'), 4],
    ['a line that is too long', (text) => text.replace('wrong', 'x'.repeat(1024 * 1024)), 4],
    ['windows line ends', (text) => text.replaceAll('\n', '\r\n'), 1],
    ['an entry of a later version', (text) => text.replace(/^(.*"seq":2,.*)"v":1/m, '$1"v":2'), 2],
  ])('finds %s in an export', async (_, change, sequence) => {
    const { stdout, exitCode } = await verify(fileWith(change(exported())), '--json');
    const { faults } = JSON.parse(stdout) as { faults: readonly { sequence: number }[] };
    expect([exitCode, faults[0]?.sequence]).toEqual([1, sequence]);
  });

  it('shows what stands in a log without letting it reach the terminal', async () => {
    const text = leafOf('{"kind":"\\u001b[2J\u202e"}', 1);
    const { stdout } = await verify(fileWith(`${text}\n`));
    expect(stdout).toContain('the kind \\u{1b}[2J\\u{202e}');
  });

  it.each([
    ['is not there', 'missing.db', 'missing.db cannot be read (ENOENT)'],
    ['belongs to another program', 'other.db', 'other.db: it is a database of another program'],
    ['is a directory', '.', 'cannot be read (EISDIR)'],
  ])('exits with 2 where the file %s', async (_, name, message) => {
    const other = new DatabaseSync(join(dir, 'other.db'));
    other.exec('CREATE TABLE t (x)');
    other.close();
    const { stderr, exitCode } = await verify(join(dir, name));
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  it('writes nothing, also where nothing can be written', async () => {
    const copy = join(dir, 'copy.db');
    writeFileSync(copy, readFileSync(rig.path));
    chmodSync(copy, 0o400);
    chmodSync(dir, 0o500);
    try {
      expect(await verify(copy)).toMatchObject({ exitCode: 0 });
    } finally {
      chmodSync(dir, 0o700);
    }
    expect(readFileSync(copy)).toEqual(readFileSync(rig.path));
    expect(readdirSync(dir)).toEqual(['copy.db']);
  });
});
