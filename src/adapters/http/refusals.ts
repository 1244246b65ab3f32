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
  httpVersion: malformed(400, 'HTTP/1.1 is required', ['Connection', 'close']),
  repeatedHeader: malformed(400, 'A header that may be sent once was repeated'),
  headerTwin: malformed(400, 'A header name has an underscore where a dash belongs'),
  tooManyHeaders: malformed(431, 'Too many headers'),
  hostMissing: malformed(400, 'One Host header is required'),
  foreignHost: forbidden('The Host is not allowed'),
  foreignOrigin: forbidden('The Origin is not allowed'),
  notFound: malformed(404, 'Not found'),
  methodNotAllowed: malformed(405, 'Method not allowed', ['Allow', 'POST, DELETE']),
  readOnly: malformed(405, 'Method not allowed', ['Allow', 'GET, HEAD']),
  contentEncoding: malformed(415, 'Content-Encoding is not supported'),
  contentType: malformed(415, 'Content-Type must be application/json in UTF-8'),
  notAcceptable: malformed(406, 'Accept must allow application/json'),
  eventsNotAcceptable: malformed(406, 'Accept must allow text/event-stream'),
  bodyTooLarge: malformed(413, 'The body is too large'),
  expectation: malformed(417, 'Nothing but 100-continue can be expected', ['Connection', 'close']),
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
  batch: malformed(400, 'Batches are for sessions of revision 2025-03-26'),
  sessionMissing: malformed(400, 'Mcp-Session-Id or a supported MCP-Protocol-Version is required'),
  sessionUnknown: sessionRefusal(404, 'Session not found'),
  sessionRevision: malformed(400, 'MCP-Protocol-Version is not the one of the session'),
  answerUnasked: malformed(400, 'No request is waiting for this answer'),
  requestWithoutId: malformed(400, 'This method needs an id'),
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
      message: 'Internal error. The request was denied.',
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
  const error = { code: GATEWAY_ERRORS.unauthenticated, message: 'Unauthorized', data: null, httpStatus: 401 };
  return { error, reason: 'unauthenticated', detail, headers: ['WWW-Authenticate', challenge] };
}

function malformed(httpStatus: number, message: string, headers: readonly string[] = []): HttpRefusal {
  const error = { code: RPC_ERRORS.invalidRequest, message, data: null, httpStatus };
  return { error, reason: 'malformed', detail: message, headers };
}

function forbidden(message: string): HttpRefusal {
  const error = { code: GATEWAY_ERRORS.forbidden, message, data: null, httpStatus: 403 };
  return { error, reason: 'malformed', detail: message, headers: [] };
}

function sessionRefusal(httpStatus: number, message: string): HttpRefusal {
  const error = { code: GATEWAY_ERRORS.sessionUnknown, message, data: null, httpStatus };
  return { error, reason: 'malformed', detail: message, headers: [] };
}

function unavailable(code: number, reason: ReasonCode, message: string, retryAfterSeconds: number): HttpRefusal {
  const error = { code, message, data: null, httpStatus: 503 };
  return { error, reason, detail: message, headers: ['Retry-After', String(retryAfterSeconds)] };
}
