import { GATEWAY_ERRORS, RPC_ERRORS, type RpcError } from '../../core/mcp/errors.ts';
import type { ReasonCode } from '../../core/policy/reasons.ts';

/** A request that is turned away. The host learns `error` and the status, the log learns `reason` and `detail`. */
export interface HttpRefusal {
  readonly error: RpcError;
  readonly reason: ReasonCode;
  readonly detail: string;
  /** Flat: name, value, name, value. */
  readonly headers: readonly string[];
}

type RefusalName =
  | 'httpVersion'
  | 'repeatedHeader'
  | 'headerTwin'
  | 'tooManyHeaders'
  | 'hostMissing'
  | 'foreignHost'
  | 'foreignOrigin'
  | 'notFound'
  | 'methodNotAllowed'
  | 'readOnly'
  | 'contentEncoding'
  | 'contentType'
  | 'notAcceptable'
  | 'eventsNotAcceptable'
  | 'bodyTooLarge'
  | 'expectation'
  | 'overloaded'
  | 'tooManyStreams'
  | 'stopping'
  | 'identityUnknown'
  | 'batch'
  | 'sessionMissing'
  | 'sessionUnknown'
  | 'sessionRevision'
  | 'answerUnasked'
  | 'requestWithoutId'
  | 'notificationIgnored'
  | 'internal';

export const REFUSALS: Readonly<Record<RefusalName, HttpRefusal>> = {
  httpVersion: malformed(400, 'HTTP/1.1 is required', 'Send the request as HTTP/1.1.', ['Connection', 'close']),
  repeatedHeader: malformed(400, 'A header that may be sent once was repeated', 'Send each header once.'),
  headerTwin: malformed(400, 'A header name has an underscore where a dash belongs', 'Send it with the dash alone.'),
  tooManyHeaders: malformed(431, 'Too many headers', 'Send fewer.'),
  hostMissing: malformed(400, 'One Host header is required', 'Send the name of this gateway in it.'),
  foreignHost: forbidden(
    'The Host is not allowed',
    'Use the address that the operator of this gateway gives to hosts.',
  ),
  foreignOrigin: forbidden(
    'The Origin is not allowed',
    'A page of another site cannot call this gateway; leave Origin out where there is no page.',
  ),
  notFound: malformed(404, 'Not found', 'Use an address that the operator of this gateway gives to hosts.'),
  methodNotAllowed: malformed(405, 'Method not allowed', 'Send messages by POST; GET is for the stream of a session.', [
    'Allow',
    'POST, DELETE',
  ]),
  readOnly: malformed(405, 'Method not allowed', 'This is read by GET.', ['Allow', 'GET, HEAD']),
  contentEncoding: malformed(415, 'Content-Encoding is not supported', 'Send the body as it is.'),
  contentType: malformed(415, 'Content-Type must be application/json in UTF-8', 'Send Content-Type: application/json.'),
  notAcceptable: malformed(
    406,
    'Accept must allow application/json',
    'Send Accept: application/json, text/event-stream.',
  ),
  eventsNotAcceptable: malformed(406, 'Accept must allow text/event-stream', 'Send Accept: text/event-stream.'),
  bodyTooLarge: malformed(413, 'The body is too large', 'Send less in one request.'),
  expectation: malformed(417, 'Nothing but 100-continue can be expected', 'Leave Expect out.', ['Connection', 'close']),
  overloaded: unavailable(GATEWAY_ERRORS.overloaded, 'overloaded', 'The gateway is busy. Try again shortly.', 1),
  tooManyStreams: unavailable(
    GATEWAY_ERRORS.overloaded,
    'overloaded',
    'Too many streams are open. Close some first.',
    5,
  ),
  stopping: unavailable(GATEWAY_ERRORS.overloaded, 'overloaded', 'The gateway is stopping. Try again shortly.', 1),
  identityUnknown: unavailable(
    GATEWAY_ERRORS.storeUnavailable,
    'store_unavailable',
    'Credentials cannot be checked now. Try again shortly.',
    5,
  ),
  batch: malformed(400, 'Batches are for sessions of revision 2025-03-26', 'Send each message by itself.'),
  sessionMissing: malformed(
    400,
    'Mcp-Session-Id or a supported MCP-Protocol-Version is required',
    'Begin with initialize, or send the headers of revision 2026-07-28.',
  ),
  sessionUnknown: sessionRefusal(404, 'Session not found', 'Begin a new one with initialize.'),
  sessionRevision: malformed(
    400,
    'MCP-Protocol-Version is not the one of the session',
    'Send the one that initialize answered.',
  ),
  answerUnasked: malformed(400, 'No request is waiting for this answer', 'Answer once, to the id that was asked.'),
  requestWithoutId: malformed(400, 'This method needs an id', 'Send it as a request.'),
  /** In the log only: the host gets 202, as for any notification. */
  notificationIgnored: {
    error: { code: RPC_ERRORS.methodNotFound, message: 'Method not found', data: null, httpStatus: 202 },
    reason: 'method_denied',
    detail: 'a notification that nothing governs',
    headers: [],
  },
  internal: {
    error: {
      code: RPC_ERRORS.internal,
      message: 'Internal error. The request was denied. If that stays so, tell the operator of this gateway.',
      data: null,
      httpStatus: 500,
    },
    reason: 'internal_error',
    detail: 'a bug in the MCP plane',
    headers: [],
  },
};

/** A fault of the message itself. The log learns no more than the host, because the fault repeats nothing that was sent. */
export function refusalOf(error: RpcError, reason: ReasonCode = 'malformed'): HttpRefusal {
  return { error, reason, detail: error.message, headers: [] };
}

export function unauthenticated(detail: string, challenge: string): HttpRefusal {
  // The same whatever was wrong: which check failed is for the log.
  const message = 'Unauthorized. Send Authorization: Bearer with a token for this gateway; its operator issues them.';
  const error = { code: GATEWAY_ERRORS.unauthenticated, message, data: null, httpStatus: 401 };
  return { error, reason: 'unauthenticated', detail, headers: ['WWW-Authenticate', challenge] };
}

/** `help` is the next step, which the log does without. */
function malformed(httpStatus: number, what: string, help: string, headers: readonly string[] = []): HttpRefusal {
  const error = { code: RPC_ERRORS.invalidRequest, message: `${what}. ${help}`, data: null, httpStatus };
  return { error, reason: 'malformed', detail: what, headers };
}

function forbidden(what: string, help: string): HttpRefusal {
  const error = { code: GATEWAY_ERRORS.forbidden, message: `${what}. ${help}`, data: null, httpStatus: 403 };
  return { error, reason: 'malformed', detail: what, headers: [] };
}

function sessionRefusal(httpStatus: number, what: string, help: string): HttpRefusal {
  const error = { code: GATEWAY_ERRORS.sessionUnknown, message: `${what}. ${help}`, data: null, httpStatus };
  return { error, reason: 'malformed', detail: what, headers: [] };
}

function unavailable(code: number, reason: ReasonCode, message: string, retryAfterSeconds: number): HttpRefusal {
  const error = { code, message, data: null, httpStatus: 503 };
  return { error, reason, detail: message, headers: ['Retry-After', String(retryAfterSeconds)] };
}
