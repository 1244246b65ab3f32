import { parseNotice } from '../../../core/mcp/notices.ts';
import { readMessage } from '../rpc/read-message.ts';
import { writeAnswer } from '../rpc/write-message.ts';
import { sessionHeaders } from './legacy-requester.ts';
import type { HttpIntakeDeps } from './notification-intake.ts';
import { type NotificationStreamEnd, readNotificationStream } from './notification-stream.ts';
import type { Session } from './sessions.ts';

export type SessionStreamDeps = Pick<
  HttpIntakeDeps,
  'leg' | 'dispatcher' | 'path' | 'headers' | 'onNotice' | 'onUninvited'
>;

export interface SessionStream {
  readonly principal: string;
  readonly session: Session;
  /** Where it was lost; `null`: it begins. */
  readonly lastEventId: string | null;
  readonly signal: AbortSignal;
  readonly onOpen: () => void;
}

const MESSAGE_BYTES_MAX = 256 * 1024;

/** Reads the stream that GET opens in a session (2025-03-26 to 2025-11-25, "Listening for Messages from the Server") until it ends. */
export function readSessionStream(
  deps: SessionStreamDeps,
  { principal, session, lastEventId, signal, onOpen }: SessionStream,
): Promise<NotificationStreamEnd> {
  const own = sessionHeaders(session);
  const resumed: readonly string[] = lastEventId === null ? [] : ['last-event-id', lastEventId];
  return readNotificationStream({
    dispatcher: deps.dispatcher,
    method: 'GET',
    path: deps.path,
    headers: ['accept', 'text/event-stream', ...deps.headers, ...own, ...resumed],
    body: null,
    signal,
    onOpen,
    onMessage: (bytes) => onStreamMessage(deps, principal, own, bytes),
  });
}

function onStreamMessage(
  { leg, onNotice, onUninvited }: SessionStreamDeps,
  principal: string,
  own: readonly string[],
  bytes: Uint8Array,
): void {
  const read = readMessage(bytes, MESSAGE_BYTES_MAX);
  if (!read.ok) return;
  const message = read.value;
  if (message.kind === 'notification') {
    const notice = parseNotice(message.method, message.params);
    if (notice !== null) onNotice(notice, principal);
  } else if (message.kind === 'request') {
    // Nobody's call is under way here, so there is nobody to pass a question on to (2025-11-25, SEP-2260).
    if (message.method !== 'ping') onUninvited(message.method);
    leg.tell(writeAnswer(message.id, message.method), own);
  }
}
