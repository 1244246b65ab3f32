import type { Definition, ListKind } from '../core/catalog/listed.ts';
import type { GovernedMethod } from '../core/catalog/target.ts';
import type { AskCapabilities } from '../core/conversation/capabilities.ts';
import type { RawAsk } from '../core/conversation/check-ask.ts';
import type { ToolDefinition } from '../core/catalog/tool.ts';
import type { UpstreamNotice, Wish } from '../core/mcp/notices.ts';
import type { Json, JsonObject } from '../core/json/value.ts';
import type { LogLevel } from '../core/mcp/log-level.ts';
import type { Result } from '../core/result.ts';
import type { AnswerRoom } from './answer-room.ts';

/** On whose behalf an upstream is used. Sessions and processes of two principals are never shared. */
export interface UpstreamCaller {
  readonly principal: string;
}

export interface UpstreamProgress {
  readonly progress: number;
  readonly total: number | null;
  readonly message: string | null;
}

/**
 * The reason of a signal that aborts because this process ends. The task of a call whose host has hung up, and with which another process can
 * go on, is not cancelled then.
 */
export const SHUTDOWN = 'shutdown';

/** What is asked of the upstream. */
export interface UpstreamTarget {
  readonly method: GovernedMethod;
  /** The upstream's own name of the tool or prompt, or the URI: what `Mcp-Name` repeats. `null` for completion, which has none. */
  readonly name: string | null;
  /** Canonical JSON of the parameters, never empty and without `_meta`, which the adapter writes: exactly what was decided on. */
  readonly paramsJson: string;
  /** The tool can only be called as a task (`execution.taskSupport: required` of 2025-11-25). */
  readonly asTask?: boolean;
}

export interface UpstreamCall {
  readonly caller: UpstreamCaller;
  readonly target: UpstreamTarget;
  /** W3C `traceparent`, already checked; `null` where the host sent none. */
  readonly traceparent: string | null;
  /** Aborts the call: the host went away where that means cancel, or a kill switch. */
  readonly signal: AbortSignal;
  /** Called for progress of this very call while it runs; `null` where the host asked for none. */
  readonly onProgress: ((progress: UpstreamProgress) => void) | null;
  /** Whom the upstream may ask while the call runs; `null`: nobody, and it is told that it cannot. */
  readonly asker: UpstreamAsker | null;
  /**
   * Called when the upstream makes a task of the call, which may then take long; `bookmark`: with which another process can go on asking
   * for it, `null` where none can. Resolves to whether the host has hung up and comes back for what the call comes to; `null`: it has not.
   * Never rejects.
   */
  readonly onTask?: ((bookmark: string | null) => Promise<boolean>) | null;
  /**
   * Memory for a large answer. Asked for when one comes, for the host may be on another request by then; `null`: nobody reads it, and
   * it need not wait for readers.
   */
  readonly room?: (() => AnswerRoom | null) | null;
  /** What an earlier process came to; the call goes on from there and never begins anew. Absent: it begins. */
  readonly from?: UpstreamBookmark;
  /** Log messages of this very call while it runs, from `level` on; `null` where the host asked for none. */
  readonly log: { readonly level: LogLevel; readonly onMessage: (message: UpstreamLog) => void } | null;
}

/** The way from an upstream to the host of one call. */
export interface UpstreamAsker {
  /** What is declared to the upstream: never more than the host can and the operator allows. */
  readonly capabilities: AskCapabilities;
  /** Who would be asked. A question that could belong to calls of two owners is put to neither. */
  readonly owner: string;
  /**
   * Puts questions to the host, all at once. Never rejects, and takes as long as people take, within a limit. `bookmark`: a text with which
   * another process can go on from here once the host has answered; without it none can.
   */
  ask(asks: ReadonlyMap<string, RawAsk>, bookmark?: string): Promise<AskReply>;
}

/** Where a call of an upstream that keeps nothing goes on. */
export interface UpstreamBookmark {
  /** As the adapter of this upstream gave it out. */
  readonly text: string;
  /** What the host answered to what was asked there; nothing, where the upstream had made a task of the call. */
  readonly answers: ReadonlyMap<string, JsonObject>;
}

