import { type UpstreamNotice, parseNotice, subscriptionIdOf, type Wish } from '../../../core/mcp/notices.ts';
import type { Attendance, AttendanceEnd } from '../attendances.ts';
import { filterOf, PLAIN_CALL } from '../listen-filter.ts';
import { readMessage } from '../rpc/read-message.ts';
import { writeRequest } from '../rpc/write-message.ts';
import { modernHeaders } from './modern-requester.ts';
import type { HttpIntakeDeps } from './notification-intake.ts';
import { type NotificationStreamEnd, readNotificationStream } from './notification-stream.ts';

const METHOD = 'subscriptions/listen';
const MESSAGE_BYTES_MAX = 256 * 1024;

/** One `subscriptions/listen` under way. */
interface Listen {
  readonly abort: AbortController;
  /** When it was acknowledged, or has ended. */
  readonly settled: Promise<void>;
  readonly ended: Promise<NotificationStreamEnd>;
}

/** 2026-07-28: one `subscriptions/listen` for all that is wanted. Another wish is another request, and the old one ends after it. */
export async function attendModern(deps: HttpIntakeDeps, attendance: Attendance): Promise<AttendanceEnd> {
  let current = begin(deps, attendance);
  let changing: Promise<void> = Promise.resolve();
  attendance.onChange(() => {
    changing = changing.then(async () => {
      const next = begin(deps, attendance);
      await next.settled;
      const before = current;
      current = next;
      before.abort.abort();
    });
    return changing;
  });
  await current.settled;
  attendance.ready();
  for (;;) {
    const listening = current;
    const { status, wasOpen } = await listening.ended;
    await changing;
    if (current !== listening) continue;
    // A server that does not offer it says so with 404 or 400, and a JSON-RPC error.
    return !wasOpen && status !== null && status >= 400 && status < 500 && !MAY_CHANGE.has(status)
      ? 'not-offered'
      : 'lost';
  }
}

/** Credentials (401, 403) and load (408, 425, 429). */
const MAY_CHANGE: ReadonlySet<number> = new Set([401, 403, 408, 425, 429]);

function begin(deps: HttpIntakeDeps, { principal, signal, wish }: Attendance): Listen {
  const { leg, params } = deps;
  const id = leg.nextId();
  const abort = new AbortController();
  let settle = (): void => undefined;
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const wanted = wish();
  const paramsJson = JSON.stringify({ notifications: filterOf(wanted) });
  const ended = readNotificationStream({
    dispatcher: deps.dispatcher,
    method: 'POST',
    path: deps.path,
    headers: [...HEADERS, ...deps.headers, ...modernHeaders(METHOD)],
    body: writeRequest(id, METHOD, params.call({ ...PLAIN_CALL, paramsJson })),
    signal: AbortSignal.any([signal, abort.signal]),
    onOpen: () => undefined,
    onMessage(bytes) {
      const read = readMessage(bytes, MESSAGE_BYTES_MAX);
      if (!read.ok) return;
      const message = read.value;
      if (message.kind === 'result' || message.kind === 'error') return abort.abort();
      if (message.kind === 'request' && message.method !== 'ping') deps.onUninvited(message.method);
      // Requests have no place on this leg, and what belongs to no subscription of ours is nobody's.
      if (message.kind !== 'notification' || String(subscriptionIdOf(message.params)) !== String(id)) return;
      settle();
      const notice = parseNotice(message.method, message.params);
      if (notice !== null && isWanted(notice, wanted)) deps.onNotice(notice, principal);
    },
  });
  void ended.then(settle);
  return { abort, settled, ended };
}

const HEADERS: readonly string[] = [
  'content-type',
  'application/json',
  'accept',
  'application/json, text/event-stream',
];

/** Only types that were asked for; which of their resources it is about is looked at by whoever is told. */
function isWanted(notice: UpstreamNotice, { lists, resourceUris }: Wish): boolean {
  return notice.kind === 'list-changed' ? lists.includes(notice.list) : resourceUris.length > 0;
}
