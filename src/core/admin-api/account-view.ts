import { z } from 'zod';
import type { AdminRole } from '../identity/principal.ts';
import { adminRoleSchema } from './token-view.ts';

/** Somebody who signs in to the console. Times are RFC 3339 in UTC. */
export interface AccountView {
  readonly id: string;
  readonly user: string;
  /** `<issuer>#<sub>` of somebody whom an OpenID provider vouches for; `null` for a local account. */
  readonly subject: string | null;
  /** What else the operator says that this person goes by, under `identity.people`. */
  readonly alsoKnownAs: readonly string[];
  readonly roles: readonly AdminRole[];
  readonly groups: readonly string[];
  readonly createdAt: string;
  readonly disabledAt: string | null;
}

export const accountViewSchema: z.ZodType<AccountView> = z
  .object({
    id: z.string(),
    user: z.string(),
    subject: z.string().nullable(),
    alsoKnownAs: z.array(z.string()),
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
