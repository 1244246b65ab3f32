import { RPC_ERRORS, type RpcError } from '../../core/mcp/errors.ts';
import { parseContinuation } from '../../core/mcp/continuation.ts';
import type { RequestMessage } from '../../core/mcp/message.ts';
import {
  type CallParams,
  parseCompletionParams,
  parsePromptParams,
  parseReadParams,
} from '../../core/mcp/read-params.ts';
import { parseToolCallParams } from '../../core/mcp/tool-params.ts';
import type { JsonObject } from '../../core/json/value.ts';
import { assertNever, ok, type Result } from '../../core/result.ts';
import type { HostError } from '../../gateway/gateway.ts';
import { waitingOf } from './answer-tasks.ts';
import type { CallLog, LoggedCall } from './call-events.ts';
import { tellSession } from './event-streams.ts';
import type { HostNotice } from '../../gateway/subscriptions/listening.ts';
import { CallStream } from './call-stream.ts';
import { acceptsEventStream, prefersEventStream } from './check-request.ts';
import { type Caller, type Exchange, type Opened, turnAway } from './exchange.ts';
import { refusalOf } from './refusals.ts';
import { createContext } from './request-context.ts';

/** What can be called, in the words of the table of methods. */
export type CallHandling = 'call-tool' | 'read-resource' | 'get-prompt' | 'complete';

/** Answers a request that reaches an upstream if policy allows. */
export async function answerCall(
  exchange: Exchange,
  caller: Caller,
  opened: Opened,
  message: RequestMessage,
  handling: CallHandling,
): Promise<void> {
  const { plane, res } = exchange;
  const params = parseParams(message.params, handling);
  if (!params.ok) return refuseParams(exchange, caller, opened, message, params.error);
  const continuation = parseContinuation(message.params, opened.era);
  if (!continuation.ok) return refuseParams(exchange, caller, opened, message, continuation.error);
  const { kind, name, args, progressToken, traceparent } = params.value;
  const stream = new CallStream({
    res,
    slot: caller.slot,
    id: message.id,
    era: opened.era,
    progressToken,
    isRead: kind === 'resource',
    acceptsEvents: acceptsEventStream(caller.headers),
    asks: opened.session?.asks ?? null,
    nextAskId: () => plane.deps.ids.next('ask'),
    tellSession: tellerOf(opened),
    openLog: openLogOf(exchange, caller, opened, { kind, exposedName: name, args, endpoint: caller.endpoint }),
    beginsWithId: opened.revision === '2025-11-25',
    limits: plane.limits,
  });
  const context = createContext(plane, caller, opened, traceparent);
  const running = { id: message.id, abort: caller.abort };
  opened.session?.running.add(running);
  const attendance = attend(exchange, caller, opened, stream);
  try {
    stream.answer(
      await plane.deps.gateway.call({
        context,
        kind,
        exposedName: name,
        args,
        stream,
        continuation: continuation.value,
        waiting: waitingOf(opened, message),
      }),
    );
  } catch (error) {
    plane.deps.report({ callId: context.callId, problem: 'a call could not be answered', error });
    stream.answer(INTERNAL_ERROR);
  } finally {
    stream.close();
    attendance.end();
    opened.session?.running.delete(running);
  }
}

function tellerOf({ session }: Opened): ((notice: HostNotice) => void) | null {
  return session === null ? null : (notice) => void tellSession(session, notice);
}

/** Only a session has somewhere to come back to, in every revision that has sessions ("Resumability and Redelivery"). */
function openLogOf(
  { plane }: Exchange,
  { headers }: Caller,
  { session }: Opened,
  call: LoggedCall,
): (() => CallLog) | null {
  if (session === null || !acceptsEventStream(headers)) return null;
  return () => plane.callEvents.open(session, call);
}

/**
 * Lets a call go on whose host lost its connection, where it can come back. It can once it was told an id. From 2025-11-25 on a stream begins with
 * one, so there a call that takes a while is answered by events; and at once where the host names those first.
 */
function attend(
  { plane }: Exchange,
  { principal, headers, loss, abort }: Caller,
  { revision }: Opened,
  stream: CallStream,
) {
  if (!stream.isResumable) return { end: () => undefined };
  const beginsWithId = revision === '2025-11-25';
  let place: { leave(): void } | null = null;
  loss.mean = () => {
    place = stream.canReturn ? plane.orphans.enter(principal.id) : null;
    if (place === null) abort.abort();
  };
  if (beginsWithId && prefersEventStream(headers)) stream.open();
  const timer = beginsWithId ? setTimeout(() => stream.open(), plane.limits.callOpensAfterMs).unref() : undefined;
  return {
    end() {
      clearTimeout(timer);
      loss.mean = () => undefined;
      place?.leave();
    },
  };
}

function parseParams(params: JsonObject | null, handling: CallHandling): Result<CallParams, RpcError> {
  switch (handling) {
    case 'call-tool': {
      const parsed = parseToolCallParams(params);
      return parsed.ok ? ok({ kind: 'tool', ...parsed.value }) : parsed;
    }
    case 'read-resource':
      return parseReadParams(params);
    case 'get-prompt':
      return parsePromptParams(params);
    case 'complete':
      return parseCompletionParams(params);
    default:
      return assertNever(handling);
  }
}

const INTERNAL_ERROR: HostError = {
  kind: 'error',
  code: RPC_ERRORS.internal,
  message: 'Internal error. The call was denied. If that stays so, tell the operator of this gateway.',
  data: null,
  httpStatus: 500,
  retryAfterSeconds: null,
};

export function refuseParams(
  exchange: Exchange,
  { principal }: Caller,
  { revision }: Opened,
  { method, id }: RequestMessage,
  error: RpcError,
): void {
  turnAway(exchange, refusalOf(error), { principal, revision, method, id });
}
