import type { DatabaseSync } from 'node:sqlite';
import type { KillSwitchRows, KillSwitchState } from './messages.ts';

export interface KillSwitchTable {
  generation(): number;
  replace(state: KillSwitchState): void;
  load(): KillSwitchRows;
}

export function createKillSwitchTable(db: DatabaseSync): KillSwitchTable {
  const generation = db.prepare('SELECT generation FROM kill_switch_generation');
  const setGeneration = db.prepare('UPDATE kill_switch_generation SET generation = ?');
  const clear = db.prepare('DELETE FROM kill_switch');
  const insert = db.prepare(`
    INSERT INTO kill_switch (id, scope, reason, by, created_ms, expires_ms)
    VALUES (:id, :scope, :reason, :by, :createdMs, :expiresMs)`);
  const list = db.prepare(`
    SELECT id, scope, reason, by, created_ms AS createdMs, expires_ms AS expiresMs FROM kill_switch ORDER BY rowid`);

  const readGeneration = (): number => Number(generation.get()?.['generation']);

  return {
    generation: readGeneration,
    replace(state) {
      clear.run();
      for (const { id, scope, reason, by, createdMs, expiresMs } of state.switches) {
        insert.run({ id, scope: JSON.stringify(scope), reason, by, createdMs, expiresMs });
      }
      setGeneration.run(state.generation);
    },
    load: () => ({ generation: readGeneration(), rows: list.all().map((row) => ({ ...row })) }),
  };
}
