import type { Era } from '../../core/mcp/revisions.ts';
import { type Result, ok } from '../../core/result.ts';
import type { UpstreamFault, UpstreamResult, UpstreamRpcError } from '../../ports/upstream.ts';
import { sent } from './fault.ts';
import type { RpcResponse } from './rpc/read-message.ts';
import { readToolResult } from './rpc/read-tool-result.ts';

export type CallOutcome = Result<UpstreamResult | UpstreamRpcError, UpstreamFault>;

/** The response to a tool call, in the terms of the gateway. */
export function readCallAnswer(response: RpcResponse, era: Era): CallOutcome {
  if (response.kind === 'error') {
    const { code, message, data } = response;
    return ok({ kind: 'rpc-error', code, message, data });
  }
  const result = readToolResult(response.result, era);
  return result.ok ? result : sent('invalid-answer', result.error);
}
