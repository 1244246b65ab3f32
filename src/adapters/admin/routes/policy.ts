import { z } from 'zod';
import { policyViewSchema, toolListSchema } from '../../../core/admin-api/policy-view.ts';
import { ok } from '../../../core/result.ts';
import { type AdminRoute, adminRoute } from '../admin-route.ts';
import { NO_BODY, NO_FIELDS } from '../fields.ts';

export const POLICY_ROUTES: readonly AdminRoute[] = [
  adminRoute({
    method: 'GET',
    path: '/api/upstreams/{name}/tools',
    summary: 'The tools that an upstream lists now, and the class of each',
    params: z.strictObject({ name: z.string().regex(/^[A-Za-z0-9._-]{1,100}$/) }),
    query: NO_FIELDS,
    body: NO_BODY,
    answer: toolListSchema,
    async handle({ administration }, { by, params }) {
      const tools = await administration.listTools(by, params.name);
      return tools.ok ? ok({ tools: tools.value }) : tools;
    },
  }),
  adminRoute({
    method: 'GET',
    path: '/api/policy',
    summary: 'The policy in force: its version, and where its rules stand',
    params: NO_FIELDS,
    query: NO_FIELDS,
    body: NO_BODY,
    answer: policyViewSchema,
    handle({ administration }, { by }) {
      return Promise.resolve(administration.showPolicy(by));
    },
  }),
];
