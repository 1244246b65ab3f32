import type { IncomingMessage, ServerResponse } from 'node:http';
import { isFramedAlike } from '../../core/http/message-version.ts';
import { assertNever } from '../../core/result.ts';
import { checkNames } from './check-request.ts';
import { type Exchange, failClosed, type Plane, turnAway } from './exchange.ts';
import { findTarget, metadataOf } from './find-target.ts';
import { parseInboundHeaders } from './inbound-headers.ts';
import { REFUSALS } from './refusals.ts';
import { sendJson } from './respond.ts';
import { serveMcp } from './serve-mcp.ts';

/** Answers one HTTP request, whatever it is for. Never throws. */
export function serveRequest(plane: Plane, req: IncomingMessage, res: ServerResponse): void {
  const exchange = { plane, req, res };
  try {
    route(exchange);
  } catch (error) {
    failClosed(exchange, error);
  }
}

function route(exchange: Exchange): void {
  const { req } = exchange;
  if (!isFramedAlike(req)) return turnAway(exchange, REFUSALS.httpVersion);
  const target = findTarget(pathOf(req.url ?? ''));
  if (target === null) return serveMcp(exchange, null);
  switch (target.kind) {
    case 'mcp':
      return serveMcp(exchange, target);
    case 'metadata':
      return serveMetadata(exchange, target.path);
    case 'health':
      return serveHealth(exchange);
    default:
      return assertNever(target);
  }
}

function pathOf(url: string): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

/**
 * RFC 9728 §3.2. Public by nature: a host needs it before it has a token. The same for a name that no upstream has: which ones exist is
 * for those to know who are signed in.
 */
function serveMetadata(exchange: Exchange, path: string): void {
  const { plane, req, res } = exchange;
  const headers = parseInboundHeaders(req.rawHeaders, plane.limits.headersMax);
  const refusal = headers.ok ? checkNames(headers.value, plane.allowed) : headers.error;
  if (refusal !== null) return turnAway(exchange, refusal);
  if (!isRead(req)) return turnAway(exchange, REFUSALS.readOnly);
  sendJson(res, 200, JSON.stringify(metadataOf(plane.publicUrl, path, plane.authorizationServers)));
}

/** Says that the process answers, and nothing else, to whoever asks: probes come by address, so any `Host` will do. */
function serveHealth(exchange: Exchange): void {
  if (!isRead(exchange.req)) return turnAway(exchange, REFUSALS.readOnly);
  sendJson(exchange.res, 200, '{"status":"ok"}');
}

function isRead(req: IncomingMessage): boolean {
  return req.method === 'GET' || req.method === 'HEAD';
}
