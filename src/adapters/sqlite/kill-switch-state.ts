import { z } from 'zod';
import type { AuditEntry } from '../../core/audit/entry.ts';
import type { KillSwitch } from '../../core/kill-switch/kill-switch.ts';
import { StoreError } from '../../ports/store-error.ts';
import type { KillSwitchRows, KillSwitchState } from './messages.ts';

// What was stored about kill switches is read strictly. One that cannot be understood may be the one that stops everything, so then
// nothing is known, and `StoreError` says so.

/** What the reserved file holds: the newest state, and every save that the database is not known to have. */
export interface ReservedKillSwitches extends KillSwitchState {
  readonly pending: readonly PendingSave[];
}

export interface PendingSave {
  readonly generation: number;
  readonly entries: readonly AuditEntry[];
}

export function parseKillSwitchRows(rows: KillSwitchRows['rows']): readonly KillSwitch[] {
  return parse(
    z.array(killSwitch),
    rows.map((row) => ({ ...row, scope: parseScope(row['scope']) })),
  );
}

export function parseReserved(content: unknown): ReservedKillSwitches {
  const { pending, ...state } = parse(reserved, content);
  // The checksum of the file matched, so these are entries as they were handed over.
  return { ...state, pending: pending as unknown as readonly PendingSave[] };
}

const scope = z.union([
  z.strictObject({ all: z.literal(true) }),
  z.strictObject({ writes: z.literal(true) }),
  z.strictObject({ upstream: z.string() }),
  z.strictObject({ tool: z.string() }),
  z.strictObject({ principal: z.string() }),
  z.strictObject({ client: z.string() }),
]);

const killSwitch = z.strictObject({
  id: z.string(),
  scope,
  reason: z.string(),
  by: z.string(),
  createdMs: z.number(),
  expiresMs: z.number().nullable(),
});

const reserved = z.strictObject({
  generation: z.number(),
  switches: z.array(killSwitch),
  pending: z.array(z.strictObject({ generation: z.number(), entries: z.array(z.looseObject({ kind: z.string() })) })),
});

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new StoreError('corrupt', `the stored kill switches are damaged: ${z.prettifyError(parsed.error)}`);
}

function parseScope(text: unknown): unknown {
  try {
    return JSON.parse(String(text)) as unknown;
  } catch {
    return text;
  }
}
