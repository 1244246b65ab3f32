import { z } from 'zod';
import { figuresViewSchema } from '../../../core/admin-api/figures-view.ts';
import { type AdminRoute, adminRoute } from '../admin-route.ts';
import { NO_BODY, NO_FIELDS, pageLimit } from '../fields.ts';

const DAYS_MAX = 365;

export const APPROVAL_FIGURES_ROUTE: AdminRoute = adminRoute({
  method: 'GET',
  path: '/api/approvals/figures',
  summary:
    'How people decide, and which rules were always approved, with the change of the policy that would spare them',
  params: NO_FIELDS,
  query: z.strictObject({ days: pageLimit(30, DAYS_MAX) }),
  body: NO_BODY,
  answer: figuresViewSchema,
  handle: ({ administration }, { by, query }) => administration.approvalFigures(by, query.days),
});
