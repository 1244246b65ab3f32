import { Buffer } from 'node:buffer';
import { REQUEST_LIMITS } from '../../../core/json/limits.ts';
import { readJson } from '../../../core/json/read-json.ts';
import { isJsonObject } from '../../../core/json/value.ts';
import { encodeHeaderValue } from '../../../core/mcp/encode-header-value.ts';
import { MCP_ERRORS } from '../../../core/mcp/errors.ts';
import { type ParameterHeader, parameterHeaderValues } from '../../../core/mcp/parameter-headers.ts';
import type { Era } from '../../../core/mcp/revisions.ts';
import type { Result } from '../../../core/result.ts';
import type { UpstreamCall, UpstreamFault } from '../../../ports/upstream.ts';
import { beforeCall } from '../fault.ts';
import { createProgressGate } from '../progress-gate.ts';
import { type CallOutcome, readCallAnswer } from '../read-call-answer.ts';
import type { HttpAnswer } from './exchange.ts';
import { listHttpTools } from './list-http-tools.ts';
import { type HttpRequestDeps, responseOf } from './requester.ts';

export async function callHttpTool(deps: HttpRequestDeps, call: UpstreamCall): Promise<CallOutcome> {
  const era = await deps.eras.current(call.signal);
  if (!era.ok) return era;
  const answered = await (era.value === 'modern' ? callModern(deps, call) : sendCall(deps, call, 'legacy', []));
  if (!answered.ok) return answered;
  const response = responseOf(answered.value);
  return response.ok ? readCallAnswer(response.value, era.value) : response;
}

async function callModern(deps: HttpRequestDeps, call: UpstreamCall): Promise<Result<HttpAnswer, UpstreamFault>> {
  const { principal } = call.caller;
  let mirrored = deps.known.headersOf(principal, call.tool);
  if (mirrored === null) {
    const listed = await listHttpTools(deps, principal, call.signal);
    if (!listed.ok) return beforeCall(listed.error);
    mirrored = deps.known.headersOf(principal, call.tool) ?? [];
  }
  const answered = await sendCall(deps, call, 'modern', callHeaders(call, mirrored));
  if (!answered.ok || !isHeaderMismatch(answered.value)) return answered;

  // The tool may want other arguments mirrored by now; the server refused the request unread ("Client Behavior"). Once is enough.
  const relisted = await listHttpTools(deps, principal, call.signal);
  const mirroredNow = deps.known.headersOf(principal, call.tool) ?? [];
  if (!relisted.ok || JSON.stringify(mirroredNow) === JSON.stringify(mirrored)) return answered;
  return sendCall(deps, call, 'modern', callHeaders(call, mirroredNow));
}

function sendCall(
  deps: HttpRequestDeps,
  call: UpstreamCall,
  era: Era,
  headers: readonly string[],
): Promise<Result<HttpAnswer, UpstreamFault>> {
  const { clock, limits } = deps;
  const { tool, argumentsJson, traceparent, onProgress, signal } = call;
  const id = deps.nextId();
  // The request's own id serves as its progress token: it is unique, and it is not the host's.
  const gate =
    onProgress === null ? null : createProgressGate({ clock, token: id, onProgress }, limits.progressPerSecondMax);
  const progressToken = gate === null ? null : id;
  return deps.requesters[era]({
    id,
    principal: call.caller.principal,
    method: 'tools/call',
    paramsJson: deps.params[era].call({ tool, argumentsJson, traceparent, progressToken }),
    headers: traceparent === null ? headers : [...headers, 'traceparent', traceparent],
    timeoutMs: limits.callTimeoutMs,
    signal,
    onProgress: gate,
  });
}

function callHeaders(call: UpstreamCall, mirrored: readonly ParameterHeader[]): readonly string[] {
  const headers = ['mcp-name', encodeHeaderValue(call.tool)];
  if (mirrored.length === 0) return headers;
  const args = readJson(Buffer.from(call.argumentsJson), REQUEST_LIMITS);
  if (!args.ok || !isJsonObject(args.value)) return headers;
  return [...headers, ...parameterHeaderValues(mirrored, args.value).flat()];
}

function isHeaderMismatch({ head, response }: HttpAnswer): boolean {
  return head.status === 400 && response?.kind === 'error' && response.code === MCP_ERRORS.headerMismatch;
}
