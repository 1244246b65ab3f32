import type { z } from 'zod';
import type { Administrator } from '../../core/identity/principal.ts';
import type { JsonLimits } from '../../core/json/limits.ts';
import type { Result } from '../../core/result.ts';
import type { AdminFault, Administration } from '../../gateway/administration.ts';
import type { Clock } from '../../ports/clock.ts';

export interface RouteDeps {
  readonly administration: Administration;
  readonly clock: Clock;
}

/** What a route gets to see: who asks, and what its own schemas made of the request. Nothing else of the request reaches it. */
export interface RouteRequest<Params, Query, Body> {
  readonly by: Administrator;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
}

/**
 * One operation of the admin API. The table of these is the only place that knows the paths: the listener, the OpenAPI document and
 * the tests that try every credential on every path are all made from it.
 */
export interface AdminRoute<Params = unknown, Query = unknown, Body = unknown, Answer = unknown> {
  /** GET never changes anything. */
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** As OpenAPI writes it: `/api/approvals/{id}`. */
  readonly path: string;
  readonly summary: string;
  readonly params: z.ZodType<Params>;
  readonly query: z.ZodType<Query>;
  /** Of a POST; otherwise `undefined` is what is parsed. */
  readonly body: z.ZodType<Body>;
  /** How much of one, where it is not what every route takes. */
  readonly bodyLimits?: JsonLimits;
  readonly answer: z.ZodType<Answer>;
  /** `lines`: `handle` gives texts of whole lines, one by one, and `answer` is about what each line holds. Otherwise one JSON document. */
  readonly answers?: 'lines';
  handle(deps: RouteDeps, request: RouteRequest<Params, Query, Body>): Promise<Result<Answer, AdminFault>>;
}

/** An operation that answers with lines: `handle` gives texts of whole ones. `line` is about what each of them holds. */
export function linesRoute<Params, Query>({
  line,
  ...route
}: Omit<AdminRoute<Params, Query, undefined, AsyncIterable<string>>, 'answer' | 'answers' | 'method'> & {
  readonly line: z.ZodType;
}): AdminRoute {
  return { ...route, method: 'GET', answer: line, answers: 'lines' } as AdminRoute;
}

/** Lets the schemas of a route say the types of its handler. */
export function adminRoute<Params, Query, Body, Answer>(route: AdminRoute<Params, Query, Body, Answer>): AdminRoute {
  // The listener parses with these very schemas before it calls `handle`, which is what makes this sound.
  return route as AdminRoute;
}
