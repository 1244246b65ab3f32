import { META_SERVER_INFO } from '../../core/mcp/classify-request.ts';
import { encodeResult } from '../../core/mcp/encode-answer.ts';
import { RPC_ERRORS, type RpcError } from '../../core/mcp/errors.ts';
import { parseContinuation } from '../../core/mcp/continuation.ts';
import type { RequestMessage } from '../../core/mcp/message.ts';
import { parseToolCallParams, parseToolListParams } from '../../core/mcp/tool-params.ts';
import type { JsonObject } from '../../core/json/value.ts';
import type { HostError, ToolList } from '../../gateway/gateway.ts';
import { CATALOGUE_TTL_MS } from './answer-locally.ts';
import { waitingOf } from './answer-tasks.ts';
import { CallStream } from './call-stream.ts';
import { acceptsEventStream } from './check-request.ts';
import { type Caller, type Exchange, type Opened, turnAway } from './exchange.ts';
import { refusalOf } from './refusals.ts';
import { createContext } from './request-context.ts';
import { retryAfter, sendError, sendJson } from './respond.ts';

export async function callTool(
  exchange: Exchange,
  caller: Caller,
  opened: Opened,
  message: RequestMessage,
): Promise<void> {
  const { plane, res } = exchange;
  const params = parseToolCallParams(message.params);
  if (!params.ok) return refuseParams(exchange, caller, opened, message, params.error);
  const continuation = parseContinuation(message.params, opened.era);
  if (!continuation.ok) return refuseParams(exchange, caller, opened, message, continuation.error);
  const { name, args, progressToken, traceparent } = params.value;
  const stream = new CallStream({
    res,
    slot: caller.slot,
    id: message.id,
    era: opened.era,
    progressToken,
    acceptsEvents: acceptsEventStream(caller.headers),
    asks: opened.session?.asks ?? null,
    nextAskId: () => plane.deps.ids.next('ask'),
    limits: plane.limits,
  });
  const context = createContext(plane, caller, opened, traceparent);
  const running = { id: message.id, abort: caller.abort };
  opened.session?.running.add(running);
  try {
    stream.answer(
      await plane.deps.gateway.call({
        context,
        kind: 'tool',
        exposedName: name,
        args,
        stream,
        continuation: continuation.value,
        waiting: waitingOf(opened, message),
      }),
    );
  } catch (error) {
    plane.deps.report({ callId: context.callId, problem: 'a tool call could not be answered', error });
    stream.answer(INTERNAL_ERROR);
  } finally {
    stream.close();
    opened.session?.running.delete(running);
  }
}

export async function listTools(
  exchange: Exchange,
  caller: Caller,
  opened: Opened,
  message: RequestMessage,
): Promise<void> {
  const { plane, res } = exchange;
  const params = parseToolListParams(message.params);
  if (!params.ok) return refuseParams(exchange, caller, opened, message, params.error);
  const context = createContext(plane, caller, opened, params.value.traceparent);
  const list = await plane.deps.gateway.listTools(context, params.value.cursor);
  if (res.destroyed) return;
  if (list.kind === 'error') {
    return sendError(res, message.id, list, retryAfter(list.retryAfterSeconds));
  }
  const json = encodeResult(
    message.id,
    opened.era === 'legacy' ? legacyList(list) : modernList(list, plane.serverInfo),
  );
  caller.slot.hold(json.length);
  sendJson(res, 200, json);
}

function legacyList({ tools, nextCursor }: ToolList): JsonObject {
  return nextCursor === null ? { tools } : { tools, nextCursor };
}

/** Never `public`: the list was filtered for one principal. */
function modernList(list: ToolList, serverInfo: JsonObject): JsonObject {
  return {
    resultType: 'complete',
    ...legacyList(list),
    ttlMs: CATALOGUE_TTL_MS,
    cacheScope: 'private',
    _meta: { [META_SERVER_INFO]: serverInfo },
  };
}

const INTERNAL_ERROR: HostError = {
  kind: 'error',
  code: RPC_ERRORS.internal,
  message: 'Internal error. The call was denied.',
  data: null,
  httpStatus: 500,
  retryAfterSeconds: null,
};

function refuseParams(
  exchange: Exchange,
  { principal }: Caller,
  { revision }: Opened,
  { method, id }: RequestMessage,
  error: RpcError,
): void {
  turnAway(exchange, refusalOf(error), { principal, revision, method, id });
}
