import type { DatabaseSync } from 'node:sqlite';
import type { Pin } from '../../core/catalog/pin.ts';
import type { JsonObject } from '../../core/json/value.ts';
import type { PinDecision } from '../../ports/pin-store.ts';

export interface PinTable {
  /** Every pin, the oldest first. */
  load(): readonly Pin[];
  add(pins: readonly Pin[]): void;
  /** `false`: there is no such pin, or it has that status already. */
  decide(id: string, decision: PinDecision): boolean;
}

export function createPinTable(db: DatabaseSync): PinTable {
  const load = db.prepare(`
    SELECT id, upstream, tool, digest, status, why, definition, first_seen_ms AS firstSeenMs, decided_by AS decidedBy,
      decided_ms AS decidedMs
    FROM pin ORDER BY ordinal`);
  const add = db.prepare(`
    INSERT INTO pin (id, upstream, tool, digest, status, why, definition, first_seen_ms, decided_by, decided_ms)
    VALUES (:id, :upstream, :tool, :digest, :status, :why, :definition, :firstSeenMs, :decidedBy, :decidedMs)
    ON CONFLICT DO NOTHING`);
  const decide = db.prepare(
    `UPDATE pin SET status = :status, why = :why, decided_by = :decidedBy, decided_ms = :decidedMs
    WHERE id = :id AND status <> :status`,
  );
  const replace = db.prepare(`
    UPDATE pin SET status = 'replaced'
    WHERE status = 'trusted' AND id <> :id AND (upstream, tool) = (SELECT upstream, tool FROM pin WHERE id = :id)`);

  return {
    load: () => load.all().map(fromRow),
    add(pins) {
      for (const pin of pins) {
        add.run({ ...pin, why: JSON.stringify(pin.why), definition: JSON.stringify(pin.definition) });
      }
    },
    decide(id, { status, decidedBy, decidedMs, why }) {
      if (decide.run({ id, status, decidedBy, decidedMs, why: JSON.stringify(why) }).changes === 0) return false;
      if (status === 'trusted') replace.run({ id });
      return true;
    },
  };
}

type Row = Omit<Pin, 'why' | 'definition'> & { readonly why: string; readonly definition: string };

function fromRow(found: unknown): Pin {
  const row = found as Row;
  return {
    ...row,
    why: JSON.parse(row.why) as readonly string[],
    definition: JSON.parse(row.definition) as JsonObject,
  };
}
