import { LIST_KINDS } from '../../core/mcp/notices.ts';
import { CORE_TASKS_REVISION } from '../../core/tasks/task-support.ts';
import type { HostError, RequestContext } from '../../gateway/gateway.ts';
import type { HostNotice, Listening } from '../../gateway/subscriptions/listening.ts';
import type { Caller, Plane } from './exchange.ts';
import { encodeHostNotice } from './encode-task.ts';
import { NoticeStream } from './notice-stream.ts';
import { encodeEvent } from './respond.ts';
import type { Session } from './sessions.ts';

/** What a legacy session hears beside its calls at one endpoint, on however many streams. */
export interface SessionEvents {
  readonly listening: Listening;
  /** `false`: nobody is there. */
  tell(notice: HostNotice): boolean;
  /** Opens a stream on this response, which goes on where `lastEventId` left off if that is this session's. `false`: no room. */
  open(response: StreamResponse, lastEventId: string | null): boolean;
}

/** Tells a session something that concerns it alone, where it listens. */
export async function tellSession(session: Session, notice: HostNotice): Promise<void> {
  for (const begun of bySession.get(session)?.values() ?? []) {
    const events = await begun;
    if (!('kind' in events) && events.tell(notice)) return;
  }
}

export interface StreamResponse extends Pick<Caller, 'principal' | 'slot' | 'renew'> {
  readonly context: RequestContext;
  readonly res: ConstructorParameters<typeof NoticeStream>[0]['res'];
}

/** Events of one stream that are kept for a host that lost its connection. All are small. */
const KEPT_EVENTS_MAX = 64;
/** How many periods of keep-alive a stream waits for its host to come back. */
const KEPT_PERIODS = 4;
const STREAMS_PER_SESSION_MAX = 4;
/** How long a host is asked to wait before it comes back. */
const RETRY_MS = 2_000;

interface SessionStream {
  /** Not to be guessed, and looked for among the streams of one session only. */
  readonly id: string;
  readonly kept: { readonly sequence: number; readonly notice: HostNotice }[];
  sequence: number;
  /** `null` while its host is away. */
  connection: NoticeStream | null;
  awayPeriods: number;
}

const bySession = new WeakMap<Session, Map<string, Promise<SessionEvents | HostError>>>();

/** What the session hears at this endpoint; begins with it where nobody did before. The request for it has been recorded. */
export function findSessionEvents(
  plane: Plane,
  session: Session,
  context: RequestContext,
): Promise<SessionEvents | HostError> {
  const { endpoint } = context;
  const key = endpoint.kind === 'all' ? '' : endpoint.upstream;
  const known = bySession.get(session) ?? new Map<string, Promise<SessionEvents | HostError>>();
  bySession.set(session, known);
  const begun = known.get(key);
  if (begun !== undefined) return begun;
  const beginning = begin(plane, session, context, () => void known.delete(key));
  known.set(key, beginning);
  return beginning.then((events) => {
    if ('kind' in events) known.delete(key);
    return events;
  });
}

async function begin(
  plane: Plane,
  session: Session,
  context: RequestContext,
  onOver: () => void,
): Promise<SessionEvents | HostError> {
  const streams: SessionStream[] = [];
  // Before and after this revision there are no tasks, or none that are told of here.
  const taskIds = session.revision === CORE_TASKS_REVISION ? 'own' : [];
  const wish = { lists: LIST_KINDS, resourceUris: [], taskIds } as const;
  const tell = (notice: HostNotice): void => tellOnce(streams, notice);
  const listening = await plane.deps.gateway.listen({ context, method: null, wish, tell });
  if ('kind' in listening) return listening;

  // NaN is no id that a host could cancel.
  const running = { id: Number.NaN, abort: new AbortController() };
  session.running.add(running);
  const stopSweeping = plane.noticeStreams.everyPeriod(() => {
    forgetAway(streams);
    const idleMs = plane.deps.clock.monotonicMs() - session.usedMs;
    if (idleMs >= plane.limits.sessionIdleMs) running.abort.abort();
  });
  running.abort.signal.addEventListener('abort', () => {
    onOver();
    stopSweeping();
    session.running.delete(running);
    for (const { connection } of streams.splice(0)) connection?.end();
    listening.close();
  });
  return {
    listening,
    tell(notice) {
      tell(notice);
      return streams.length > 0;
    },
    open: (response, lastEventId) => openStream(plane, session, streams, listening, response, lastEventId),
  };
}

