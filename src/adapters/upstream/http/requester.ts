import type { ListMethod } from '../../../core/catalog/listed.ts';
import type { GovernedMethod } from '../../../core/catalog/target.ts';
import type { LogLevel } from '../../../core/mcp/log-level.ts';
import type { Era } from '../../../core/mcp/revisions.ts';
import { type Result, ok } from '../../../core/result.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { UpstreamFault } from '../../../ports/upstream.ts';
import type { CallSide } from '../call-side.ts';
import type { EraKeeper } from '../era-keeper.ts';
import { sent } from '../fault.ts';
import type { KnownTools } from '../known-tools.ts';
import type { UpstreamLimits } from '../limits.ts';
import type { ProgressGate } from '../progress-gate.ts';
import type { RpcResponse } from '../rpc/read-message.ts';
import type { TaskFollower, TaskMethod } from '../tasks/follow-task.ts';
import type { ParamsWriter } from '../rpc/write-params.ts';
import type { HttpAnswer } from './exchange.ts';
import type { Sessions } from './sessions.ts';

/** One request of a principal's, whatever the era. */
export interface EraRequest {
  readonly id: number;
  readonly principal: string;
  readonly method: GovernedMethod | ListMethod | TaskMethod;
  readonly paramsJson: string;
  /** Names and values in turn, beside those of the era. */
  readonly headers: readonly string[];
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly onProgress: ProgressGate | null;
  /** What a session must have declared for it, as text; nothing, unless it is given. */
  readonly declared?: string;
  readonly logLevel?: LogLevel | null;
  readonly side?: CallSide;
}

/** Sends a request in the manner of one era, with whatever that era wants before, around or after it. */
export type Requester = (request: EraRequest) => Promise<Result<HttpAnswer, UpstreamFault>>;

/** What calling and listing over HTTP share. */
export interface HttpRequestDeps {
  readonly nextId: () => number;
  readonly eras: EraKeeper;
  readonly sessions: Sessions;
  readonly requesters: Readonly<Record<Era, Requester>>;
  readonly params: Readonly<Record<Era, ParamsWriter>>;
  readonly known: KnownTools;
  readonly followTask: TaskFollower;
  readonly clock: Clock;
  readonly limits: UpstreamLimits;
  readonly report: (problem: string) => void;
}

/** The response, where HTTP too says that it is one. What only HTTP says is a fault. */
export function responseOf({ head, response }: HttpAnswer): Result<RpcResponse, UpstreamFault> {
  const isContradiction = head.status >= 300 && response?.kind === 'result';
  if (response !== null && response.id !== null && !isContradiction) return ok(response);
  return sent(head.status >= 500 ? 'unreachable' : 'invalid-answer', `HTTP ${head.status} without a response`);
}
