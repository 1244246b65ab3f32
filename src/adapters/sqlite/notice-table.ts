import type { DatabaseSync } from 'node:sqlite';
import type { Notice } from '../../core/notify/notice.ts';
import type { NoticeKey, NoticeMark, WaitingNotice } from '../../ports/notice-store.ts';
import type { MarkKey } from './messages.ts';

export interface NoticeTable {
  load(): readonly WaitingNotice[];
  put(notices: readonly WaitingNotice[]): void;
  remove(keys: readonly NoticeKey[]): void;
  saveMark(mark: NoticeMark, forgetBeforeMs: number): void;
  findMark(key: MarkKey): string | null;
}

export function createNoticeTable(db: DatabaseSync): NoticeTable {
  const load = db.prepare(`
    SELECT id, receiver, notice, time_ms AS timeMs, attempts, due_ms AS dueMs FROM notice ORDER BY ordinal`);
  const put = db.prepare(`
    INSERT INTO notice (id, receiver, notice, time_ms, attempts, due_ms)
    VALUES (:id, :receiver, :notice, :timeMs, :attempts, :dueMs)
    ON CONFLICT (id, receiver) DO UPDATE SET attempts = excluded.attempts, due_ms = excluded.due_ms`);
  const remove = db.prepare('DELETE FROM notice WHERE id = ? AND receiver = ?');
  const saveMark = db.prepare(`
    INSERT INTO notice_mark (receiver, subject, mark, time_ms) VALUES (:receiver, :subject, :mark, :timeMs)
    ON CONFLICT (receiver, subject) DO UPDATE SET mark = excluded.mark, time_ms = excluded.time_ms`);
  const forgetMarks = db.prepare('DELETE FROM notice_mark WHERE time_ms < ?');
  const findMark = db.prepare('SELECT mark FROM notice_mark WHERE receiver = ? AND subject = ?');

  return {
    load: () => load.all().map(fromRow),
    put(notices) {
      for (const each of notices) put.run({ ...each, notice: JSON.stringify(each.notice) });
    },
    remove(keys) {
      for (const { id, receiver } of keys) remove.run(id, receiver);
    },
    saveMark(mark, forgetBeforeMs) {
      forgetMarks.run(forgetBeforeMs);
      saveMark.run({ ...mark });
    },
    findMark: ({ receiver, subject }) => (findMark.get(receiver, subject)?.['mark'] as string | undefined) ?? null,
  };
}

type Row = Omit<WaitingNotice, 'notice'> & { readonly notice: string };

function fromRow(found: unknown): WaitingNotice {
  const row = found as Row;
  return { ...row, notice: JSON.parse(row.notice) as Notice };
}