function openStream(
  plane: Plane,
  session: Session,
  streams: SessionStream[],
  listening: Listening,
  { res, slot, renew, principal, context }: StreamResponse,
  lastEventId: string | null,
): boolean {
  const resumed = findResumed(streams, lastEventId);
  const stream = resumed?.stream ?? createStream(plane.deps.ids.next('stream'));
  const place = listening.enter(context);
  const connection = new NoticeStream({
    res,
    slot,
    renew,
    principal,
    listening,
    place,
    streams: plane.noticeStreams,
    limits: plane.limits,
    // Looking for the session also keeps it.
    isWanted: (renewed) => plane.sessions.find(session.id, renewed) === session,
    encode: (notice) => encodeKept(stream, notice),
    farewell: null,
    onEnd: (undelivered) => {
      if (stream.connection === connection) stream.connection = null;
      for (const notice of undelivered) keep(stream, notice);
    },
  });
  if (!connection.open(firstEvents(stream, session))) {
    place.leave();
    return false;
  }
  const before = stream.connection;
  stream.connection = connection;
  stream.awayPeriods = 0;
  before?.end();
  if (resumed === null) streams.push(stream);
  if (streams.length > STREAMS_PER_SESSION_MAX) streams.shift()?.connection?.end();
  // They get new ids, and whether they may be told is asked again.
  for (const notice of resumed?.missed ?? []) connection.tell(notice);
  return true;
}

function createStream(id: string): SessionStream {
  return { id, kept: [], sequence: 0, connection: null, awayPeriods: 0 };
}

/** On one stream and no other: on the newest that is connected, else for the newest whose host may come back. */
function tellOnce(streams: readonly SessionStream[], notice: HostNotice): void {
  const connected = streams.findLast(({ connection }) => connection !== null);
  if (connected?.connection) return connected.connection.tell(notice);
  const away = streams.at(-1);
  if (away !== undefined) keep(away, notice);
}

/** Events that were kept, after the one that the host saw last, each once. An id that is not this session's leads nowhere. */
function findResumed(
  streams: readonly SessionStream[],
  lastEventId: string | null,
): { readonly stream: SessionStream; readonly missed: readonly HostNotice[] } | null {
  const [, id, sequence] = EVENT_ID.exec(lastEventId ?? '') ?? [];
  const stream = streams.find((each) => each.id === id);
  if (stream === undefined) return null;
  const after = stream.kept.filter((event) => event.sequence > Number(sequence));
  stream.kept.length = 0;
  const missed = new Map(after.map(({ notice }) => [JSON.stringify(notice), notice]));
  return { stream, missed: [...missed.values()] };
}

const EVENT_ID = /^(stream_[A-Za-z0-9_-]{1,64})-([0-9]{1,15})$/;

function keep(stream: SessionStream, notice: HostNotice): void {
  stream.sequence += 1;
  // What has become of a task can be asked for at any time, and its result may be large.
  if (notice.kind !== 'task') stream.kept.push({ sequence: stream.sequence, notice });
  if (stream.kept.length > KEPT_EVENTS_MAX) stream.kept.shift();
}

function encodeKept(stream: SessionStream, notice: HostNotice): string {
  keep(stream, notice);
  return `id: ${stream.id}-${stream.sequence}\n${encodeEvent(encodeHostNotice(notice, null))}`;
}

/** Revision 2025-11-25 begins with an id, so that a host can come back also when nothing was told yet. Older hosts expect no empty event. */
function firstEvents({ id, sequence }: SessionStream, { revision }: Session): string {
  return revision === '2025-11-25' ? `id: ${id}-${sequence}\nretry: ${RETRY_MS}\ndata:\n\n` : ':\n\n';
}

function forgetAway(streams: SessionStream[]): void {
  for (const stream of streams) if (stream.connection === null) stream.awayPeriods += 1;
  for (const gone of streams.filter(({ awayPeriods }) => awayPeriods > KEPT_PERIODS)) {
    streams.splice(streams.indexOf(gone), 1);
  }
}
