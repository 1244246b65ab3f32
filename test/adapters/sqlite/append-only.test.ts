import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../src/adapters/sqlite/database.ts';

const ATTACKS: readonly (readonly [string, string])[] = [
  ['UPDATE', `UPDATE audit_log SET leaf = 'forged' WHERE seq = 1`],
  ['UPDATE of the number', 'UPDATE audit_log SET seq = 99 WHERE seq = 3'],
  ['UPDATE of the payload', `UPDATE audit_log SET payload = 'forged' WHERE seq = 1`],
  ['UPDATE OR REPLACE', 'UPDATE OR REPLACE audit_log SET seq = 1 WHERE seq = 2'],
  ['DELETE of one entry', 'DELETE FROM audit_log WHERE seq = 3'],
  ['DELETE of all', 'DELETE FROM audit_log'],
  ['INSERT OR REPLACE', `INSERT OR REPLACE INTO audit_log VALUES (1, 'forged', NULL)`],
  ['REPLACE', `REPLACE INTO audit_log VALUES (3, 'forged', NULL)`],
  ['REPLACE by rowid', `REPLACE INTO audit_log (rowid, leaf) VALUES (2, 'forged')`],
  ['upsert', `INSERT INTO audit_log VALUES (1, 'forged', NULL) ON CONFLICT DO UPDATE SET leaf = excluded.leaf`],
  ['a gap', `INSERT INTO audit_log VALUES (5, 'forged', NULL)`],
  ['a number before the first', `INSERT INTO audit_log VALUES (-1, 'forged', NULL)`],
  ['a number of SQLite’s choice', `INSERT INTO audit_log (leaf) VALUES ('forged')`],
  ['DROP TRIGGER', 'DROP TRIGGER audit_log_is_never_changed'],
  ['DROP TABLE', 'DROP TABLE audit_log'],
  ['ALTER TABLE RENAME', 'ALTER TABLE audit_log RENAME TO old'],
  ['ALTER TABLE DROP COLUMN', 'ALTER TABLE audit_log DROP COLUMN payload'],
  ['ALTER TABLE ADD COLUMN', 'ALTER TABLE audit_log ADD COLUMN more TEXT'],
  ['PRAGMA writable_schema', 'PRAGMA writable_schema = ON'],
  ['UPDATE sqlite_schema', `UPDATE sqlite_schema SET sql = '' WHERE name = 'audit_log_is_never_changed'`],
  ['DELETE FROM sqlite_schema', `DELETE FROM sqlite_schema WHERE type = 'trigger'`],
  ['PRAGMA recursive_triggers', 'PRAGMA recursive_triggers = OFF'],
  ['PRAGMA synchronous', 'PRAGMA synchronous = OFF'],
  ['PRAGMA journal_mode', 'PRAGMA journal_mode = OFF'],
  ['PRAGMA user_version', 'PRAGMA user_version = 7'],
  ['CREATE TRIGGER', 'CREATE TRIGGER t AFTER INSERT ON audit_log BEGIN SELECT 1; END'],
  ['CREATE TEMP TRIGGER', 'CREATE TEMP TRIGGER t AFTER INSERT ON audit_log BEGIN SELECT 1; END'],
  ['CREATE TEMP TABLE that hides the log', 'CREATE TEMP TABLE audit_log (seq, leaf, payload)'],
  ['CREATE VIEW', 'CREATE VIEW v AS SELECT * FROM audit_log'],
  ['ATTACH', `ATTACH ':memory:' AS other`],
  ['VACUUM', 'VACUUM'],
  ['VACUUM INTO', `VACUUM INTO '/tmp/copy.db'`],
  ['REINDEX', 'REINDEX'],
];

describe('the audit log, over the connection of the store,', () => {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-'));
  const path = join(directory, 'store.db');
  let db: DatabaseSync;

  beforeEach(() => {
    db = openDatabase({ path, create: true, busyTimeoutMs: 0 });
    const empty = db.prepare('SELECT count(*) AS count FROM audit_log').get()?.['count'] === 0;
    if (!empty) return;
    for (const seq of [1, 2, 3])
      db.prepare('INSERT INTO audit_log VALUES (?, ?, ?)').run(seq, `leaf ${seq}`, 'payload');
  });
  afterEach(() => db.close());
  afterAll(() => rmSync(directory, { recursive: true }));

  it.each(ATTACKS)('withstands %s', (_name, sql) => {
    expect(() => db.exec(sql)).toThrow(/append-only|not authorized|authorization denied|may not be modified/);
    expect(db.prepare('SELECT seq, leaf, payload FROM audit_log').all()).toEqual([
      { seq: 1, leaf: 'leaf 1', payload: 'payload' },
      { seq: 2, leaf: 'leaf 2', payload: 'payload' },
      { seq: 3, leaf: 'leaf 3', payload: 'payload' },
    ]);
  });

  it('takes the next entry, so that the attacks above did not fail for another reason', () => {
    db.exec('BEGIN');
    db.exec(`INSERT INTO audit_log VALUES (4, 'leaf 4', NULL)`);
    expect(db.prepare('SELECT max(seq) AS last FROM audit_log').get()).toEqual({ last: 4 });
    db.exec('ROLLBACK');
  });

  it('is protected by the triggers in other programs too, as long as they do not drop them', () => {
    const other = new DatabaseSync(path);
    expect(() => other.exec('DELETE FROM audit_log')).toThrow('the audit log is append-only');
    expect(() => other.exec(`INSERT OR REPLACE INTO audit_log VALUES (1, 'forged', NULL)`)).toThrow('append-only');
    other.close();
  });
});
