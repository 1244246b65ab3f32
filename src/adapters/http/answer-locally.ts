import { META_SERVER_INFO } from '../../core/mcp/classify-request.ts';
import { encodeResult } from '../../core/mcp/encode-answer.ts';
import { invalidParams } from '../../core/mcp/errors.ts';
import type { RequestMessage } from '../../core/mcp/message.ts';
import { MODERN_REVISIONS, negotiateRevision } from '../../core/mcp/revisions.ts';
import type { JsonObject } from '../../core/json/value.ts';
import { type Caller, type Exchange, turnAway } from './exchange.ts';
import { REFUSALS, refusalOf } from './refusals.ts';
import { sendJson } from './respond.ts';

/** What the gateway offers, whatever the upstreams say they offer. */
const CAPABILITIES: JsonObject = { tools: { listChanged: false } };

/** How long a host may take a list for fresh. It delays what a person sees, never what they may do. */
export const CATALOGUE_TTL_MS = 15_000;

/** Opens a legacy session. An id that the host brings along is not even looked at: ids are given out, never taken over. */
export function openSession(exchange: Exchange, caller: Caller, message: RequestMessage): void {
  const { plane, res } = exchange;
  const { principal } = caller;
  const { id, method, params } = message;
  const requested = params?.protocolVersion;
  if (typeof requested !== 'string') {
    const error = invalidParams('protocolVersion must be a string');
    return turnAway(exchange, refusalOf(error), { principal, method, id });
  }
  const revision = negotiateRevision(requested);
  if (plane.deps.gateway.isStopped(principal))
    return turnAway(exchange, REFUSALS.stopped, { principal, revision, method, id });
  const session = plane.sessions.open(principal, revision);
  if (session === null) return turnAway(exchange, REFUSALS.overloaded, { principal, revision, method, id });
  const result = { protocolVersion: revision, capabilities: CAPABILITIES, serverInfo: plane.serverInfo };
  sendJson(res, 200, encodeResult(id, result), ['Mcp-Session-Id', session.id]);
}

export function answerPing({ res }: Exchange, message: RequestMessage): void {
  sendJson(res, 200, encodeResult(message.id, {}));
}

/** Legacy revisions are left out: who speaks them opens with `initialize`, and is not told here. */
export function answerDiscover({ plane, res }: Exchange, message: RequestMessage): void {
  const result = {
    resultType: 'complete',
    supportedVersions: MODERN_REVISIONS,
    capabilities: CAPABILITIES,
    ttlMs: CATALOGUE_TTL_MS,
    cacheScope: 'private',
    _meta: { [META_SERVER_INFO]: plane.serverInfo },
  };
  sendJson(res, 200, encodeResult(message.id, result));
}
