import { isLogWanted } from '../../../core/mcp/log-level.ts';
import { type Result, ok } from '../../../core/result.ts';
import type { UpstreamFault } from '../../../ports/upstream.ts';
import { notSent } from '../fault.ts';
import { readInstructions } from '../rpc/read-instructions.ts';
import { readInitializeResult } from '../rpc/read-initialize-result.ts';
import { writeNotification } from '../rpc/write-message.ts';
import { writeInitializeParams } from '../rpc/write-params.ts';
import type { ClientInfo } from '../upstream-deps.ts';
import type { HttpAnswer } from './exchange.ts';
import { BY_ITSELF, type HttpLeg } from './http-leg.ts';
import type { PageWatch } from './page-watch.ts';
import type { EraRequest, Requester } from './requester.ts';
import type { Session, Sessions } from './sessions.ts';

/** 2024-11-05 to 2025-11-25: requests live in a session, and only a notification cancels one. */
export function createLegacyRequester(leg: HttpLeg, sessions: Sessions, pages: () => PageWatch): Requester {
  return async (request) => {
    const inSession = async (session: Session) => {
      const { side } = request;
      const asker = side?.asker ? pages().around(side.asker, request.principal, session) : null;
      const asking = side === undefined || asker === null ? request : { ...request, side: { ...side, asker } };
      const manner = { ...BY_ITSELF, headers: sessionHeaders(session), answersRequests: true, resumes: true };
      const answered = await leg.request(asking, manner);
      if (!answered.ok && answered.error.dispatched && wasGivenUp(answered.error)) {
        leg.tell(writeNotification('notifications/cancelled', `{"requestId":${request.id}}`), sessionHeaders(session));
      }
      return answered;
    };

    const opened = await sessions.get(request.principal, request.signal, request.declared);
    if (!opened.ok) return opened;
    await setLogLevel(leg, opened.value, request);
    const answered = await inSession(opened.value);
    if (!answered.ok || !isUnknownSession(answered.value, opened.value)) return answered;
    sessions.forget(request.principal, opened.value);
    const reopened = await sessions.get(request.principal, request.signal, request.declared);
    return reopened.ok ? inSession(reopened.value) : reopened;
  };
}

/**
 * The level is one for the whole session, so it only ever goes down to what some call wants; each call hears no more than it asked for.
 * A server that cannot log says so with an error, which changes nothing.
 */
async function setLogLevel(leg: HttpLeg, session: Session, request: EraRequest): Promise<void> {
  const { logLevel = null, principal, signal } = request;
  if (logLevel === null || (session.logLevel !== null && isLogWanted(logLevel, session.logLevel))) return;
  session.logLevel = logLevel;
  await leg.request(
    {
      id: leg.nextId(),
      principal,
      method: 'logging/setLevel',
      paramsJson: `{"level":"${logLevel}"}`,
      headers: sessionHeaders(session),
      timeoutMs: SET_LEVEL_TIMEOUT_MS,
      signal,
      onProgress: null,
    },
    BY_ITSELF,
  );
}

const SET_LEVEL_TIMEOUT_MS = 5000;

/** The handshake: `initialize`, and `notifications/initialized` in the session that its answer named. */
export async function openSession(
  leg: HttpLeg,
  client: ClientInfo,
  declared: string,
  timeoutMs: number,
): Promise<Result<Session, UpstreamFault>> {
  const answered = await leg.request(
    {
      id: leg.nextId(),
      principal: null,
      method: 'initialize',
      paramsJson: writeInitializeParams(client, declared),
      headers: [],
      timeoutMs,
      signal: AbortSignal.timeout(timeoutMs),
      onProgress: null,
    },
    BY_ITSELF,
  );
  if (!answered.ok) return answered;
  const { head, response } = answered.value;
  if (head.status >= 500) return notSent('unreachable', `HTTP ${head.status} to initialize`);
  if (response?.kind !== 'result') return notSent('invalid-answer', `HTTP ${head.status} and no result to initialize`);
  const revision = readInitializeResult(response.result);
  if (!revision.ok) return notSent('invalid-answer', revision.error);

  if (head.sessionId !== null && !SESSION_ID.test(head.sessionId)) {
    return notSent('invalid-answer', 'the session id is not acceptable');
  }
  const session: Session = {
    id: head.sessionId,
    revision: revision.value,
    instructions: readInstructions(response.result),
    logLevel: null,
  };
  const told = await leg.send(writeNotification('notifications/initialized', '{}'), sessionHeaders(session), timeoutMs);
  if (!told.ok) return told;
  const { status } = told.value.head;
  return status < 300 ? ok(session) : notSent('invalid-answer', `HTTP ${status} to notifications/initialized`);
}

/** Visible ASCII (2025-11-25, Streamable HTTP, "Session Management"). The length is ours. */
const SESSION_ID = /^[!-~]{1,1024}$/;

export async function closeSession(leg: HttpLeg, session: Session, timeoutMs: number): Promise<void> {
  // A server may refuse this with 405; either way we are done with the session.
  if (session.id !== null) await leg.send(null, sessionHeaders(session), timeoutMs);
}

export function sessionHeaders({ id, revision }: Session): readonly string[] {
  const headers = ['mcp-protocol-version', revision];
  return id === null ? headers : [...headers, 'mcp-session-id', id];
}

/** 404 means that the server does not know the session (2025-11-25, "Session Management"), so it did not take the request. */
function isUnknownSession({ head, response }: HttpAnswer, session: Session): boolean {
  return head.status === 404 && session.id !== null && response?.kind !== 'result';
}

function wasGivenUp({ kind }: UpstreamFault): boolean {
  return kind === 'aborted' || kind === 'timeout' || kind === 'too-large';
}
