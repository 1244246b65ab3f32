import {
  appendFileSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FileWatch, watchFiles } from '../../../src/adapters/sqlite/file-watch.ts';

describe('watching the files of an open database', () => {
  let root: string;
  let directory: string;
  let path: string;
  let watch: FileWatch;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'countersign-'));
    directory = join(root, 'data');
    path = join(directory, 'store.db');
    mkdirSync(directory);
    for (const file of [path, `${path}-wal`]) writeFileSync(file, 'x'.repeat(8192));
    watch = watchFiles(path);
  });
  afterEach(() => {
    watch.close();
    rmSync(root, { recursive: true });
  });

  const checkAll = (): void => {
    watch.checkLog();
    watch.checkFiles();
  };
  const replace = (file: string): void => {
    copyFileSync(file, `${file}.copy`);
    renameSync(`${file}.copy`, file);
  };

  describe.each([
    ['the database', ''],
    ['the write-ahead log', '-wal'],
  ])('%s', (_what, end) => {
    it.each([
      ['deleted', (file: string) => rmSync(file)],
      ['moved away', (file: string) => renameSync(file, `${file}.away`)],
      ['replaced by a copy', replace],
      ['known by another name alone', (file: string) => (linkSync(file, `${file}.other`), rmSync(file))],
      ['cut off', (file: string) => truncateSync(file, 8191)],
      ['emptied', (file: string) => truncateSync(file, 0)],
    ])('may not be %s', (_damage, damage) => {
      damage(`${path}${end}`);
      expect(checkAll).toThrow(`${path}${end} was deleted, replaced or cut off while in use`);
      expect(checkAll).toThrow('put the old file back and restart');
    });

    it('may grow, and then not become smaller again', () => {
      checkAll();
      appendFileSync(`${path}${end}`, 'y'.repeat(100));
      checkAll();
      truncateSync(`${path}${end}`, 8192);
      expect(checkAll).toThrow(`${path}${end} was deleted, replaced or cut off`);
    });
  });

  it('notices before a commit that the log was cut off, because the commit would fill it up', () => {
    truncateSync(`${path}-wal`, 4096);
    expect(() => watch.checkLog()).toThrow(`${path}-wal was deleted, replaced or cut off`);
  });

  it('may begin with a log that is empty', () => {
    writeFileSync(`${path}-wal`, '');
    const early = watchFiles(path);
    early.checkLog();
    writeFileSync(`${path}-wal`, 'first');
    early.checkFiles();
    truncateSync(`${path}-wal`, 0);
    expect(() => early.checkLog()).toThrow('cut off');
    early.close();
  });

  it('may be moved and brought back between two looks', () => {
    renameSync(`${path}-wal`, `${path}-wal.away`);
    renameSync(`${path}-wal.away`, `${path}-wal`);
    expect(checkAll).not.toThrow();
  });

  it('may lie elsewhere while its name leads to the same files', () => {
    renameSync(directory, `${directory}.moved`);
    symlinkSync(`${directory}.moved`, directory);
    expect(checkAll).not.toThrow();
    expect(checkAll).not.toThrow();
  });

  it('may not stand in a directory that another one took the place of', () => {
    renameSync(directory, `${directory}.moved`);
    mkdirSync(directory);
    for (const file of [path, `${path}-wal`]) writeFileSync(file, 'x'.repeat(8192));
    expect(checkAll).toThrow('was deleted, replaced or cut off');
  });
});
