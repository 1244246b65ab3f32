import { z } from 'zod';
import { BATCH_MAX, batchViewSchema } from '../../../core/admin-api/batch-view.ts';
import { ok } from '../../../core/result.ts';
import { type AdminRoute, adminRoute } from '../admin-route.ts';
import { NO_FIELDS, SENTENCE } from '../fields.ts';

const ID: z.ZodType<string> = z.string().regex(/^[A-Za-z0-9_-]{1,100}$/);
const DIGEST: z.ZodType<string> = z.string().regex(/^[0-9a-f]{64}$/);

export const APPROVAL_BATCH_ROUTE: AdminRoute = adminRoute({
  method: 'POST',
  path: '/api/approvals/batch',
  summary: 'Decide several calls alike: of one tool, by one rule, with arguments of the same names and types',
  params: NO_FIELDS,
  query: NO_FIELDS,
  body: z.strictObject({
    decision: z.enum(['approve', 'reject']),
    approvals: z
      .array(z.strictObject({ id: ID, argsDigest: DIGEST }))
      .min(1)
      .max(BATCH_MAX),
    comment: SENTENCE.optional(),
  }),
  answer: batchViewSchema,
  async handle({ administration }, { by, body }) {
    const results = await administration.decideBatch(by, { ...body, comment: body.comment ?? null });
    return results.ok ? ok({ results: results.value }) : results;
  },
});
