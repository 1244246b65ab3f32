import { z } from 'zod';
import { ROLE_HOLDER } from '../core/identity/console-person.ts';
import type { AdminRole } from '../core/identity/principal.ts';
import { plainText, secureUrl } from './value-schemas.ts';

export interface OidcSection {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly clientAuthentication: 'basic' | 'post';
  readonly scopes: readonly string[];
  readonly claims: { readonly groups: string; readonly user?: string | undefined };
}

export interface ConsoleSection {
  readonly oidc?: OidcSection | undefined;
  readonly roles: { readonly [Role in AdminRole]: readonly string[] };
}

const oidc: z.ZodType<OidcSection, unknown> = z.strictObject({
  issuer: secureUrl.describe('The OpenID provider. Compared exactly with `iss` of what it says'),
  clientId: plainText.describe(
    'The client that was registered there, with `adminUrl` and `/oidc/callback` as its redirect URI',
  ),
  clientSecret: plainText.describe('Its secret. Such as "${env:OIDC_SECRET}"'),
  clientAuthentication: z
    .enum(['basic', 'post'])
    .default('basic')
    .describe('How the secret is sent: in the Authorization header, or in the form'),
  scopes: z
    .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,255}$/, { error: 'must be a scope-token' }))
    .max(20)
    .default(['openid', 'profile', 'email'])
    .describe('What is asked for. `groups` is added where the provider lists it'),
  claims: z
    .strictObject({
      groups: plainText.default('groups').describe('Claim that holds the groups'),
      user: plainText
        .optional()
        .describe(
          'Claim that names people in approvals and the log; nobody may be able to choose it for themselves. Without it, `issuer#sub`',
        ),
    })
    .prefault({})
    .describe('Which claim holds what'),
});

const holders = z
  .array(z.string().regex(ROLE_HOLDER, { error: 'must be `group:` or `user:` and a name, such as group:leads' }))
  .max(100)
  .default([]);

export const consoleSection: z.ZodType<ConsoleSection, unknown> = z.strictObject({
  oidc: oidc.optional().describe('Sign-in through an OpenID provider, beside accounts and tokens'),
  roles: z
    .strictObject({
      approver: holders.describe('Who decides on requests'),
      operator: holders.describe('Who stops calls, and hands out tokens and accounts'),
      auditor: holders.describe('Who reads the log with its payloads'),
      viewer: holders.describe('Who sees what happens, without payloads'),
    })
    .prefault({})
    .describe(
      'Roles of those who sign in through the provider: `group:` and a group, or `user:` and a subject. No role, no entry',
    ),
});
