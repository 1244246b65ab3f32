import type { AllowedHosts } from '../../core/http/host-check.ts';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HostCapabilities } from '../../core/conversation/capabilities.ts';
import type { Principal } from '../../core/identity/principal.ts';
import type { JsonObject } from '../../core/json/value.ts';
import type { LogLevel } from '../../core/mcp/log-level.ts';
import type { RpcId } from '../../core/mcp/message.ts';
import type { Era, Revision } from '../../core/mcp/revisions.ts';
import type { Result } from '../../core/result.ts';
import type { Soon } from '../../core/soon.ts';
import type { Endpoint, Gateway } from '../../gateway/gateway.ts';
import type { Authenticator } from '../../ports/authenticator.ts';
import type { Clock, Ids } from '../../ports/clock.ts';
import type { CallEvents } from './call-events.ts';
import type { InboundHeaders } from './inbound-headers.ts';
import type { Load, Slot } from './load.ts';
import type { Orphans } from './orphans.ts';
import type { NoticeStreams } from './notice-streams.ts';
import type { McpPlaneLimits } from './plane-options.ts';
import { type HttpRefusal, REFUSALS } from './refusals.ts';
import { sendError } from './respond.ts';
import type { Session, Sessions } from './sessions.ts';
import type { Turns } from './turns.ts';

export interface McpPlaneDeps {
  readonly gateway: Gateway;
  readonly authenticator: Authenticator;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Tells an operator of a bug. Holds no argument, result or credential. */
  readonly report: (problem: {
    readonly callId: string | null;
    readonly problem: string;
    readonly error?: unknown;
  }) => void;
}

/** One listener at work. */
export interface Plane {
  readonly deps: McpPlaneDeps;
  readonly limits: McpPlaneLimits;
  /** The origin that hosts know, without a slash at its end. */
  readonly publicUrl: string;
  readonly authorizationServers: readonly string[];
  readonly allowed: AllowedHosts;
  readonly load: Load;
  readonly sessions: Sessions;
  readonly turns: Turns;
  readonly noticeStreams: NoticeStreams;
  readonly callEvents: CallEvents;
  readonly orphans: Orphans;
  readonly serverInfo: JsonObject;
}

/** One request and the way to answer it. */
export interface Exchange {
  readonly plane: Plane;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
}

/** Who makes the request, and what it holds while it is answered. */
export interface Caller {
  readonly principal: Principal;
  readonly endpoint: Endpoint;
  readonly headers: InboundHeaders;
  readonly slot: Slot;
  /** Aborts when the host cancels, or goes away where that means as much. */
  readonly abort: AbortController;
  /** What it means that the connection is lost before the answer: that the host cancels, unless somebody knows better. */
  readonly loss: { mean: () => void };
  /** Checks the same credential again: a stream lasts longer than a look at its credential is good for. */
  readonly renew: () => Soon<Result<Principal, HttpRefusal>>;
}

/** A message whose era is known and, where it needs one, whose session is the caller's own. */
export interface Opened {
  readonly era: Era;
  readonly revision: Revision;
  /** Modern hosts have none, and a legacy host may do without. */
  readonly session: Session | null;
  /** What the host declared: in `initialize`, or on this very request. */
  readonly capabilities: HostCapabilities;
  /** The least level of log messages that it wants; `null`: none. */
  readonly logLevel: LogLevel | null;
  /** The name that the host gives itself. */
  readonly hostName?: string;
}

/** What is known of a request when it is turned away. */
export interface KnownSoFar {
  readonly principal?: Principal;
  readonly revision?: string | null;
  readonly method?: string;
  readonly id?: RpcId | null;
}

/** Ends an exchange without a decision: answers, and has it recorded. */
export function turnAway({ plane, res }: Exchange, refusal: HttpRefusal, known: KnownSoFar = {}): void {
  sendError(res, known.id ?? null, refusal.error, refusal.headers);
  recordRefusal(plane, refusal, known);
}

/** For a refusal that is answered in some other way. Not awaited: it resolves whatever happens, and the gateway bounds the rest. */
export function recordRefusal(plane: Plane, refusal: HttpRefusal, known: KnownSoFar): void {
  const { gateway, ids } = plane.deps;
  void gateway.refuse({
    callId: ids.next('call'),
    principal: known.principal ?? null,
    revision: known.revision ?? null,
    method: known.method ?? null,
    reason: refusal.reason,
    detail: refusal.detail,
    httpStatus: refusal.error.httpStatus,
  });
}

/** The last resort for what should not happen: the request is denied, and an operator hears of it. Never throws. */
export function failClosed(exchange: Exchange, error: unknown): void {
  const { plane, res } = exchange;
  plane.deps.report({ callId: null, problem: 'the MCP plane failed to answer a request', error });
  try {
    if (!res.headersSent) return turnAway(exchange, REFUSALS.internal);
  } catch {
    // Then there is only the connection left to end.
  }
  res.destroy();
}
