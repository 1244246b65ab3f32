import { copyFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { canonicalJson } from '../../src/core/json/canonical-json.ts';
import type { Json } from '../../src/core/json/value.ts';

type Fields = Record<string, Json>;

/** One entry of a log, for somebody who means to change it. */
export interface LogRow {
  seq: number;
  entry: Fields;
  payload: string | null;
}

/** A copy of a closed store whose log was written anew by somebody who knows how, with the triggers out of the way. */
export function tamperWith(storeFile: string, copy: string, change: (rows: LogRow[]) => readonly LogRow[]): void {
  copyFileSync(storeFile, copy);
  const db = new DatabaseSync(copy);
  const triggers = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all();
  for (const { name } of triggers) db.exec(`DROP TRIGGER ${String(name)}`);
  const rows = readRows(db);
  db.exec('DELETE FROM audit_log');
  const insert = db.prepare('INSERT INTO audit_log (seq, leaf, payload) VALUES (?, ?, ?)');
  for (const { seq, entry, payload } of change(rows)) insert.run(seq, leafOf(seq, entry), payload);
  db.close();
}

/** Runs SQL on a copy, triggers out of the way. */
export function tamperBySql(storeFile: string, copy: string, sql: string): void {
  tamperWith(storeFile, copy, (rows) => rows);
  const db = new DatabaseSync(copy);
  db.exec(sql);
  db.close();
}

export function readRows(db: DatabaseSync): LogRow[] {
  const rows = db.prepare('SELECT seq, leaf, payload FROM audit_log ORDER BY seq').all();
  return rows.map(({ seq, leaf, payload }) => ({
    seq: Number(seq),
    entry: (JSON.parse(String(leaf)) as { entry: Fields }).entry,
    payload: payload as string | null,
  }));
}

/** Without a gap, as if nothing had ever been there. */
export function renumbered(rows: readonly LogRow[]): readonly LogRow[] {
  return rows.map((row, index) => ({ ...row, seq: index + 1 }));
}

export function leafOf(seq: number, entry: Fields): string {
  return canonicalJson({ entry, seq, v: 1 });
}
