import { z } from 'zod';
import { auditListSchema, auditViewSchema } from '../../../core/admin-api/audit-view.ts';
import { verificationSchema } from '../../../core/admin-api/verification-view.ts';
import { ok } from '../../../core/result.ts';
import { type AdminRoute, adminRoute, linesRoute } from '../admin-route.ts';
import { NO_BODY, NO_FIELDS, pageLimit } from '../fields.ts';
import { auditView, verificationView } from '../views.ts';

const sequence = z
  .string()
  .regex(/^[0-9]{1,15}$/, 'must be a sequence number')
  .transform(Number)
  .pipe(z.int().min(0));

const moment = z.iso
  .datetime({ offset: true, error: 'must be a time, such as 2026-11-20T14:02:00Z' })
  .transform((text) => Date.parse(text));

const leafSchema = z
  .object({ entry: z.looseObject({ kind: z.string(), timeMs: z.number() }), seq: z.number(), v: z.literal(1) })
  .describe('One line; docs/audit-format.md says what is in it.');

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
  linesRoute({
    path: '/api/audit/export',
    summary: 'Entries as they are stored, one a line, without arguments. That they were taken is recorded',
    params: NO_FIELDS,
    query: z.strictObject({
      since: moment.optional().describe('From the first entry of that time or later.'),
      until: moment.optional().describe('Up to the first entry, after that, of this time or later.'),
      kind: z
        .string()
        .regex(/^[a-z-]{1,40}$/, 'must be a kind of entry')
        .optional(),
      q: z.string().max(200).optional().describe('Words that an entry must have, in any case.'),
    }),
    body: NO_BODY,
    line: leafSchema,
    handle({ administration }, { by, query }) {
      const { since: sinceMs = null, until: untilMs = null, kind = null, q: words = null } = query;
      return administration.exportAudit(by, { sinceMs, untilMs, kind, words });
    },
  }),
  adminRoute({
    method: 'GET',
    path: '/api/audit/verify',
    summary: 'Whether the log contradicts itself, as of the last check; begins another one after a minute',
    params: NO_FIELDS,
    query: NO_FIELDS,
    body: NO_BODY,
    answer: verificationSchema,
    async handle({ administration }, { by }) {
      const state = administration.verifyAudit(by);
      return state.ok ? ok(verificationView(state.value)) : state;
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
