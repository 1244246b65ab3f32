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
import type { Door, Place } from '../bulkhead.ts';
import { callInRounds } from '../call-in-rounds.ts';
import { createCallSide, declaredFor, declaredOnCall } from '../call-side.ts';
import { beforeCall, NOT_MODERN_ANY_MORE, sent } from '../fault.ts';
import { createProgressGate } from '../progress-gate.ts';
import { type CallAnswer, type CallOutcome, readCallAnswer } from '../read-call-answer.ts';
import type { Round } from '../rpc/write-params.ts';
import type { RpcResponse } from '../rpc/read-message.ts';
import type { HttpAnswer } from './exchange.ts';
import { readTaskBookmark, type TaskBookmark } from '../tasks/task-bookmark.ts';
import { createHttpTaskPeer } from './http-task-peer.ts';
import { listHttpTools } from './list-http.ts';
import { type HttpRequestDeps, responseOf } from './requester.ts';

/** `door` bounds the requests that run at once; a call that became a task takes no place there while it is followed. */
export async function callHttp(deps: HttpRequestDeps, call: UpstreamCall, door: Door): Promise<CallOutcome> {
  const task = call.from === undefined ? null : readTaskBookmark(call.from.text);
  if (task !== null) return followAgain(deps, call, task);
  const entering = door.enter(call.signal);
  const entered = entering instanceof Promise ? await entering : entering;
  if (!entered.ok) return entered;
  const place = entered.value;
  try {
    const current = deps.eras.current(call.signal);
    const era = current instanceof Promise ? await current : current;
    if (!era.ok) return door.noted(era);
    const answer = door.noted(await callInEra(deps, call, place, era.value));
    if (!answer.ok) return answer;
    const { value } = answer;
    if (value.kind !== 'task') return ok(value);
    place.leave();
    return await deps.followTask(await createHttpTaskPeer(deps, call, era.value), call, value);
  } finally {
    place.leave();
  }
}

/** Goes on asking about a task of a call that another process made. */
async function followAgain(
  deps: HttpRequestDeps,
  call: UpstreamCall,
  { era, taskId }: TaskBookmark,
): Promise<CallOutcome> {
  const peer = await createHttpTaskPeer(deps, call, era);
  // In a session, the same id may be that of another task.
  if (!peer.keepsNothing) return sent('invalid-answer', 'the upstream keeps sessions by now');
  return deps.followTask(peer, call, { kind: 'task', id: taskId, status: 'working', pollMs: null });
}

function callInEra(deps: HttpRequestDeps, call: UpstreamCall, place: Place, era: Era): Promise<CallAnswer> {
  if (era === 'legacy') return callLegacy(deps, call, place);
  return callInRounds(call, (round) => callModern(deps, call, place, round));
}

/** An upstream whose answer waits for others to be read is through with the call, and must not stand idle for it. */
function leavingToWait({ room }: UpstreamCall, place: Place): UpstreamCall['room'] {
  if (room === undefined || room === null) return null;
  return (): AnswerRoom | null => {
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
}

async function callLegacy(deps: HttpRequestDeps, call: UpstreamCall, place: Place): Promise<CallAnswer> {
  if (call.from !== undefined) return sent('invalid-answer', NOT_MODERN_ANY_MORE);
  const answered = await sendCall(deps, { call, place, era: 'legacy', headers: [], round: null });
  if (!answered.ok) return answered;
  const response = responseOf(answered.value);
  return response.ok ? readCallAnswer(response.value, 'legacy', call) : response;
}

function callModern(
  deps: HttpRequestDeps,
  call: UpstreamCall,
  place: Place,
  round: Round | null,
): Promise<Result<RpcResponse, UpstreamFault>> {
  const { method, name } = call.target;
  if (method !== 'tools/call') {
    const headers = nameHeader(name);
    return sendCall(deps, { call, place, era: 'modern', headers, round }).then(responseIn);
  }
  const mirrored = deps.known.headersOf(call.caller.principal, name ?? '');
  return mirrored === null
    ? callAfterListing(deps, call, place, round)
    : callTool(deps, { call, place, era: 'modern', headers: toolHeaders(call, mirrored), round }, mirrored);
}

function callTool(
  deps: HttpRequestDeps,
  sending: Sending,
  mirrored: readonly ParameterHeader[],
): Promise<Result<RpcResponse, UpstreamFault>> {
  return sendCall(deps, sending).then((answered) =>
    answered.ok && isHeaderMismatch(answered.value)
      ? callAfterMismatch(deps, sending, answered, mirrored)
      : responseIn(answered),
  );
}

async function callAfterListing(
  deps: HttpRequestDeps,
  call: UpstreamCall,
  place: Place,
  round: Round | null,
): Promise<Result<RpcResponse, UpstreamFault>> {
  const { principal } = call.caller;
  const listed = await listHttpTools(deps, principal, call.signal);
  if (!listed.ok) return beforeCall(listed.error);
  const mirrored = deps.known.headersOf(principal, call.target.name ?? '') ?? [];
  return callTool(deps, { call, place, era: 'modern', headers: toolHeaders(call, mirrored), round }, mirrored);
}

/** The tool may want other arguments mirrored by now; the server refused the request unread ("Client Behavior"). Once is enough. */
async function callAfterMismatch(
  deps: HttpRequestDeps,
  sending: Sending,
  answered: Result<HttpAnswer, UpstreamFault>,
  mirrored: readonly ParameterHeader[],
): Promise<Result<RpcResponse, UpstreamFault>> {
  const { caller, target, signal } = sending.call;
  const relisted = await listHttpTools(deps, caller.principal, signal);
  const mirroredNow = deps.known.headersOf(caller.principal, target.name ?? '') ?? [];
  const isOther = JSON.stringify(mirroredNow) !== JSON.stringify(mirrored);
  if (!relisted.ok || !isOther) return responseIn(answered);
  return responseIn(await sendCall(deps, { ...sending, headers: toolHeaders(sending.call, mirroredNow) }));
}

function responseIn(answered: Result<HttpAnswer, UpstreamFault>): Result<RpcResponse, UpstreamFault> {
  return answered.ok ? responseOf(answered.value) : answered;
}

/** One request of a call. */
interface Sending {
  readonly call: UpstreamCall;
  readonly place: Place;
  readonly era: Era;
  readonly headers: readonly string[];
  readonly round: Round | null;
}

function sendCall(
  deps: HttpRequestDeps,
  { call, place, era, headers, round }: Sending,
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
    side: createCallSide(call, clock, limits.callTimeoutMs, leavingToWait(call, place)),
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
