import { z } from 'zod';
import type { KillScope } from '../kill-switch/kill-switch.ts';
import type { NameLookup } from '../kill-switch/name-lookup.ts';

/** A user, client, upstream or tool may be called almost anything; what is longer than this is none of them. */
const name = z.string().min(1).max(512);

/** Exactly one member, so that nobody stops more or less than they read. */
export const killScopeSchema: z.ZodType<KillScope> = z
  .union([
    z.strictObject({ all: z.literal(true) }),
    z.strictObject({ writes: z.literal(true) }),
    z.strictObject({ upstream: name }),
    z.strictObject({ tool: name.regex(/^[^/]+\/./, 'must be upstream/tool, such as crm/update_deal') }),
    z.strictObject({ principal: name }),
    z.strictObject({ client: name }),
  ])
  .meta({ title: 'KillScope' });

/** A kill switch in force. Times are RFC 3339 in UTC. */
export interface KillSwitchView {
  readonly id: string;
  readonly scope: KillScope;
  readonly reason: string;
  readonly by: string;
  readonly createdAt: string;
  /** `null`: until it is released. */
  readonly expiresAt: string | null;
}

const members = {
  id: z.string(),
  scope: killScopeSchema,
  reason: z.string(),
  by: z.string(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable(),
};

export const killSwitchViewSchema: z.ZodType<KillSwitchView> = z.object(members).meta({ title: 'KillSwitch' });

export interface KillSwitchList {
  readonly killSwitches: readonly KillSwitchView[];
}

export const killSwitchListSchema: z.ZodType<KillSwitchList> = z.object({
  killSwitches: z.array(killSwitchViewSchema),
});

/**
 * A switch that was just pulled. `recorded: false`: it is in force, and the audit log gets the entry when it can be written again.
 * `known: false`: nobody and nothing of the name in its scope is known so far, and `didYouMean` is the nearest name that is.
 */
export type PulledKillSwitch = KillSwitchView & NameLookup & { readonly recorded: boolean };

export const pulledKillSwitchSchema: z.ZodType<PulledKillSwitch> = z
  .object({
    ...members,
    recorded: z.boolean(),
    known: z.boolean().nullable(),
    didYouMean: z.string().nullable(),
  })
  .meta({ title: 'PulledKillSwitch' });
