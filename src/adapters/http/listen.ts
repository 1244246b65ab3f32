import { META_SERVER_INFO } from '../../core/mcp/classify-request.ts';
import { encodeResult } from '../../core/mcp/encode-answer.ts';
import { parseListenParams } from '../../core/mcp/listen-params.ts';
import type { RequestMessage } from '../../core/mcp/message.ts';
import { encodeAcknowledgement, META_SUBSCRIPTION_ID } from '../../core/mcp/notices.ts';
import { declaresTasks, tasksNotDeclared } from '../../core/tasks/task-support.ts';
import type { HostNotice } from '../../gateway/subscriptions/listening.ts';
import { encodeHostNotice } from './encode-task.ts';
import { acceptsEventStream } from './check-request.ts';
import { type Caller, type Exchange, type Opened, turnAway } from './exchange.ts';
import { NoticeStream } from './notice-stream.ts';
import { REFUSALS, refusalOf } from './refusals.ts';
import { createContext } from './request-context.ts';
import { encodeEvent, retryAfter, sendError } from './respond.ts';

/** Answers `subscriptions/listen` with a stream that lasts until one side ends it (2026-07-28, "Subscriptions"). */
export async function listen(
  exchange: Exchange,
  caller: Caller,
  opened: Opened,
  message: RequestMessage,
): Promise<void> {
  const { plane, res } = exchange;
  const { principal, slot, renew } = caller;
  const { id, method } = message;
  const known = { principal, revision: opened.revision, method, id };
  const wish = parseListenParams(message.params);
  if (!wish.ok) return turnAway(exchange, refusalOf(wish.error), known);
  if (wish.value.taskIds.length > 0 && !declaresTasks(message.params)) {
    return turnAway(exchange, refusalOf(tasksNotDeclared()), known);
  }
  if (!acceptsEventStream(caller.headers)) return turnAway(exchange, REFUSALS.eventsNotAcceptable, known);

  let stream: NoticeStream | null = null;
  const tell = (notice: HostNotice): void => stream?.tell(notice);
  const context = createContext(plane, caller, opened);
  const listening = await plane.deps.gateway.listen({ context, method, wish: wish.value, tell });
  if ('kind' in listening) {
    if (!res.destroyed) sendError(res, id, listening, retryAfter(listening.retryAfterSeconds));
    return;
  }
  const place = listening.enter(context);
  const meta = { [META_SUBSCRIPTION_ID]: id, [META_SERVER_INFO]: plane.serverInfo };
  stream = new NoticeStream({
    res,
    slot,
    renew,
    listening,
    place,
    principal,
    streams: plane.noticeStreams,
    limits: plane.limits,
    isWanted: () => true,
    encode: (notice) => encodeEvent(encodeHostNotice(notice, id)),
    farewell: encodeEvent(encodeResult(id, { resultType: 'complete', _meta: meta })),
    onEnd: () => listening.close(),
  });
  if (stream.open(encodeEvent(encodeAcknowledgement(listening.granted, id)))) {
    listening.tellTasks();
    return stream.ended;
  }
  place.leave();
  listening.close();
  if (!res.destroyed) turnAway(exchange, REFUSALS.tooManyStreams, known);
}
