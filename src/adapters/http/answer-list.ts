import type { ListKind } from '../../core/catalog/listed.ts';
import { META_SERVER_INFO } from '../../core/mcp/classify-request.ts';
import { encodeList } from '../../core/mcp/encode-list.ts';
import type { RequestMessage } from '../../core/mcp/message.ts';
import { parseListParams } from '../../core/mcp/tool-params.ts';
import { refuseParams } from './answer-governed.ts';
import { CATALOGUE_TTL_MS } from './answer-locally.ts';
import type { Caller, Exchange, Opened } from './exchange.ts';
import { createContext } from './request-context.ts';
import { lengthOf, retryAfter, sendError, sendJsonBytes } from './respond.ts';

export async function answerList(
  exchange: Exchange,
  caller: Caller,
  opened: Opened,
  message: RequestMessage,
  kind: ListKind,
): Promise<void> {
  const { plane, res } = exchange;
  const params = parseListParams(message.params);
  if (!params.ok) return refuseParams(exchange, caller, opened, message, params.error);
  const context = createContext(plane, caller, opened, params.value.traceparent);
  const list = await plane.deps.gateway.list(context, kind, params.value.cursor);
  if (res.destroyed) return;
  if (list.kind === 'error') return sendError(res, message.id, list, retryAfter(list.retryAfterSeconds));

  const manners = { ttlMs: CATALOGUE_TTL_MS, meta: { [META_SERVER_INFO]: plane.serverInfo } };
  const pieces = encodeList(message.id, opened.era, list, manners);
  caller.slot.hold(lengthOf(pieces));
  sendJsonBytes(res, 200, pieces);
}
