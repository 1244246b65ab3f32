import { META_CLIENT_INFO, parseHostName } from '../../core/mcp/host-name.ts';
import { NO_CAPABILITIES, parseHostCapabilities } from '../../core/conversation/capabilities.ts';
import {
  type Classification,
  classifyRequest,
  META_CLIENT_CAPABILITIES,
  META_LOG_LEVEL,
  metaOf,
} from '../../core/mcp/classify-request.ts';
import { methodNotFound } from '../../core/mcp/errors.ts';
import { parseLogLevel } from '../../core/mcp/log-level.ts';
import type { Message, NotificationMessage, RequestMessage, ResponseMessage } from '../../core/mcp/message.ts';
import { findHandling, type Handling, isRequestMethod } from '../../core/mcp/methods.ts';
import { isModernRevision } from '../../core/mcp/revisions.ts';
import { assertNever, err, ok, type Result } from '../../core/result.ts';
import type { Soon } from '../../core/soon.ts';
import { answerDiscover, answerPing, answerSetLevel, openSession } from './answer-locally.ts';
import { answerCall } from './answer-governed.ts';
import { answerList } from './answer-list.ts';
import { CANCELLED } from '../../gateway/gateway.ts';
import { answerTask } from './answer-tasks.ts';
import { type Caller, type Exchange, type Opened, recordRefusal, turnAway } from './exchange.ts';
import { changeSubscription } from './event-stream-requests.ts';
import { listen } from './listen.ts';
import { type HttpRefusal, REFUSALS, refusalOf } from './refusals.ts';
import { sendEmpty } from './respond.ts';
import { createContext } from './request-context.ts';
import type { Session } from './sessions.ts';

/** Answers one message of an authenticated caller. The table of methods says what governs it. */
export function handleMessage(exchange: Exchange, caller: Caller, message: Message): Soon<void> {
  const { principal } = caller;
  if (message.kind === 'response') return takeAnswer(exchange, caller, message);
  const { method } = message;
  const id = message.kind === 'request' ? message.id : null;
  const classified = classifyRequest(caller.headers, message);
  if (!classified.ok) return turnAway(exchange, refusalOf(classified.error), { principal, method, id });

  const handling = findHandling(method, message.kind, classified.value.era);
  if (message.kind === 'request' && handling === 'initialize') return openSession(exchange, caller, message);
  const opened = findSession(exchange, caller, classified.value, message);
  if (!opened.ok) return turnAway(exchange, opened.error, { principal, method, id });
  if (message.kind === 'notification') return takeNotification(exchange, caller, opened.value, message, handling);
  return answerRequest(exchange, caller, opened.value, message, handling);
}

/**
 * A legacy request belongs to a session, or names its revision itself. The second gives away nothing, because a session gives no
 * right either.
 */
function findSession(
  exchange: Exchange,
  caller: Caller,
  classified: Classification,
  { params }: RequestMessage | NotificationMessage,
): Result<Opened, HttpRefusal> {
  if (classified.era === 'modern') {
    const meta = metaOf(params);
    const capabilities = parseHostCapabilities(meta?.[META_CLIENT_CAPABILITIES], classified.revision);
    const hostName = parseHostName(meta?.[META_CLIENT_INFO]);
    const named = hostName === undefined ? {} : { hostName };
    return ok({
      ...classified,
      ...named,
      session: null,
      capabilities,
      logLevel: parseLogLevel(meta?.[META_LOG_LEVEL]),
    });
  }
  const { sessionId } = caller.headers;
  const { revision } = classified;
  if (sessionId === null) {
    const opened = { era: 'legacy', session: null, capabilities: NO_CAPABILITIES, logLevel: null } as const;
    return revision === null ? err(REFUSALS.sessionMissing) : ok({ ...opened, revision });
  }
  const session = exchange.plane.sessions.find(sessionId, caller.principal);
  if (session === null) return err(REFUSALS.sessionUnknown);
  if (revision !== null && revision !== session.revision) return err(REFUSALS.sessionRevision);
  const { capabilities, logLevel, hostName } = session;
  const named = hostName === undefined ? {} : { hostName };
  return ok({ era: 'legacy', revision: session.revision, session, capabilities, logLevel, ...named });
}

function answerRequest(
  exchange: Exchange,
  caller: Caller,
  opened: Opened,
  message: RequestMessage,
  handling: Handling,
): Soon<void> {
  switch (handling) {
    case 'call-tool':
    case 'read-resource':
    case 'get-prompt':
    case 'complete':
      return answerCall(exchange, caller, opened, message, handling);
    case 'list-tools':
      return answerList(exchange, caller, opened, message, 'tools');
    case 'list-resources':
      return answerList(exchange, caller, opened, message, 'resources');
    case 'list-templates':
      return answerList(exchange, caller, opened, message, 'templates');
    case 'list-prompts':
      return answerList(exchange, caller, opened, message, 'prompts');
    case 'listen':
      return listen(exchange, caller, opened, message);
    case 'change-subscription':
      return changeSubscription(exchange, caller, opened, message);
    case 'task':
      return answerTask(exchange, caller, opened, message);
    case 'discover':
      return answerDiscover(exchange, caller, opened, message);
    case 'ping':
      return answerPing(exchange, caller, opened, message);
    case 'set-log-level':
      return answerSetLevel(exchange, caller, opened, message);
    case 'initialize':
    case 'accept':
    case 'roots-changed':
    case 'cancel':
    case 'deny':
      return turnAway(exchange, refusalOf(methodNotFound(opened.era), 'method_denied'), {
        principal: caller.principal,
        revision: opened.revision,
        method: message.method,
        id: message.id,
      });
    default:
      return assertNever(handling);
  }
}

/**
 * An answer to a question that the gateway asked this very session. The other era has no such answers; and somebody else's session, or
 * an id that nothing waits for, must not move anybody's call.
 */
function takeAnswer(exchange: Exchange, { principal, headers }: Caller, { id, result }: ResponseMessage): void {
  const { sessionId, protocolVersion } = headers;
  if (sessionId === null || isModernRevision(protocolVersion ?? '')) {
    return turnAway(exchange, REFUSALS.answerUnasked, { principal });
  }
  const session = exchange.plane.sessions.find(sessionId, principal);
  if (session === null) return turnAway(exchange, REFUSALS.sessionUnknown, { principal });
  if (!session.asks.answer(id, result)) return turnAway(exchange, REFUSALS.answerUnasked, { principal });
  sendEmpty(exchange.res, 202);
}

/** No notification reaches an upstream, but that the roots of a host are others than before. */
function takeNotification(
  exchange: Exchange,
  caller: Caller,
  opened: Opened,
  message: NotificationMessage,
  handling: Handling,
): void {
  const { method, params } = message;
  const known = { principal: caller.principal, revision: opened.revision, method };
  // A call without an id would have no answer, so it must not have an effect either.
  if (isRequestMethod(method)) return turnAway(exchange, REFUSALS.requestWithoutId, known);
  if (handling === 'deny') recordRefusal(exchange.plane, REFUSALS.notificationIgnored, known);
  if (handling === 'roots-changed' && opened.session !== null) {
    void exchange.plane.deps.gateway.rootsChanged(createContext(exchange.plane, caller, opened));
  }
  if (handling === 'cancel') cancelRunning(opened.session, params?.requestId);
  sendEmpty(exchange.res, 202);
}

function cancelRunning(session: Session | null, requestId: unknown): void {
  for (const request of session?.running ?? []) {
    if (request.id === requestId) request.abort.abort(CANCELLED);
  }
}
