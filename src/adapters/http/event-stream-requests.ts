import { encodeResult } from '../../core/mcp/encode-answer.ts';
import { methodNotFound } from '../../core/mcp/errors.ts';
import { parseSubscribeParams } from '../../core/mcp/listen-params.ts';
import type { RequestMessage } from '../../core/mcp/message.ts';
import type { Hearing } from '../../gateway/hear-again.ts';
import { SHUTDOWN } from '../../ports/upstream.ts';
import { findSessionEvents } from './event-streams.ts';
import type { CallReturn } from './call-events.ts';
import { type Caller, type Exchange, type KnownSoFar, type Opened, turnAway } from './exchange.ts';
import { REFUSALS, refusalOf } from './refusals.ts';
import { createContext } from './request-context.ts';
import { beginEventStream, lengthOf, retryAfter, sendError, sendJson } from './respond.ts';

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
  const call = refused === null ? plane.callEvents.find(session, context.endpoint, lastEventId) : null;
  // What may not be heard any more is like a call that is forgotten.
  const hearing = call === null ? null : await plane.deps.gateway.hearAgain({ ...call.call, context });
  if (call !== null && hearing !== null) return goOnWithCall(exchange, caller, { ...call, hearing }, known);
  const events = refused ?? (await findSessionEvents(plane, session, context));
  if (res.destroyed) return;
  if ('kind' in events) return sendError(res, null, events, retryAfter(events.retryAfterSeconds));
  if (!events.open({ ...caller, res, context }, lastEventId)) return turnAway(exchange, REFUSALS.tooManyStreams, known);
}

/** A host that lost the connection on which its call was answered: what it missed, and then the rest as it comes. */
function goOnWithCall(
  { plane, res }: Exchange,
  caller: Caller,
  { missed, goOn, hearing }: CallReturn & { readonly hearing: Hearing },
  known: KnownSoFar,
): void {
  const { slot } = caller;
  if (res.destroyed) return hearing.leave();
  res.once('close', () => hearing.leave());
  // Only the connection ends: whoever may, can come back for the rest. At the end of the gateway the call itself says so.
  const { signal } = hearing;
  signal.addEventListener('abort', () => {
    if (signal.reason !== SHUTDOWN) res.destroy();
  });
  if (!slot.becomeStream()) return turnAway({ plane, req: res.req, res }, REFUSALS.tooManyStreams, known);
  beginEventStream(res, '');
  // The call has its own way to end; that this connection is lost again does not end it.
  caller.loss.mean = () => undefined;
  slot.hold(lengthOf(missed));
  for (const event of missed) res.write(event);
  if (goOn === null) res.end();
  else goOn({ res, slot });
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
