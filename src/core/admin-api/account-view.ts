import { z } from 'zod';
import type { AdminRole } from '../identity/principal.ts';
import { adminRoleSchema } from './token-view.ts';

/** A local account of the console. Times are RFC 3339 in UTC. */
export interface AccountView {
  readonly id: string;
  readonly user: string;
  readonly roles: readonly AdminRole[];
  readonly groups: readonly string[];
  readonly createdAt: string;
  readonly disabledAt: string | null;
}

export const accountViewSchema: z.ZodType<AccountView> = z
  .object({
    id: z.string(),
    user: z.string(),
    roles: z.array(adminRoleSchema),
    groups: z.array(z.string()),
    createdAt: z.iso.datetime(),
    disabledAt: z.iso.datetime().nullable(),
  })
  .meta({ title: 'Account' });

export interface AccountList {
  readonly accounts: readonly AccountView[];
}

export const accountListSchema: z.ZodType<AccountList> = z.object({ accounts: z.array(accountViewSchema) });
