import type { TargetKind } from '../core/catalog/target.ts';
import type { Principal } from '../core/identity/principal.ts';
import type { JsonObject } from '../core/json/value.ts';
import type { ReasonCode } from '../core/policy/reasons.ts';
import type { UpstreamProgress } from '../ports/upstream.ts';
import type { Listening, ListenRequest } from './subscriptions/listening.ts';

/** Which catalogue a URL stands for: every upstream with prefixed names, or one with its own. */
export type Endpoint = { readonly kind: 'all' } | { readonly kind: 'one'; readonly upstream: string };

/** What the gateway knows of every governed request, whatever protocol revision carried it. */
export interface RequestContext {
  readonly callId: string;
  readonly principal: Principal;
  readonly endpoint: Endpoint;
  /** The protocol revision of the host's side, `2025-11-25`. */
  readonly revision: string;
  /** A checked W3C `traceparent`, or `null`. */
  readonly traceparent: string | null;
  /** Aborts when the host goes away. */
  readonly signal: AbortSignal;
}

/** The answer's way back to the host, while a call is still running. */
export interface HostStream {
  /** Starts an event stream with keep-alive comments, so that a wait is not taken for silence. `false`: the host takes none. */
  open(): boolean;
  /** Reports progress, if the host gave a token for it; nothing otherwise. */
  progress(progress: UpstreamProgress): void;
  readonly wantsProgress: boolean;
}

/** A request of a host that reaches an upstream if policy allows: a tool call, the reading of a resource, and so on. */
export interface HostCall {
  readonly context: RequestContext;
  readonly kind: TargetKind;
  /** The name or URI as the host wrote it; not yet known to be anything. */
  readonly exposedName: string;
  /** Of a tool or prompt; empty for a resource; `argument` and `context` of a completion. */
  readonly args: JsonObject;
  readonly stream: HostStream;
}

/** A JSON-RPC error for the host. */
export interface HostError {
  readonly kind: 'error';
  readonly code: number;
  readonly message: string;
  readonly data: JsonObject | null;
  /** 200 where the protocol wants errors in band. An event stream that has begun cannot change it any more. */
  readonly httpStatus: number;
  readonly retryAfterSeconds: number | null;
}

/** The bytes of the `result` object, canonical or checked, without line breaks and without `resultType`. */
export interface HostResult {
  readonly kind: 'result';
  readonly json: readonly Uint8Array[];
}

export interface ToolList {
  readonly kind: 'tools';
  /** Filtered for this principal, renamed for this endpoint, in a fixed order. */
  readonly tools: readonly JsonObject[];
  readonly nextCursor: string | null;
}

/** A request that was turned away before a decision. */
export interface Refusal {
  readonly callId: string;
  readonly principal: Principal | null;
  readonly revision: string | null;
  readonly method: string | null;
  readonly reason: ReasonCode;
  readonly detail: string;
  readonly httpStatus: number;
}

/** The MCP plane's only way in. Nothing here throws: what goes wrong comes back as an error that a host may see. */
export interface Gateway {
  call(call: HostCall): Promise<HostResult | HostError>;
  listTools(context: RequestContext, cursor: string | null): Promise<ToolList | HostError>;
  /** Records a refusal. Never delays or changes the refusal itself: resolves also when the log cannot be written. */
  refuse(refusal: Refusal): Promise<void>;
  /**
   * Asks for what the plane answers itself: handshake, discovery, ping. Resolves to `null`, once the decision is stored, when it may
   * answer; these need no rule, but the log and a kill switch can stand in their way.
   */
  admit(context: RequestContext, method: string): Promise<HostError | null>;
  hasUpstream(name: string): boolean;
  /** Begins to tell a host what it wishes to hear, as far as policy lets it. */
  listen(request: ListenRequest): Promise<Listening | HostError>;
}
