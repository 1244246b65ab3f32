import { z } from 'zod';
import {
  adminRoleSchema,
  createdTokenSchema,
  planeSchema,
  tokenListSchema,
} from '../../../core/admin-api/token-view.ts';
import { parseDuration } from '../../../core/duration.ts';
import { ok } from '../../../core/result.ts';
import { type AdminRoute, adminRoute } from '../admin-route.ts';
import { GROUP_NAMES, ID_PARAMS, NO_BODY, NO_FIELDS, SCOPE_TOKENS, USER_NAME } from '../fields.ts';
import { formatTimestamp } from '../../../core/timestamp.ts';
import { tokenView } from '../views.ts';

const ttl = z
  .string()
  .describe('A whole number and a unit: 90s, 30m, 1h, 30d.')
  .transform((text, context) => {
    const ms = parseDuration(text);
    if (ms.ok) return ms.value;
    context.addIssue(ms.error);
    return z.NEVER;
  });

export const TOKEN_ROUTES: readonly AdminRoute[] = [
  adminRoute({
    method: 'GET',
    path: '/api/tokens',
    summary: 'Gateway-issued tokens, without their secrets',
    params: NO_FIELDS,
    query: NO_FIELDS,
    body: NO_BODY,
    answer: tokenListSchema,
    async handle({ administration }, { by }) {
      const tokens = await administration.listTokens(by);
      return tokens.ok ? ok({ tokens: tokens.value.map(tokenView) }) : tokens;
    },
  }),
  adminRoute({
    method: 'POST',
    path: '/api/tokens',
    summary: 'Issue a token. It is shown in this answer and never again',
    params: NO_FIELDS,
    query: NO_FIELDS,
    body: z.strictObject({
      user: USER_NAME,
      plane: planeSchema.default('mcp'),
      groups: GROUP_NAMES,
      scopes: SCOPE_TOKENS,
      roles: z.array(adminRoleSchema).max(4).default([]),
      ttl,
    }),
    answer: createdTokenSchema,
    async handle({ administration }, { by, body }) {
      const { ttl: ttlMs, ...rest } = body;
      const created = await administration.createToken(by, { ...rest, ttlMs });
      if (!created.ok) return created;
      const { token, secret } = created.value;
      return ok({ id: token.id, token: secret, expiresAt: formatTimestamp(token.expiresMs) });
    },
  }),
  adminRoute({
    method: 'DELETE',
    path: '/api/tokens/{id}',
    summary: 'Revoke a token, at once',
    params: ID_PARAMS,
    query: NO_FIELDS,
    body: NO_BODY,
    answer: z.object({ id: z.string(), revoked: z.literal(true) }),
    async handle({ administration }, { by, params }) {
      const revoked = await administration.revokeToken(by, params.id);
      return revoked.ok ? ok({ id: params.id, revoked: true as const }) : revoked;
    },
  }),
];
