import { z } from 'zod';
import { approvalDetailSchema } from '../../../core/admin-api/approval-view.ts';
import { approvalListSchema, approvalViewSchema } from '../../../core/admin-api/approval-view.ts';
import { holdListSchema } from '../../../core/admin-api/hold-view.ts';
import { APPROVAL_STATUSES } from '../../../core/approval/approval.ts';
import { ok } from '../../../core/result.ts';
import { type AdminRoute, adminRoute } from '../admin-route.ts';
import { APPROVAL_ID, ID_PARAMS, NO_BODY, NO_FIELDS, SENTENCE, pageLimit } from '../fields.ts';
import { approvalDetail, approvalView } from '../approval-views.ts';
import { EDIT_LIMITS } from '../edited-arguments.ts';

const comment = SENTENCE.optional();

export const APPROVAL_ROUTES: readonly AdminRoute[] = [
  adminRoute({
    method: 'GET',
    path: '/api/approvals',
    summary: 'Approvals, newest first; nextCursor of a page is the cursor of the next',
    params: NO_FIELDS,
    query: z.strictObject({
      status: z.enum(APPROVAL_STATUSES).optional(),
      limit: pageLimit(50, 200),
      cursor: APPROVAL_ID.optional(),
    }),
    body: NO_BODY,
    answer: approvalListSchema,
    async handle({ administration }, { by, query }) {
      const { status = null, limit, cursor } = query;
      const found = await administration.listApprovals(by, status, limit, cursor);
      if (!found.ok) return found;
      const last = found.value.length < limit ? undefined : found.value.at(-1);
      return ok({ approvals: found.value.map(approvalView), nextCursor: last?.id ?? null });
    },
  }),
  adminRoute({
    method: 'GET',
    path: '/api/holds',
    summary: 'After how long hosts have given up waiting for a person, since the gateway started',
    params: NO_FIELDS,
    query: NO_FIELDS,
    body: NO_BODY,
    answer: holdListSchema,
    async handle({ administration }, { by }) {
      const holds = administration.listHolds(by);
      if (!holds.ok) return holds;
      return ok({ holds: holds.value.map(({ medianMs, ...rest }) => ({ ...rest, medianSeconds: medianMs / 1000 })) });
    },
  }),
  adminRoute({
    method: 'GET',
    path: '/api/approvals/{id}',
    summary: 'One approval, with the record before and after, what is unusual about it, and how it came here',
    params: ID_PARAMS,
    query: NO_FIELDS,
    body: NO_BODY,
    answer: approvalDetailSchema,
    async handle({ administration }, { by, params }) {
      const approval = await administration.showApproval(by, params.id);
      return approval.ok ? ok(approvalDetail(approval.value)) : approval;
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
      confirm: z.string().max(1000).optional().describe('What the approval shows as `confirm`, typed by the approver.'),
      grant: z.boolean().optional().describe('Agree to the further calls that the approval offers as `grantOffered`.'),
    }),
    answer: approvalViewSchema,
    async handle({ administration }, { by, params, body }) {
      const { comment: said = null, argsDigest = null, confirm, grant } = body;
      const more = { ...(confirm === undefined ? {} : { confirm }), ...(grant === undefined ? {} : { grant }) };
      const approval = await administration.approve(by, params.id, said, argsDigest, more);
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
  adminRoute({
    method: 'POST',
    path: '/api/approvals/{id}/edit',
    summary: 'Put a request with other arguments in the place of one; somebody else approves it, and its host sends it',
    params: ID_PARAMS,
    query: NO_FIELDS,
    body: z.strictObject({
      arguments: z.unknown().describe('All arguments of the call, as an object.'),
      comment,
    }),
    bodyLimits: EDIT_LIMITS,
    answer: approvalViewSchema,
    async handle({ administration }, { by, params, body }) {
      const approval = await administration.edit(by, params.id, body.arguments, body.comment ?? null);
      return approval.ok ? ok(approvalView(approval.value)) : approval;
    },
  }),
];
