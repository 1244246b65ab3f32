import type { JsonObject } from '../../../core/json/value.ts';
import { isElicitationId, type UpstreamNotice } from '../../../core/mcp/notices.ts';
import type { RawAsk } from '../../../core/conversation/check-ask.ts';
import type { UpstreamAsker } from '../../../ports/upstream.ts';
import { waitMs } from '../wait-ms.ts';
import { readSessionStream, type SessionStreamDeps } from './session-stream.ts';
import type { Session } from './sessions.ts';

/**
 * Hears of pages that people are through with. A server of 2025-11-25 may tell it when the call that sent them there is long answered, and
 * then only on the stream that GET opens in the session of that call ("Elicitation", "Streamable HTTP").
 */
export interface PageWatch {
  /** The same asker, with a stream opened for each page that somebody is sent to. */
  around(asker: UpstreamAsker, principal: string, session: Session): UpstreamAsker;
  /** Whatever the upstream told, on whichever stream. */
  noted(notice: UpstreamNotice): void;
  close(): void;
}

interface Watched {
  readonly ids: Set<string>;
  readonly abort: AbortController;
}

/** Sessions that are listened to at once for this. In more of them, hosts are not told. */
const SESSIONS_MAX = 64;
const PAGES_PER_SESSION_MAX = 16;
/** As long as it is remembered who was sent to a page. */
const WATCHED_MS = 20 * 60_000;
const RETRY_MS = 1_000;
const RETRY_MS_MAX = 60_000;

export function createPageWatch(deps: SessionStreamDeps): PageWatch {
  const watched = new Map<Session, Watched>();

  function watch(principal: string, session: Session, id: string): void {
    const known = watched.get(session);
    if (known !== undefined) {
      if (known.ids.size < PAGES_PER_SESSION_MAX) known.ids.add(id);
      return;
    }
    if (watched.size >= SESSIONS_MAX) return;
    const entry: Watched = { ids: new Set([id]), abort: new AbortController() };
    watched.set(session, entry);
    const tooLong = setTimeout(() => entry.abort.abort(), WATCHED_MS).unref();
    void listen(deps, principal, session, entry.abort.signal).finally(() => {
      clearTimeout(tooLong);
      watched.delete(session);
    });
  }

  return {
    around: (asker, principal, session) => ({
      ...asker,
      ask(asks) {
        for (const id of pagesIn(asks)) watch(principal, session, id);
        return asker.ask(asks);
      },
    }),
    noted(notice) {
      if (notice.kind !== 'page-done') return;
      for (const { ids, abort } of watched.values())
        if (ids.delete(notice.elicitationId) && ids.size === 0) abort.abort();
    },
    close() {
      for (const { abort } of watched.values()) abort.abort();
    },
  };
}

/** Until nothing is waited for, or the server has no such stream. */
async function listen(
  deps: SessionStreamDeps,
  principal: string,
  session: Session,
  signal: AbortSignal,
): Promise<void> {
  let lastEventId: string | null = null;
  while (!signal.aborted) {
    const end = await readSessionStream(deps, { principal, session, lastEventId, signal, onOpen: () => undefined });
    if (!end.wasOpen) return;
    lastEventId = end.lastEventId ?? lastEventId;
    await waitMs(Math.min(Math.max(end.retryMs ?? RETRY_MS, RETRY_MS), RETRY_MS_MAX), signal);
  }
}

function pagesIn(asks: ReadonlyMap<string, RawAsk>): readonly string[] {
  return [...asks.values()].flatMap(({ method, params }) => {
    const { mode, elicitationId } = (params ?? {}) as JsonObject;
    return method === 'elicitation/create' && mode === 'url' && isElicitationId(elicitationId) ? [elicitationId] : [];
  });
}
