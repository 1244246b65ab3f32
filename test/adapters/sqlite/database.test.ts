import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../src/adapters/sqlite/database.ts';

describe('opening the database', () => {
  let directory: string;
  let path: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'countersign-'));
    path = join(directory, 'store.db');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const open = (create = true): DatabaseSync => openDatabase({ path, create, busyTimeoutMs: 0 });
  /** Does to the file what only another program could. */
  const tamper = (sql: string): void => {
    const db = new DatabaseSync(path);
    db.exec(sql);
    db.close();
  };
  const fill = (entries: number): void => {
    const db = open();
    const insert = db.prepare('INSERT INTO audit_log VALUES (?, ?, NULL)');
    db.exec('BEGIN');
    for (let seq = 1; seq <= entries; seq += 1) insert.run(seq, `leaf ${seq} ${'x'.repeat(200)}`);
    db.exec('COMMIT');
    db.close();
  };

  it('keeps what is in it', () => {
    fill(3);
    const db = open();
    expect(db.prepare('SELECT count(*) AS count FROM audit_log').get()).toEqual({ count: 3 });
    db.close();
  });

  it('uses a write-ahead log', () => {
    fill(1);
    const db = new DatabaseSync(path);
    expect(db.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    db.close();
  });

  it('refuses a database of another program', () => {
    tamper('CREATE TABLE customers (name TEXT)');
    expect(() => open()).toThrow('it is a database of another program');
  });

  it('refuses a file that is no database', () => {
    writeFileSync(path, 'version: 1\n'.repeat(1000));
    expect(() => open()).toThrow('file is not a database');
  });

  it('refuses a database of a newer version, and says which', () => {
    fill(1);
    tamper('INSERT INTO schema_version VALUES (99, 0)');
    expect(() => open()).toThrow(
      /newer Countersign \(schema 99; this one knows up to \d+\); run that version, or restore/,
    );
  });

  it.each([
    ['whose first entry is missing', 'DELETE FROM audit_log WHERE seq = 1', 'begins with entry 2'],
    ['with a gap', 'DELETE FROM audit_log WHERE seq = 5', 'entries before 10 are missing'],
  ])('refuses a log %s', (_what, sql, message) => {
    fill(10);
    tamper(`DROP TRIGGER audit_log_is_never_deleted_from; ${sql}`);
    expect(() => open()).toThrow(message);
  });

  it('refuses a damaged file', () => {
    fill(2000);
    truncateSync(path, 40_960);
    expect(() => open()).toThrow(/damaged|malformed/);
  });

  it('never makes an empty database where one was lost', () => {
    fill(1);
    rmSync(path);
    expect(() => open(false)).toThrow('the file of the store is gone');
  });
});
