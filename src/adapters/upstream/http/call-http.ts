import { Buffer } from 'node:buffer';
import { type JsonLimits, REQUEST_LIMITS } from '../../../core/json/limits.ts';
import { readJson } from '../../../core/json/read-json.ts';
import { isJsonObject } from '../../../core/json/value.ts';
import { encodeHeaderValue } from '../../../core/mcp/encode-header-value.ts';
import { MCP_ERRORS } from '../../../core/mcp/errors.ts';
import { type ParameterHeader, parameterHeaderValues } from '../../../core/mcp/parameter-headers.ts';
import type { Era } from '../../../core/mcp/revisions.ts';
import { ok, type Result } from '../../../core/result.ts';
import type { AnswerRoom } from '../../../ports/answer-room.ts';
import type { UpstreamCall, UpstreamFault } from '../../../ports/upstream.ts';
import type { Place } from '../bulkhead.ts';
import { callInRounds } from '../call-in-rounds.ts';
import { createCallSide, declaredFor, declaredOnCall } from '../call-side.ts';
import { beforeCall } from '../fault.ts';
import { createProgressGate } from '../progress-gate.ts';
import { type CallAnswer, type CallOutcome, readCallAnswer } from '../read-call-answer.ts';
import type { Round } from '../rpc/write-params.ts';
import type { RpcResponse } from '../rpc/read-message.ts';
import type { HttpAnswer } from './exchange.ts';
import { createHttpTaskPeer } from './http-task-peer.ts';
import { listHttpTools } from './list-http.ts';
import { type HttpRequestDeps, responseOf } from './requester.ts';

/** `admit` bounds the requests that run at once; a call that became a task takes no place there while it is followed. */
export async function callHttp(
  deps: HttpRequestDeps,
  call: UpstreamCall,
  admit: (work: (place: Place) => Promise<CallAnswer>) => Promise<CallAnswer>,
): Promise<CallOutcome> {
  let era: Era = 'legacy';
  const answer = await admit(async (place) => {
    const current = await deps.eras.current(call.signal);
    if (!current.ok) return current;
    era = current.value;
    const placed = leavesToWait(call, place);
    return era === 'modern' ? callInRounds(call, (round) => callModern(deps, placed, round)) : callLegacy(deps, placed);
  });
  if (!answer.ok) return answer;
  const { value } = answer;
  return value.kind === 'task' ? deps.followTask(createHttpTaskPeer(deps, call, era), call, value) : ok(value);
}

/** An upstream whose answer waits for others to be read is through with the call, and must not stand idle for it. */
function leavesToWait(call: UpstreamCall, place: Place): UpstreamCall {
  const { room } = call;
  if (room === undefined || room === null) return call;
  const leaving = (): AnswerRoom | null => {
    const inner = room();
    if (inner === null) return null;
    return {
      take: (bytes) => inner.take(bytes),
      wait(bytes, onTaken) {
        place.leave();
        return inner.wait(bytes, onTaken);
      },
      giveBack: () => inner.giveBack(),
    };
  };
  return { ...call, room: leaving };
}

async function callLegacy(deps: HttpRequestDeps, call: UpstreamCall): Promise<CallAnswer> {
  const answered = await sendCall(deps, call, 'legacy', [], null);
  if (!answered.ok) return answered;
  const response = responseOf(answered.value);
  return response.ok ? readCallAnswer(response.value, 'legacy', call) : response;
}

async function callModern(
  deps: HttpRequestDeps,
  call: UpstreamCall,
  round: Round | null,
): Promise<Result<RpcResponse, UpstreamFault>> {
  const { method, name } = call.target;
  const answered =
    method === 'tools/call'
      ? await callModernTool(deps, call, name ?? '', round)
      : await sendCall(deps, call, 'modern', nameHeader(name), round);
  return answered.ok ? responseOf(answered.value) : answered;
}

async function callModernTool(
  deps: HttpRequestDeps,
  call: UpstreamCall,
  tool: string,
  round: Round | null,
): Promise<Result<HttpAnswer, UpstreamFault>> {
  const { principal } = call.caller;
  let mirrored = deps.known.headersOf(principal, tool);
  if (mirrored === null) {
    const listed = await listHttpTools(deps, principal, call.signal);
    if (!listed.ok) return beforeCall(listed.error);
    mirrored = deps.known.headersOf(principal, tool) ?? [];
  }
  const answered = await sendCall(deps, call, 'modern', toolHeaders(call, mirrored), round);
  if (!answered.ok || !isHeaderMismatch(answered.value)) return answered;

  // The tool may want other arguments mirrored by now; the server refused the request unread ("Client Behavior"). Once is enough.
  const relisted = await listHttpTools(deps, principal, call.signal);
  const mirroredNow = deps.known.headersOf(principal, tool) ?? [];
  if (!relisted.ok || JSON.stringify(mirroredNow) === JSON.stringify(mirrored)) return answered;
  return sendCall(deps, call, 'modern', toolHeaders(call, mirroredNow), round);
}

function sendCall(
  deps: HttpRequestDeps,
  call: UpstreamCall,
  era: Era,
  headers: readonly string[],
  round: Round | null,
): Promise<Result<HttpAnswer, UpstreamFault>> {
  const { clock, limits } = deps;
  const { target, traceparent, onProgress, signal, log } = call;
  const { method, paramsJson, asTask } = target;
  const id = deps.nextId();
  // The request's own id serves as its progress token: it is unique, and it is not the host's.
  const gate =
    onProgress === null ? null : createProgressGate({ clock, token: id, onProgress }, limits.progressPerSecondMax);
  const progressToken = gate === null ? null : id;
  const declared = era === 'modern' ? declaredOnCall(call) : declaredFor(call);
  const logLevel = log?.level ?? null;
  return deps.requesters[era]({
    id,
    principal: call.caller.principal,
    method,
    paramsJson: deps.params[era].call({
      paramsJson,
      traceparent,
      progressToken,
      declared,
      logLevel,
      round,
      taskTtlMs: asTask === true ? limits.taskTimeoutMs : null,
    }),
    headers: traceparent === null ? headers : [...headers, 'traceparent', traceparent],
    timeoutMs: limits.callTimeoutMs,
    signal,
    onProgress: gate,
    declared,
    logLevel,
    side: createCallSide(call, clock, limits.callTimeoutMs),
  });
}

function nameHeader(name: string | null): readonly string[] {
  return name === null ? [] : ['mcp-name', encodeHeaderValue(name)];
}

function toolHeaders({ target }: UpstreamCall, mirrored: readonly ParameterHeader[]): readonly string[] {
  const headers = nameHeader(target.name);
  if (mirrored.length === 0) return headers;
  const params = readJson(Buffer.from(target.paramsJson), PARAMS_LIMITS);
  const args = params.ok && isJsonObject(params.value) ? params.value['arguments'] : undefined;
  return isJsonObject(args) ? [...headers, ...parameterHeaderValues(mirrored, args).flat()] : headers;
}

/** The parameters around arguments that were as deep and as large as a request may be. */
const PARAMS_LIMITS: JsonLimits = {
  ...REQUEST_LIMITS,
  bytesMax: 2 * REQUEST_LIMITS.bytesMax,
  depthMax: REQUEST_LIMITS.depthMax + 1,
  keysMax: REQUEST_LIMITS.keysMax + 2,
};

function isHeaderMismatch({ head, response }: HttpAnswer): boolean {
  return head.status === 400 && response?.kind === 'error' && response.code === MCP_ERRORS.headerMismatch;
}
