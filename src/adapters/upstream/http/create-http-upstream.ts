import { type buildConnector, Pool } from 'undici';
import type { LegacyRevision } from '../../../core/mcp/revisions.ts';
import { ok, type Result } from '../../../core/result.ts';
import type { Upstream, UpstreamFault } from '../../../ports/upstream.ts';
import type { Attendances } from '../attendances.ts';
import { createBulkhead, createPlace, type Door, type Place } from '../bulkhead.ts';
import { type EraKeeper, type EraSetting, createEraKeeper } from '../era-keeper.ts';
import { notSent } from '../fault.ts';
import { createKnownTools } from '../known-tools.ts';
import type { UpstreamLimits } from '../limits.ts';
import { writeNotification } from '../rpc/write-message.ts';
import { MODERN_REVISION, createParamsWriter, ROOTS } from '../rpc/write-params.ts';
import { createTaskFollower } from '../tasks/follow-task.ts';
import { createStatusBoard } from '../status-board.ts';
import { createNoticeBoard, type NoticeBoard } from '../notice-board.ts';
import { type ClientInfo, toldOf, type UpstreamDeps } from '../upstream-deps.ts';
import { callHttp } from './call-http.ts';
import { checkHeaders, checkUrl } from './check-options.ts';
import { type HttpLeg, createHttpLeg } from './http-leg.ts';
import { closeSession, createLegacyRequester, openSession, sessionHeaders } from './legacy-requester.ts';
import { listHttp, listHttpTools } from './list-http.ts';
import { loadHttpInstructions } from './load-instructions.ts';
import { createModernRequester } from './modern-requester.ts';
import { createHttpAttendances } from './notification-intake.ts';
import { createPageWatch, type PageWatch } from './page-watch.ts';
import { probeEra } from './probe-era.ts';
import type { HttpRequestDeps } from './requester.ts';
import { type Sessions, createSessions } from './sessions.ts';

export interface HttpUpstreamOptions {
  readonly name: string;
  /** `https://…` or `http://…`, without user, password or fragment. */
  readonly url: string;
  readonly era: EraSetting;
  /** Sent with every request, such as the shared credential of the upstream. */
  readonly headers: Readonly<Record<string, string>>;
  readonly client: ClientInfo;
  readonly limits: UpstreamLimits;
  /** Opens the connections, where they may go. */
  readonly connect: buildConnector.connector;
}

/**
 * An MCP server behind Streamable HTTP, of either era. Redirects are not followed, nothing of an answer but the checked result is
 * passed on, certificates are verified. Throws `TypeError` for options that `checkUrl` and `checkHeaders` do not accept.
 */
export function createHttpUpstream(options: HttpUpstreamOptions, deps: UpstreamDeps): Upstream {
  const { name, limits } = options;
  const notices = createNoticeBoard();
  const parts = createParts(options, deps, notices);
  const bulkhead = createBulkhead(limits);
  const board = createStatusBoard(name, 'http');
  let isClosed = false;

  const place = (entered: Result<true, UpstreamFault>): Result<Place, UpstreamFault> =>
    entered.ok ? ok(createPlace(bulkhead)) : entered;
  const door: Door = {
    enter(signal) {
      if (isClosed) return notSent('unreachable', 'the upstream is closed');
      const entered = bulkhead.enter(signal);
      return entered instanceof Promise ? entered.then(place) : place(entered);
    },
    noted: (outcome) => board.noted(outcome),
  };

  async function admit<T>(signal: AbortSignal, work: () => Promise<Result<T, UpstreamFault>>) {
    const entered = await door.enter(signal);
    if (!entered.ok) return entered;
    try {
      return board.noted(await work());
    } finally {
      entered.value.leave();
    }
  }

  return {
    name,
    call: (call) => callHttp(parts.requests, call, door),
    async listTools({ principal }, signal) {
      const listed = await admit(signal, () => listHttpTools(parts.requests, principal, signal));
      if (listed.ok) board.listed(listed.value.length);
      return listed;
    },
    list: (kind, { principal }, signal) => admit(signal, () => listHttp(parts.requests, kind, principal, signal)),
    loadInstructions: ({ principal }, signal) =>
      admit(signal, () => loadHttpInstructions({ ...parts, ...parts.requests }, principal, signal)),
    onNotice: notices.add,
    attend: ({ principal }, wish) => (isClosed ? Promise.resolve() : parts.attendances.attend(principal, wish)),
    tellRootsChanged({ principal }) {
      for (const session of parts.sessions.declaring(principal, ROOTS)) {
        parts.leg.tell(writeNotification('notifications/roots/list_changed', '{}'), sessionHeaders(session));
      }
    },
    status() {
      const era = parts.requests.eras.known();
      return board.read({ era, revision: era === 'modern' ? MODERN_REVISION : parts.legacyRevision() });
    },
    async close() {
      isClosed = true;
      parts.attendances.close();
      parts.pages.close();
      await parts.sessions.end();
      await parts.leg.close();
      await parts.streams.destroy();
    },
  };
}

