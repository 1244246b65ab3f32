import { encodeResult } from '../../core/mcp/encode-answer.ts';
import { methodNotFound } from '../../core/mcp/errors.ts';
import { parseSubscribeParams } from '../../core/mcp/listen-params.ts';
import type { RequestMessage } from '../../core/mcp/message.ts';
import { findSessionEvents } from './event-streams.ts';
import { type Caller, type Exchange, type Opened, turnAway } from './exchange.ts';
import { REFUSALS, refusalOf } from './refusals.ts';
import { createContext } from './request-context.ts';
import { retryAfter, sendError, sendJson } from './respond.ts';

/** GET in a legacy session: a stream for what nobody asked for just now. */
export async function openEventStream(exchange: Exchange, caller: Caller): Promise<void> {
  const { plane, res } = exchange;
  const { headers, principal } = caller;
  const method = 'GET';
  const session = plane.sessions.find(headers.sessionId ?? '', principal);
  if (session === null) return turnAway(exchange, REFUSALS.sessionUnknown, { principal, method });
  const known = { principal, method, revision: session.revision };
  const { protocolVersion, lastEventId } = headers;
  if (protocolVersion !== null && protocolVersion !== session.revision) {
    return turnAway(exchange, REFUSALS.sessionRevision, known);
  }
  const context = createContext(plane, caller, session);
  const refused = await plane.deps.gateway.admit(context, method);
  const events = refused ?? (await findSessionEvents(plane, session, context));
  if (res.destroyed) return;
  if ('kind' in events) return sendError(res, null, events, retryAfter(events.retryAfterSeconds));
  if (!events.open({ ...caller, res, context }, lastEventId)) return turnAway(exchange, REFUSALS.tooManyStreams, known);
}

/** `resources/subscribe` and `resources/unsubscribe`: what is told comes on the streams of the session. */
export async function changeSubscription(
  exchange: Exchange,
  caller: Caller,
  opened: Opened,
  { id, method, params }: RequestMessage,
): Promise<void> {
  const { plane, res } = exchange;
  const { principal } = caller;
  const { session, revision } = opened;
  const known = { principal, revision, method, id };
  // Without a session there is nowhere to tell it.
  if (session === null) return turnAway(exchange, refusalOf(methodNotFound('legacy'), 'method_denied'), known);
  const uri = parseSubscribeParams(params);
  if (!uri.ok) return turnAway(exchange, refusalOf(uri.error), known);
  const context = createContext(plane, caller, opened);
  const events = await findSessionEvents(plane, session, context);
  const refused =
    'kind' in events
      ? events
      : method === 'resources/subscribe'
        ? await events.listening.subscribe(context, uri.value)
        : await events.listening.unsubscribe(context, uri.value);
  if (res.destroyed) return;
  if (refused !== null) return sendError(res, id, refused, retryAfter(refused.retryAfterSeconds));
  sendJson(res, 200, encodeResult(id, {}));
}
