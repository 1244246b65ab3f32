import type { Attendance, AttendanceEnd } from '../attendances.ts';
import { createSubscriptionSync } from '../subscription-sync.ts';
import { waitMs } from '../wait-ms.ts';
import { BY_ITSELF } from './http-leg.ts';
import { sessionHeaders } from './legacy-requester.ts';
import type { HttpIntakeDeps } from './notification-intake.ts';
import { readSessionStream } from './session-stream.ts';
import type { Session } from './sessions.ts';

/** How often it is made sure that the session is the same, which also keeps it. */
const SESSION_CHECK_MS = 30_000;
const RETRY_MS_MIN = 20;
const RETRY_MS_MAX = 60_000;

/**
 * 2024-11-05 to 2025-11-25: resources are subscribed to in the session, and everything is told on the stream that GET opens in it, or on
 * those of calls where the server has none. The stream is taken up where it was lost, if the server gave its events ids.
 */
export async function attendLegacy(deps: HttpIntakeDeps, attendance: Attendance): Promise<AttendanceEnd> {
  const { principal, signal } = attendance;
  const opened = await deps.sessions.get(principal, signal);
  if (!opened.ok) return 'lost';
  const session = opened.value;
  const lost = new AbortController();
  const over = AbortSignal.any([signal, lost.signal]);
  const check = setInterval(() => {
    void deps.sessions.get(principal, over).then((now) => {
      if (!now.ok || now.value !== session) lost.abort();
    });
  }, SESSION_CHECK_MS).unref();

  const sync = createSubscriptionSync(attendance.wish, (method, uri) =>
    ask(deps, session, principal, method, uri, over),
  );
  attendance.onChange(sync);
  await sync();
  await readStreams(deps, attendance, session, over);
  clearInterval(check);
  return 'lost';
}

async function ask(
  { leg, requestTimeoutMs }: HttpIntakeDeps,
  session: Session,
  principal: string,
  method: string,
  uri: string,
  signal: AbortSignal,
): Promise<boolean> {
  const answered = await leg.request(
    {
      id: leg.nextId(),
      principal,
      method,
      paramsJson: JSON.stringify({ uri }),
      headers: sessionHeaders(session),
      timeoutMs: requestTimeoutMs,
      signal,
      onProgress: null,
    },
    { ...BY_ITSELF, answersRequests: true },
  );
  return answered.ok && answered.value.response?.kind === 'result';
}

/** Until the session is lost, or nobody listens any more. */
async function readStreams(
  deps: HttpIntakeDeps,
  { principal, ready }: Attendance,
  session: Session,
  over: AbortSignal,
): Promise<void> {
  let lastEventId: string | null = null;
  while (!over.aborted) {
    const end = await readSessionStream(deps, { principal, session, lastEventId, signal: over, onOpen: ready });
    ready();
    if (end.status === 404 && session.id !== null) return deps.sessions.forget(principal, session);
    if (!end.wasOpen && end.status !== null && !MAY_CHANGE.has(end.status) && end.status < 500) {
      // There is none, and there will be none in this session; its calls may still bring something.
      return waitMs(2 ** 31 - 1, over);
    }
    if (!end.wasOpen) return;
    lastEventId = end.lastEventId ?? lastEventId;
    await waitMs(Math.min(Math.max(end.retryMs ?? deps.retryMs, RETRY_MS_MIN), RETRY_MS_MAX), over);
  }
}

/** Credentials (401, 403), a stream that is still open (409) and load (408, 425, 429). */
const MAY_CHANGE: ReadonlySet<number> = new Set([401, 403, 408, 409, 425, 429]);
