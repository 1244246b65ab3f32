import { z } from 'zod';
import type { KillSwitch } from '../../core/kill-switch/kill-switch.ts';
import { StoreError } from '../../ports/store-error.ts';

/** Throws `StoreError` for anything else: a switch that cannot be understood may be the one that stops everything. */
export function parseKillSwitches(value: unknown): readonly KillSwitch[] {
  const parsed = switches.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new StoreError('corrupt', `the stored kill switches are damaged: ${z.prettifyError(parsed.error)}`);
}

const scope = z.union([
  z.strictObject({ all: z.literal(true) }),
  z.strictObject({ writes: z.literal(true) }),
  z.strictObject({ upstream: z.string() }),
  z.strictObject({ tool: z.string() }),
  z.strictObject({ principal: z.string() }),
  z.strictObject({ client: z.string() }),
]);

const switches = z.array(
  z.strictObject({
    id: z.string(),
    scope,
    reason: z.string(),
    by: z.string(),
    createdMs: z.number(),
    expiresMs: z.number().nullable(),
  }),
);
