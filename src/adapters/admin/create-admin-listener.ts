import fastify, { type FastifyInstance } from 'fastify';
import { PROBLEMS, sendProblem } from './problems.ts';

/** Few people and programs administer; a flood here must not take the sockets of the process. */
const CONNECTIONS_MAX = 512;
const HEADER_BYTES_MAX = 16 * 1024;
const HEADERS_MAX = 64;
const HEADERS_TIMEOUT_MS = 5000;
const REQUEST_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_TIMEOUT_MS = 10_000;
/** How often node looks for requests that are too slow. */
const TIMEOUT_CHECK_MS = 2000;

/** Nothing here is for a browser to show, run, embed or keep. */
const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** A fastify instance that reads no body by itself, trusts no proxy's word and answers every failure with a problem document. */
export function createAdminListener(onError: (error: unknown) => void): FastifyInstance {
  const app = fastify({
    http: {
      maxHeaderSize: HEADER_BYTES_MAX,
      headersTimeout: HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
      insecureHTTPParser: false,
      requireHostHeader: true,
    },
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    logger: false,
    trustProxy: false,
    exposeHeadRoutes: false,
    // A path that is no path. Fastify's own answer would repeat it.
    frameworkErrors: (_error, _request, reply) => {
      void sendProblem(reply.headers(SECURITY_HEADERS), PROBLEMS.notFound);
    },
  });
  app.server.maxConnections = CONNECTIONS_MAX;
  app.server.maxHeadersCount = HEADERS_MAX;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(SECURITY_HEADERS);
  });
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, PROBLEMS.notFound));
  app.setErrorHandler((error, _request, reply) => {
    onError(error);
    return sendProblem(reply, PROBLEMS.internal);
  });
  return app;
}
