import { upstreamListSchema } from '../../../core/admin-api/upstream-view.ts';
import { ok } from '../../../core/result.ts';
import { type AdminRoute, adminRoute } from '../admin-route.ts';
import { NO_BODY, NO_FIELDS } from '../fields.ts';

export const UPSTREAM_ROUTES: readonly AdminRoute[] = [
  adminRoute({
    method: 'GET',
    path: '/api/upstreams',
    summary: 'How the upstreams are doing',
    params: NO_FIELDS,
    query: NO_FIELDS,
    body: NO_BODY,
    answer: upstreamListSchema,
    handle({ administration }, { by }) {
      const upstreams = administration.upstreams(by);
      return Promise.resolve(upstreams.ok ? ok({ upstreams: upstreams.value }) : upstreams);
    },
  }),
];
