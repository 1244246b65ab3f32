import type { HostCapabilities } from '../../core/conversation/capabilities.ts';
import type { Principal } from '../../core/identity/principal.ts';
import type { LogLevel } from '../../core/mcp/log-level.ts';
import type { RpcId } from '../../core/mcp/message.ts';
import type { LegacyRevision } from '../../core/mcp/revisions.ts';
import type { Clock, Ids } from '../../ports/clock.ts';
import { Asks } from './asks.ts';
import type { McpPlaneLimits } from './plane-options.ts';

/** A request of a session that is still being answered. */
export interface RunningRequest {
  readonly id: RpcId;
  readonly abort: AbortController;
}

/**
 * What a legacy host opened with `initialize`. It remembers what was agreed on and what is under way, and gives no right: whoever
 * shows its id is authenticated like everybody else, and must be the one who opened it.
 */
export interface Session {
  readonly id: string;
  readonly principal: string;
  readonly client: string;
  readonly revision: LegacyRevision;
  /** What the host declared in `initialize`. */
  readonly capabilities: HostCapabilities;
  readonly running: Set<RunningRequest>;
  readonly asks: Asks;
  /** The name that the host gave itself in `initialize`. */
  hostName?: string;
  /** What `logging/setLevel` said last; `null` before that, when no messages are wanted. */
  logLevel: LogLevel | null;
  usedMs: number;
}

export interface Sessions {
  /** `null`: there is no room. A principal who has too many loses the one that was unused for longest. */
  open(principal: Principal, revision: LegacyRevision, capabilities: HostCapabilities): Session | null;
  /** `null` for an id that is unknown, too old or somebody else's: nobody learns which. */
  find(id: string, principal: Principal): Session | null;
  /** Ends the session, and what it still has running. */
  close(session: Session): void;
}

export interface SessionsDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly limits: Pick<McpPlaneLimits, 'sessionsMax' | 'sessionsPerPrincipalMax' | 'sessionIdleMs'>;
}

/** Kept in memory: after a restart hosts get 404 for the old id and open a new session, as the specification tells them. */
export function createSessions({ clock, ids, limits }: SessionsDeps): Sessions {
  // All in the order of last use, so that what has been idle for longest is always at the front.
  const byId = new Map<string, Session>();
  const byPrincipal = new Map<string, Map<string, Session>>();

  function forget(session: Session): void {
    byId.delete(session.id);
    const own = byPrincipal.get(session.principal);
    own?.delete(session.id);
    if (own?.size === 0) byPrincipal.delete(session.principal);
  }

  function isIdle(session: Session): boolean {
    return session.usedMs <= clock.monotonicMs() - limits.sessionIdleMs;
  }

  function forgetIdle(): void {
    for (const session of byId.values()) {
      if (!isIdle(session)) break;
      forget(session);
    }
  }

  function use(session: Session, own: Map<string, Session>): void {
    session.usedMs = clock.monotonicMs();
    moveToEnd(byId, session);
    moveToEnd(own, session);
  }

  return {
    open(principal, revision, capabilities) {
      forgetIdle();
      const oldest = byPrincipal.get(principal.id)?.values().next().value;
      const owned = byPrincipal.get(principal.id)?.size ?? 0;
      if (oldest !== undefined && owned >= limits.sessionsPerPrincipalMax) forget(oldest);
      if (byId.size >= limits.sessionsMax) return null;

      const own = byPrincipal.get(principal.id) ?? new Map<string, Session>();
      byPrincipal.set(principal.id, own);
      const session = createSession(ids.next('session'), principal, revision, capabilities);
      use(session, own);
      return session;
    },
    find(id, principal) {
      const session = byId.get(id);
      const own = byPrincipal.get(principal.id);
      if (session === undefined || own === undefined || !own.has(id) || session.client !== principal.client)
        return null;
      if (isIdle(session)) {
        forget(session);
        return null;
      }
      use(session, own);
      return session;
    },
    close(session) {
      forget(session);
      for (const request of session.running) request.abort.abort();
    },
  };
}

/** A new token of the same person through the same client continues the session; another person's or client's does not. */
function createSession(
  id: string,
  principal: Principal,
  revision: LegacyRevision,
  capabilities: HostCapabilities,
): Session {
  const owner = { principal: principal.id, client: principal.client };
  return { id, ...owner, revision, capabilities, running: new Set(), asks: new Asks(), logLevel: null, usedMs: 0 };
}

function moveToEnd(sessions: Map<string, Session>, session: Session): void {
  sessions.delete(session.id);
  sessions.set(session.id, session);
}
