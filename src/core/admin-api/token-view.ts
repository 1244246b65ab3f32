import { z } from 'zod';
import type { AdminRole } from '../identity/principal.ts';

export const adminRoleSchema: z.ZodType<AdminRole> = z.enum(['approver', 'operator', 'auditor', 'viewer']);
export const planeSchema: z.ZodType<'mcp' | 'admin'> = z.enum(['mcp', 'admin']);

/** A gateway-issued token without its secret. Times are RFC 3339 in UTC. */
export interface TokenView {
  readonly id: string;
  readonly plane: 'mcp' | 'admin';
  readonly user: string;
  readonly groups: readonly string[];
  readonly scopes: readonly string[];
  readonly roles: readonly AdminRole[];
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly revokedAt: string | null;
}

const tokenViewSchema: z.ZodType<TokenView> = z
  .object({
    id: z.string(),
    plane: planeSchema,
    user: z.string(),
    groups: z.array(z.string()),
    scopes: z.array(z.string()),
    roles: z.array(adminRoleSchema),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
    revokedAt: z.iso.datetime().nullable(),
  })
  .meta({ title: 'Token' });

export interface TokenList {
  readonly tokens: readonly TokenView[];
}

export const tokenListSchema: z.ZodType<TokenList> = z.object({ tokens: z.array(tokenViewSchema) });

/** The only time the token itself is ever shown. */
export interface CreatedToken {
  readonly id: string;
  readonly token: string;
  readonly expiresAt: string;
}

export const createdTokenSchema: z.ZodType<CreatedToken> = z
  .object({ id: z.string(), token: z.string(), expiresAt: z.iso.datetime() })
  .meta({ title: 'CreatedToken' });
