import type { LogLevel } from '../../../core/mcp/log-level.ts';
import type { LegacyRevision } from '../../../core/mcp/revisions.ts';
import { type Result, ok } from '../../../core/result.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { UpstreamFault } from '../../../ports/upstream.ts';
import { NOTHING_DECLARED } from '../call-side.ts';
import { beforeCall, notSent } from '../fault.ts';
import { waitUnlessAborted } from '../wait-unless-aborted.ts';

/** What a legacy handshake agreed on. */
export interface Session {
  /** `null` where the upstream keeps none. */
  readonly id: string | null;
  readonly revision: LegacyRevision;
  /** What the upstream said about itself when it was opened. */
  readonly instructions: string | null;
  /** What it was last told to log; `null`: nothing yet. */
  logLevel: LogLevel | null;
}

/**
 * The legacy sessions of one upstream, one for each principal.
 *
 * INVARIANT: no session is ever used by two principals. What a server keeps in a session (a login, a current directory, a running
 * transaction) would pass from one person to the other.
 */
export interface Sessions {
  /** Opens one where there is none. Callers that come while it is being opened wait for the same one. */
  get(principal: string, signal: AbortSignal, declared?: string): Promise<Result<Session, UpstreamFault>>;
  /** Those of this principal that are open and were opened with a capability, by how it is written in what was declared. */
  declaring(principal: string, capability: string): readonly Session[];
  /** The upstream does not know this session any more. */
  forget(principal: string, session: Session): void;
  /** Ends all of them on the upstream, too. */
  end(): Promise<void>;
}

export interface SessionsDeps {
  readonly clock: Clock;
  /** `declared` is `ClientCapabilities` as text: a session keeps for its life what it was opened with. */
  readonly open: (declared: string) => Promise<Result<Session, UpstreamFault>>;
  /** Best effort, within a time limit. */
  readonly close: (session: Session) => Promise<void>;
}

export interface SessionLimits {
  readonly principalsMax: number;
  readonly idleMs: number;
  /** A session used within this time may still have a call running. */
  readonly callTimeoutMs: number;
}

interface Entry {
  readonly principal: string;
  readonly declared: string;
  readonly opening: Promise<Result<Session, UpstreamFault>>;
  session: Session | null;
  usedMs: number;
}

export function createSessions(deps: SessionsDeps, limits: SessionLimits): Sessions {
  /** In order of last use. */
  const entries = new Map<string, Entry>();
  let sweeper: NodeJS.Timeout | undefined;

  function open(key: string, principal: string, declared: string): Entry {
    const opening = deps.open(declared).then((opened) => {
      if (opened.ok) entry.session = opened.value;
      else if (entries.get(key) === entry) entries.delete(key);
      return opened;
    });
    const entry: Entry = { principal, declared, opening, session: null, usedMs: deps.clock.monotonicMs() };
    sweeper ??= setInterval(closeIdle, limits.idleMs).unref();
    return entry;
  }

  /** The oldest may go once no call can be running in it. */
  function makeRoom(): boolean {
    const [oldest] = entries;
    if (entries.size < limits.principalsMax || oldest === undefined) return true;
    if (deps.clock.monotonicMs() - oldest[1].usedMs < limits.callTimeoutMs) return false;
    closeEntry(...oldest);
    return true;
  }

  function closeIdle(): void {
    const idleMs = Math.max(limits.idleMs, limits.callTimeoutMs);
    const nowMs = deps.clock.monotonicMs();
    for (const [principal, entry] of entries) if (nowMs - entry.usedMs >= idleMs) closeEntry(principal, entry);
  }

  function closeEntry(principal: string, entry: Entry): void {
    entries.delete(principal);
    if (entry.session !== null) void deps.close(entry.session);
  }

  return {
    async get(principal, signal, declared = NOTHING_DECLARED) {
      const key = keyOf(principal, declared);
      let entry = entries.get(key);
      if (entry === undefined) {
        if (!makeRoom()) return notSent('overloaded', `${limits.principalsMax} sessions are in use`);
        entry = open(key, principal, declared);
      }
      entry.usedMs = deps.clock.monotonicMs();
      entries.delete(key);
      entries.set(key, entry);
      if (entry.session !== null) return ok(entry.session);
      const opened = await waitUnlessAborted(entry.opening, signal);
      if (opened === 'aborted') return notSent('aborted', 'given up before it was sent');
      return opened.ok ? opened : beforeCall(opened.error);
    },
    declaring: (principal, capability) => [...entries.values()].flatMap(whereDeclared(principal, capability)),
    forget(principal, session) {
      for (const [key, entry] of entries) {
        if (key.endsWith(` ${principal}`) && entry.session === session) entries.delete(key);
      }
    },
    async end() {
      clearInterval(sweeper);
      const open = [...entries.values()].flatMap(({ session }) => (session === null ? [] : [session]));
      entries.clear();
      await Promise.all(open.map(deps.close));
    },
  };
}

/** INVARIANT: what is declared is JSON, which ends where it ends, so no principal's name can make two keys alike. */
const keyOf = (principal: string, declared: string): string => `${declared} ${principal}`;

function whereDeclared(principal: string, capability: string): (entry: Entry) => readonly Session[] {
  return (entry) =>
    entry.principal === principal && entry.session !== null && entry.declared.includes(capability)
      ? [entry.session]
      : [];
}