export type AskReply =
  /** An answer to every question. */
  | { readonly kind: 'answered'; readonly answers: ReadonlyMap<string, JsonObject> }
  /** At least one has none; `detail` is for the upstream and the operator, and holds nothing of the host's. */
  | { readonly kind: 'refused'; readonly detail: string };

export interface UpstreamLog {
  readonly level: LogLevel;
  readonly logger: string | null;
  readonly data: Json;
}

/**
 * A result as bytes: the JSON object of `result`, checked to be one well-formed UTF-8 JSON object without line breaks, with
 * no duplicate among its own members and without `resultType`. Kept as bytes because it may be megabytes.
 */
export interface UpstreamResult {
  readonly kind: 'result';
  /** Of a tool; `false` for everything else. */
  readonly isError: boolean;
  readonly json: readonly Uint8Array[];
  readonly jsonBytes: number;
  /** There is a `structuredContent`, and it is no object. */
  readonly isOddlyStructured?: true;
}

/** The upstream answered with a JSON-RPC error. The message is its own and stays on our side. */
export interface UpstreamRpcError {
  readonly kind: 'rpc-error';
  readonly code: number;
  readonly message: string;
  /** As it came; never passed on. */
  readonly data: Json;
}

export interface UpstreamFault {
  readonly kind:
    | 'unreachable'
    | 'timeout'
    | 'invalid-answer'
    | 'too-large'
    | 'aborted'
    | 'overloaded'
    | 'not-asked'
    /** The answer was given up because others that are not read left no memory for it. */
    | 'unread';
  /** `false` only where it is certain that the upstream did not see the call. */
  readonly dispatched: boolean;
  /** For the operator. Holds no credential, no argument and no result. */
  readonly detail: string;
}

export interface UpstreamStatus {
  readonly name: string;
  readonly transport: 'http' | 'stdio';
  readonly state: 'idle' | 'ready' | 'failing';
  readonly era: 'legacy' | 'modern' | null;
  readonly revision: string | null;
  readonly tools: number | null;
  readonly lastFault: string | null;
}

/** An MCP server behind the gateway. Expected failure is a `Result`; nothing here throws for what an upstream does. */
export interface Upstream {
  readonly name: string;
  call(call: UpstreamCall): Promise<Result<UpstreamResult | UpstreamRpcError, UpstreamFault>>;
  /** All pages, in the upstream's order, within limits on pages, tools and bytes. Not cached here. */
  listTools(caller: UpstreamCaller, signal: AbortSignal): Promise<Result<readonly ToolDefinition[], UpstreamFault>>;
  /** The same for everything else that is listed. Empty where the upstream offers nothing of the kind. */
  list(
    kind: Exclude<ListKind, 'tools'>,
    caller: UpstreamCaller,
    signal: AbortSignal,
  ): Promise<Result<readonly Definition[], UpstreamFault>>;
  /** What it says about itself for models to read, word for word; `null`: nothing. Not cached here. */
  loadInstructions(caller: UpstreamCaller, signal: AbortSignal): Promise<Result<string | null, UpstreamFault>>;
  /**
   * Whatever the upstream tells beside its answers. `principal`: in whose session or process it said so, and so whom alone it
   * concerns; `null`: in a process that all share.
   */
  onNotice(listener: (notice: UpstreamNotice, principal: string | null) => void): void;
  /**
   * What this principal wants to be told from now on, in place of what they wanted before. Kept up, also when the upstream is away for
   * a while, until they want nothing. Resolves when the upstream was asked, or could not be in time; an upstream need not tell
   * anything.
   */
  attend(caller: UpstreamCaller, wish: Wish): Promise<void>;
  /**
   * The roots of this principal are others than before. Told where roots were declared, and where the upstream's era has such a notice;
   * nobody waits for it.
   */
  tellRootsChanged(caller: UpstreamCaller): void;
  status(): UpstreamStatus;
  /** Ends connections, sessions and processes. Resolves when they are gone. */
  close(): Promise<void>;
}
