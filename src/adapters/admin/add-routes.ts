import type { FastifyInstance, FastifyReply, HTTPMethods } from 'fastify';
import type { Administration } from '../../gateway/administration.ts';
import type { RouteDeps } from './admin-route.ts';
import { ADMIN_ROUTES } from './admin-routes.ts';
import { answerRoute } from './answer-route.ts';
import { checkCredential, type CredentialDeps } from './check-credential.ts';
import { openApiDocument } from './openapi-document.ts';
import { PROBLEMS, sendProblem } from './problems.ts';
import { sendLines } from './send-lines.ts';

const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** What needs no credential, and therefore says nothing of people, tools or calls. */
export function addOpenRoutes(app: FastifyInstance, administration: Administration, version: string): void {
  const openApi = JSON.stringify(openApiDocument(ADMIN_ROUTES, version));
  app.get('/healthz', (_request, reply) => sendJson(reply, '{"status":"ok"}'));
  app.get('/readyz', (_request, reply) => {
    const readiness = administration.readiness();
    return sendJson(reply.code(readiness.ready ? 200 : 503), JSON.stringify(readiness));
  });
  app.get('/api/openapi.json', (_request, reply) => sendJson(reply, openApi));
  refuseOtherMethods(app, ['/healthz', '/readyz', '/api/openapi.json']);
}

export function addAdminRoutes(app: FastifyInstance, deps: RouteDeps & CredentialDeps): void {
  for (const route of ADMIN_ROUTES) {
    app.route({
      method: route.method,
      url: fastifyPath(route.path),
      handler: async (request, reply) => {
        const answer = await answerRoute(deps, route, request);
        if (!answer.ok) return sendProblem(reply, answer.error);
        if (route.answers !== 'lines') return sendJson(reply, JSON.stringify(answer.value));
        void reply.header('content-disposition', 'attachment; filename="audit.jsonl"');
        return sendLines(reply, answer.value as AsyncIterable<string>, async () => {
          return (await checkCredential(deps, request)).ok;
        });
      },
    });
  }
  refuseOtherMethods(app, new Set(ADMIN_ROUTES.map(({ path }) => fastifyPath(path))));
}

/** GET on the path of a POST must not look like a path that is not there: somebody expected it to act. */
function refuseOtherMethods(app: FastifyInstance, urls: Iterable<string>): void {
  for (const url of urls) {
    const allowed = METHODS.filter((method) => app.hasRoute({ method, url }));
    app.route({
      method: METHODS.filter((method) => !allowed.includes(method)),
      url,
      handler: (_request, reply) => sendProblem(reply.header('allow', allowed.join(', ')), PROBLEMS.methodNotAllowed),
    });
  }
}

function fastifyPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

function sendJson(reply: FastifyReply, json: string): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(json);
}
