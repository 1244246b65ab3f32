import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openRotatingSealer } from '../../../src/adapters/system/rotating-sealer.ts';
import { createFixedClock, type FixedClock } from '../../support/fixed-clock.ts';

const TIMES = { rotateMs: 1000, overlapMs: 100 };

let dir: string;
let path: string;
let clock: FixedClock;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'countersign-'));
  path = join(dir, 'keys', 'states.key');
  clock = createFixedClock();
});
afterEach(() => rmSync(dir, { recursive: true }));

const open = () => openRotatingSealer({ path, ...TIMES }, clock);
const lines = (): readonly string[] => readFileSync(path, 'utf8').trim().split('\n');

it('makes a key at the first start, for its owner only, and keeps it over restarts', () => {
  const sealed = open().seal('a');
  expect(open().open(sealed)).toBe('a');
  expect(lines()).toHaveLength(1);
  expect((statSync(path).mode & 0o777).toString(8)).toBe('600');
});

it('seals with a new key after a while, and opens with the old one for as long as what that sealed counts', () => {
  const sealer = open();
  const first = sealer.seal('first');
  clock.advance(999);
  expect(lines()).toHaveLength(1);
  const late = sealer.seal('late');
  clock.advance(1);
  const next = sealer.seal('next');
  expect(lines()).toHaveLength(2);
  for (const each of [sealer, open()]) expect([first, late, next].map(each.open)).toEqual(['first', 'late', 'next']);
  clock.advance(100);
  for (const each of [sealer, open()]) expect([late, next].map(each.open)).toEqual([null, 'next']);
});

it('keeps no more than two keys, and replaces one that became old while nobody ran', () => {
  for (let round = 0; round < 4; round++) {
    open();
    clock.advance(1000);
  }
  expect(lines()).toHaveLength(2);
  expect(new Set(lines().map((line) => line.split(' ')[0])).size).toBe(2);
});

it('opens nothing of another key, and what was sealed before its file was removed is lost', () => {
  const sealed = open().seal('a');
  rmSync(path);
  expect(open().open(sealed)).toBeNull();
});

it.each([
  ['is empty', ''],
  ['is cut off', 'abcdef 1'],
  ['holds a key without its time', 'a'.repeat(64)],
  ['holds three', Array.from({ length: 3 }, (_, index) => `${'a'.repeat(64)} ${index}`).join('\n')],
])('does not start with a file that %s', (_what, text) => {
  open();
  writeFileSync(path, text);
  expect(open).toThrow(/states\.key: must hold one or two keys; remove it/);
});
