import type { Era } from '../../core/mcp/revisions.ts';
import { ok, type Result } from '../../core/result.ts';
import type { UpstreamCall, UpstreamFault, UpstreamResult, UpstreamRpcError } from '../../ports/upstream.ts';
import { sent } from './fault.ts';
import type { ResultObject, RpcResponse } from './rpc/read-message.ts';
import { OF_THIS_TASK, readToolResult } from './rpc/read-tool-result.ts';
import { readStartedTask, type StartedTask } from './tasks/started-task.ts';

export type CallOutcome = Result<UpstreamResult | UpstreamRpcError, UpstreamFault>;

/** The same, or a task that the upstream made of the call and that is to be followed. */
export type CallAnswer = Result<UpstreamResult | UpstreamRpcError | StartedTask, UpstreamFault>;

/** The response to a call, in the terms of the gateway. Only a tool can become a task, and in the legacy form only where one was asked for. */
export function readCallAnswer(response: RpcResponse, era: Era, { target }: Pick<UpstreamCall, 'target'>): CallAnswer {
  if (response.kind === 'error') {
    const { code, message, data } = response;
    return ok({ kind: 'rpc-error', code, message, data });
  }
  const mayBeTask = target.method === 'tools/call' && (era === 'modern' || target.asTask === true);
  const started = mayBeTask ? readStartedTask(response.result, era) : null;
  if (started === 'malformed') return sent('invalid-answer', 'the task is not acceptable');
  return started === null ? readCallOutcome(response.result, era) : ok(started);
}

function readCallOutcome(result: ResultObject, era: Era): CallOutcome {
  const read = readToolResult(result, era);
  return read.ok ? read : sent('invalid-answer', read.error);
}

/** What a call came to that had become a task. */
export function readTaskOutcome(result: ResultObject, era: Era): CallOutcome {
  const read = readToolResult(result, era, OF_THIS_TASK);
  return read.ok ? read : sent('invalid-answer', read.error);
}