/** Connections for streams that last, apart from those of calls. */
function createStreamPool(url: URL, { limits, connect }: HttpUpstreamOptions): Pool {
  return new Pool(url.origin, { connections: limits.principalsMax, pipelining: 1, connect });
}

interface Parts {
  readonly leg: HttpLeg;
  readonly sessions: Sessions;
  readonly requests: HttpRequestDeps;
  readonly attendances: Attendances;
  readonly pages: PageWatch;
  readonly streams: Pool;
  /** What the newest session agreed on. */
  readonly legacyRevision: () => LegacyRevision | null;
}

function createParts(options: HttpUpstreamOptions, deps: UpstreamDeps, notices: NoticeBoard): Parts {
  const { client, limits } = options;
  const { clock } = deps;
  const told = toldOf(options.name, deps);
  const url = checkUrl(options.url);
  const leg = createHttpLeg(
    { url, headers: checkHeaders(options.headers), limits, connect: options.connect },
    { onNotice: notices.announce, ...told },
  );
  const params = { legacy: createParamsWriter('legacy', client), modern: createParamsWriter('modern', client) };
  const probe = () => probeEra(leg, params.modern, limits.handshakeTimeoutMs);
  const onChange = (era: string): void => told.report(`the upstream is ${era} now`);
  const eras: EraKeeper = createEraKeeper({ setting: options.era, clock, probe, onChange }, limits.eraKnownMs);
  const doubtEra = (): void => eras.doubt();

  let legacyRevision: LegacyRevision | null = null;
  const sessions = createSessions(
    {
      clock,
      async open(declared) {
        const opened = await openSession(leg, client, declared, limits.handshakeTimeoutMs);
        if (opened.ok) legacyRevision = opened.value.revision;
        else if (opened.error.kind === 'invalid-answer') doubtEra();
        return opened;
      },
      close: (session) => closeSession(leg, session, limits.closeTimeoutMs),
    },
    limits,
  );
  const requesters = {
    legacy: createLegacyRequester(leg, sessions, () => pages),
    modern: createModernRequester(leg, doubtEra),
  };
  const known = createKnownTools(limits.principalsMax);
  const followed = { followTask: createTaskFollower({ clock, limits }), clock, limits, ...told };
  const requests = { ...followed, nextId: () => leg.nextId(), eras, sessions, requesters, params, known };
  const streams = createStreamPool(url, options);
  const listening = {
    leg,
    dispatcher: streams,
    path: `${url.pathname}${url.search}`,
    headers: Object.entries(options.headers).flat(),
    onNotice: notices.announce,
    ...told,
  };
  const pages: PageWatch = createPageWatch(listening);
  notices.add((notice) => pages.noted(notice));
  const attendances = createHttpAttendances(
    {
      ...listening,
      eras,
      sessions,
      clock,
      params: params.modern,
      requestTimeoutMs: limits.handshakeTimeoutMs,
      retryMs: limits.attendRetryMs,
    },
    limits,
  );
  return { leg, sessions, requests, attendances, pages, streams, legacyRevision: () => legacyRevision };
}
