import { z } from 'zod';
import type { PolicyWho } from '../policy-file.ts';
import { names } from './names-schema.ts';

/** Where a rule does not say whom it is about, and need not. */
export const EVERYBODY: PolicyWho = { any: true, users: null, groups: null, scopes: [] };

export const who: z.ZodType<PolicyWho, unknown> = z
  .strictObject({
    any: z.literal(true).optional().describe('Everybody who is signed in'),
    users: names
      .optional()
      .describe('Ids of people: the user of a token, or `<issuer>#<sub>`. One of them must be the caller'),
    groups: names.optional().describe('The caller must be in one of these groups'),
    scopes: names
      .optional()
      .describe('The credential must hold all of these scopes. A ceiling: scopes alone allow nothing'),
  })
  .superRefine((value, context) => {
    const hasPeople = value.users !== undefined || value.groups !== undefined;
    if (value.any && hasPeople) {
      context.addIssue({
        code: 'custom',
        message: 'says `any` and names people as well',
        params: { help: HELP.anyOrNamed },
      });
    } else if (!value.any && !hasPeople) {
      const message = value.scopes === undefined ? 'names nobody' : 'names scopes alone';
      context.addIssue({ code: 'custom', message, params: { help: HELP.scopesAlone } });
    }
  })
  .transform((value): PolicyWho => {
    const { any = false, users = null, groups = null, scopes = [] } = value;
    return { any, users, groups, scopes };
  })
  .describe('Whom the rule is about. All conditions given must hold');

const HELP = {
  anyOrNamed: 'write `any: true` for everybody, or `users` and `groups` for some',
  scopesAlone: 'add `users` or `groups`, or `any: true` for everybody: scopes are a ceiling, never sufficient alone',
} as const;
