import type { IncomingMessage, ServerResponse } from 'node:http';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { answerClientError } from './client-error.ts';
import { METHODS } from './node-http.ts';
import type { McpPlaneLimits } from './plane-options.ts';

type Answer = (req: IncomingMessage, res: ServerResponse) => void;

/** How often node looks for requests that are too slow: its timeouts may be late by this much. */
const TIMEOUT_CHECK_MS = 2_000;

/**
 * A fastify instance that reads no body by itself, logs nothing, trusts no proxy's word and says every limit out loud: the defaults
 * of node let a slow request last for minutes.
 */
export function createListener(limits: McpPlaneLimits, answer: Answer): FastifyInstance {
  const app = fastify({
    http: {
      maxHeaderSize: limits.headerBytesMax,
      headersTimeout: limits.headersTimeoutMs,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
      insecureHTTPParser: false,
      requireHostHeader: true,
    },
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    bodyLimit: limits.bodyBytesMax,
    logger: false,
    trustProxy: false,
    // What still comes while the listener closes gets an answer of the protocol like any other request that is turned away.
    return503OnClosing: false,
    clientErrorHandler: answerClientError,
    // A path that is no path is a path like any other; fastify's own answer would repeat it.
    frameworkErrors: (_error, request, reply) => {
      reply.hijack();
      answer(request.raw, reply.raw);
    },
  });
  app.server.maxConnections = limits.connectionsMax;
  // Node drops what is beyond this without a word; one more than is accepted, so that too many can be refused.
  app.server.maxHeadersCount = limits.headersMax + 1;
  // With a listener, node leaves it to us whether to ask for the body; an oversized one is refused instead.
  app.server.on('checkContinue', (req, res) => app.server.emit('request', req, res));
  // Without one, node answers by itself what it does not know, and the log would not hear of it.
  app.server.on('checkExpectation', (req, res) => app.server.emit('request', req, res));
  app.removeAllContentTypeParsers();
  for (const method of METHODS) {
    if (method !== 'CONNECT' && !app.supportedMethods.includes(method)) app.addHttpMethod(method);
  }
  // In the first hook and on the raw socket: fastify would otherwise look at the body before the request has earned it.
  const onRequest = (request: FastifyRequest, reply: FastifyReply): void => {
    reply.hijack();
    answer(request.raw, reply.raw);
  };
  app.addHook('onRequest', onRequest);
  app.all('*', () => {
    throw new Error('a request was not answered in the first hook');
  });
  return app;
}
