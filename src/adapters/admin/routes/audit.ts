import { z } from 'zod';
import { auditListSchema, auditViewSchema } from '../../../core/admin-api/audit-view.ts';
import { ok } from '../../../core/result.ts';
import { type AdminRoute, adminRoute } from '../admin-route.ts';
import { NO_BODY, NO_FIELDS, pageLimit } from '../fields.ts';
import { auditView } from '../views.ts';

const sequence = z
  .string()
  .regex(/^[0-9]{1,15}$/, 'must be a sequence number')
  .transform(Number)
  .pipe(z.int().min(0));

export const AUDIT_ROUTES: readonly AdminRoute[] = [
  adminRoute({
    method: 'GET',
    path: '/api/audit',
    summary: 'The newest entries, or the first ones after a sequence number; newest last',
    params: NO_FIELDS,
    query: z.strictObject({
      limit: pageLimit(50, 500),
      after: sequence.optional(),
      payloads: z
        .literal('none')
        .optional()
        .describe('Leaves the arguments out, for auditors too: no reading is recorded.'),
    }),
    body: NO_BODY,
    answer: auditListSchema,
    async handle({ administration }, { by, query }) {
      const { limit, after = null, payloads } = query;
      const leftOut = payloads === 'none' ? { leaveOutPayloads: true as const } : {};
      const records = await administration.readAudit(by, { limit, afterSequence: after, ...leftOut });
      return records.ok ? ok({ entries: records.value.map(auditView) }) : records;
    },
  }),
  adminRoute({
    method: 'GET',
    path: '/api/audit/{seq}',
    summary: 'One entry',
    params: z.strictObject({ seq: sequence }),
    query: NO_FIELDS,
    body: NO_BODY,
    answer: auditViewSchema,
    async handle({ administration }, { by, params }) {
      const record = await administration.showAudit(by, params.seq);
      return record.ok ? ok(auditView(record.value)) : record;
    },
  }),
];
