import { z } from 'zod';
import { approvalListSchema, approvalViewSchema } from '../../../core/admin-api/approval-view.ts';
import { APPROVAL_STATUSES } from '../../../core/approval/approval.ts';
import { ok } from '../../../core/result.ts';
import { type AdminRoute, adminRoute } from '../admin-route.ts';
import { ID_PARAMS, NO_BODY, NO_FIELDS, SENTENCE, pageLimit } from '../fields.ts';
import { approvalView } from '../views.ts';

const comment = SENTENCE.optional();

export const APPROVAL_ROUTES: readonly AdminRoute[] = [
  adminRoute({
    method: 'GET',
    path: '/api/approvals',
    summary: 'Approvals, newest first',
    params: NO_FIELDS,
    query: z.strictObject({ status: z.enum(APPROVAL_STATUSES).optional(), limit: pageLimit(50, 200) }),
    body: NO_BODY,
    answer: approvalListSchema,
    async handle({ administration }, { by, query }) {
      const approvals = await administration.listApprovals(by, query.status ?? null, query.limit);
      return approvals.ok ? ok({ approvals: approvals.value.map(approvalView) }) : approvals;
    },
  }),
  adminRoute({
    method: 'GET',
    path: '/api/approvals/{id}',
    summary: 'One approval',
    params: ID_PARAMS,
    query: NO_FIELDS,
    body: NO_BODY,
    answer: approvalViewSchema,
    async handle({ administration }, { by, params }) {
      const approval = await administration.showApproval(by, params.id);
      return approval.ok ? ok(approvalView(approval.value)) : approval;
    },
  }),
  adminRoute({
    method: 'POST',
    path: '/api/approvals/{id}/approve',
    summary: 'Approve one call; with argsDigest, only if its arguments are exactly the ones that were looked at',
    params: ID_PARAMS,
    query: NO_FIELDS,
    body: z.strictObject({
      comment,
      argsDigest: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .optional(),
    }),
    answer: approvalViewSchema,
    async handle({ administration }, { by, params, body }) {
      const approval = await administration.approve(by, params.id, body.comment ?? null, body.argsDigest ?? null);
      return approval.ok ? ok(approvalView(approval.value)) : approval;
    },
  }),
  adminRoute({
    method: 'POST',
    path: '/api/approvals/{id}/reject',
    summary: 'Reject one call',
    params: ID_PARAMS,
    query: NO_FIELDS,
    body: z.strictObject({ comment }),
    answer: approvalViewSchema,
    async handle({ administration }, { by, params, body }) {
      const approval = await administration.reject(by, params.id, body.comment ?? null);
      return approval.ok ? ok(approvalView(approval.value)) : approval;
    },
  }),
];
