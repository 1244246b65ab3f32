import type { ApprovalId } from '../core/approval/approval.ts';
import type { ListKind } from '../core/catalog/listed.ts';
import type { TargetKind } from '../core/catalog/target.ts';
import type { Ask } from '../core/conversation/ask.ts';
import type { HostCapabilities } from '../core/conversation/capabilities.ts';
import type { Principal } from '../core/identity/principal.ts';
import type { Json, JsonObject } from '../core/json/value.ts';
import type { Continuation } from '../core/mcp/continuation.ts';
import type { LogLevel } from '../core/mcp/log-level.ts';
import type { Offers } from '../core/policy/claims.ts';
import type { ReasonCode } from '../core/policy/reasons.ts';
import type { AnswerRoom } from '../ports/answer-room.ts';
import type { UpstreamProgress } from '../ports/upstream.ts';
import type { DurableAsk } from './durable-ask.ts';
import type { HostTask, Waiting } from './tasks/host-task.ts';
import type { AnsweredCall, Hearing } from './hear-again.ts';
import type { Tasks } from './tasks/tasks.ts';
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
  /** What the host declared: in `initialize`, or on this very request. */
  readonly capabilities: HostCapabilities;
  /** The least level of log messages that the host wants during this request; `null`: none. */
  readonly logLevel: LogLevel | null;
  /** The name that the host gives itself. Says how long it is kept waiting, and nothing else. */
  readonly hostName?: string;
  /** A checked W3C `traceparent`, or `null`. */
  readonly traceparent: string | null;
  /** Aborts when the host goes away; with `CANCELLED` when it says that it does not want the answer any more. */
  readonly signal: AbortSignal;
}

/** The reason of a signal. Going away says nothing about what the host wants: its connection may have been lost. */
export const CANCELLED = 'cancelled by the host';

/** The answer's way back to the host, while a call is still running. */
export interface HostStream {
  /** Starts an event stream with keep-alive comments, so that a wait is not taken for silence. `false`: the host takes none. */
  open(): boolean;
  /** Whether anybody is there to read it. A legacy host that is not may come back. */
  isThere(): boolean;
  /** Reports progress, if the host gave a token for it; nothing otherwise. */
  progress(progress: UpstreamProgress): void;
  readonly wantsProgress: boolean;
  /** Passes on a log message that the host asked for. Dropped where there are too many. */
  log(message: HostLog): void;
  /** Tells the host that the person is through with a page that it was asked about, by the upstream's own id. Others are told nothing. */
  tellPageDone(elicitationId: string): void;
  /**
   * Puts questions to the host, all at once, and resolves with an answer to each; when `signal` aborts, with what there is. Never
   * rejects. A modern host is asked by way of the answer instead, so its questions end up with whoever handles its calls, with what going
   * on takes in another process; `null` or absent: no other one can.
   */
  ask(
    asks: ReadonlyMap<string, Ask>,
    signal: AbortSignal,
    durable?: DurableAsk | null,
  ): Promise<ReadonlyMap<string, AskAnswer>>;
  /** Memory for the answer until the host has read it. `null`: nobody reads at this moment. */
  room(): AnswerRoom | null;
}

/** What a host says to a question: not yet checked. */
export type AskAnswer =
  | { readonly kind: 'answered'; readonly result: JsonObject }
  /** The host answered with an error. */
  | { readonly kind: 'refused' }
  /** There was no answer in time, or no way to ask. */
  | { readonly kind: 'unanswered' };

export interface HostLog {
  readonly level: LogLevel;
  readonly logger: string | null;
  readonly data: Json;
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
  /** How the host waits for an approval; on the line, unless said otherwise. */
  readonly waiting?: Waiting;
  /**
   * The upstream has made a task of the call. Resolves to whether its host waits by a task from now on, and has hung up. Never rejects.
   */
  readonly onTask?: () => Promise<boolean>;
  /** The approval that this call is sent again to spend, and no other: by a task, not by its host. */
  readonly resumes?: ApprovalId;
  /** A read that the gateway makes for the page of this approval, as the one who asked for it. */
  readonly previewOf?: ApprovalId;
  /** What continues an earlier request, or answers first questions beforehand; `null`: neither. */
  readonly continuation: Continuation | null;
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

/** A modern host is asked before the call can go on: the members of an `InputRequiredResult`. */
export interface HostInputRequest {
  readonly kind: 'input-required';
  readonly inputRequests: JsonObject;
  readonly requestState: string;
}

/** A page of a list. */
export interface HostList {
  readonly kind: 'list';
  readonly list: ListKind;
  /** A JSON array: filtered for this principal, named for this endpoint, in a fixed order. */
  readonly items: Uint8Array;
  readonly nextCursor: string | null;
  /** Upstreams that this principal has to do with, and whose part is missing because they cannot be asked now. */
  readonly unavailable: readonly string[];
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
  call(call: HostCall): Promise<HostResult | HostError | HostInputRequest | HostTask>;
  /** Calls that their host comes back for. */
  readonly tasks: Omit<Tasks, 'call' | 'show'>;
  list(context: RequestContext, kind: ListKind, cursor: string | null): Promise<HostList | HostError>;
  /** What the host may be told that there is, beside tools. */
  offers(context: Pick<RequestContext, 'principal' | 'endpoint'>): Offers & { readonly logging: boolean };
  /** What models are told about the gateway and what stands behind it. Waits for upstreams, within a limit. */
  instructions(context: Pick<RequestContext, 'principal' | 'endpoint'>): Promise<string>;
  /** Records a refusal. Never delays or changes the refusal itself: resolves also when the log cannot be written. */
  refuse(refusal: Refusal): Promise<void>;
  /**
   * Asks for what the plane answers itself: handshake, discovery, ping. Resolves to `null`, once the decision is stored, when it may
   * answer; these need no rule, but the log and a kill switch can stand in their way.
   */
  admit(context: RequestContext, method: string): Promise<HostError | null>;
  /** Lets a host hear again of a call that could be made now; `null`: it could not. The caller leaves when it is told. Never throws. */
  hearAgain(call: AnsweredCall): Promise<Hearing | null>;
  /** The host's roots have changed: told to the upstreams that may ask for them. Never throws. */
  rootsChanged(context: RequestContext): Promise<void>;
  hasUpstream(name: string): boolean;
  /** Begins to tell a host what it wishes to hear, as far as policy lets it. */
  listen(request: ListenRequest): Promise<Listening | HostError>;
}
