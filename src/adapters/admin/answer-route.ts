import type { FastifyRequest } from 'fastify';
import type { Administrator } from '../../core/identity/principal.ts';
import type { JsonLimits } from '../../core/json/limits.ts';
import { readJson } from '../../core/json/read-json.ts';
import { type Result, err, ok } from '../../core/result.ts';
import type { AdminRoute, RouteDeps, RouteRequest } from './admin-route.ts';
import { type CredentialDeps, checkCredential } from './check-credential.ts';
import { checkBody } from './check-request.ts';
import { PROBLEMS, type Problem, problemOfFault, problemOfIssues } from './problems.ts';
import { readBody } from './read-body.ts';

const BODY_LIMITS: JsonLimits = { bytesMax: 64 * 1024, depthMax: 8, keysMax: 1000, itemsMax: 1000 };

/**
 * One request of the admin API, from the credential to the answer. No byte of a body is read before it is known whose it is; and a body
 * can take seconds, so that it is asked again after it: whoever was revoked meanwhile could make themselves a new token otherwise.
 */
export async function answerRoute(
  deps: RouteDeps & CredentialDeps,
  route: AdminRoute,
  request: FastifyRequest,
): Promise<Result<unknown, Problem>> {
  const before = await checkCredential(deps, request);
  if (!before.ok) return before;
  const bodyProblem = checkBody(request.raw);
  if (bodyProblem !== null) return err(bodyProblem);
  const body = route.method === 'POST' ? await loadBody(request, route.bodyLimits ?? BODY_LIMITS) : ok(undefined);
  if (!body.ok) return body;
  const by = route.method === 'POST' ? await checkCredential(deps, request) : before;
  if (!by.ok) return by;
  const parsed = parseRequest(route, by.value, request, body.value);
  if (!parsed.ok) return parsed;
  const answer = await route.handle(deps, parsed.value);
  return answer.ok ? answer : err(problemOfFault(answer.error));
}

/** A POST without a body stands for one with no members. */
async function loadBody(request: FastifyRequest, limits: JsonLimits): Promise<Result<unknown, Problem>> {
  const bytes = await readBody(request.raw, limits.bytesMax);
  if (bytes === null) return err(PROBLEMS.bodyTooLarge);
  if (bytes.length === 0) return ok({});
  const json = readJson(bytes, limits);
  return json.ok ? json : err(PROBLEMS.notJson);
}

function parseRequest(
  route: AdminRoute,
  by: Administrator,
  request: FastifyRequest,
  json: unknown,
): Result<RouteRequest<unknown, unknown, unknown>, Problem> {
  // An id that is no id cannot be told from one that nobody has.
  const params = route.params.safeParse(request.params);
  if (!params.success) return err(PROBLEMS.notFound);
  const query = route.query.safeParse(request.query);
  if (!query.success) return err(problemOfIssues('query', query.error.issues));
  const body = route.body.safeParse(json);
  if (!body.success) return err(problemOfIssues('body', body.error.issues));
  return ok({ by, params: params.data, query: query.data, body: body.data });
}
