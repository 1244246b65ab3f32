import { Buffer } from 'node:buffer';
import { invalidParams, methodNotFound, type RpcError } from '../../core/mcp/errors.ts';
import { createJsonObject, isJsonObject } from '../../core/json/value.ts';
import { parseContinuation } from '../../core/mcp/continuation.ts';
import type { RequestMessage } from '../../core/mcp/message.ts';
import { CORE_TASKS_REVISION, declaresTasks, parseTaskId, tasksNotDeclared } from '../../core/tasks/task-support.ts';
import type { HostError } from '../../gateway/gateway.ts';
import type { HostTask, HostTaskList, Waiting } from '../../gateway/tasks/host-task.ts';
import { tellSession } from './event-streams.ts';
import { CallStream } from './call-stream.ts';
import { acceptsEventStream } from './check-request.ts';
import { encodeTask, encodeTaskList, encodeTaskOutcome } from './encode-task.ts';
import { type Caller, type Exchange, type Opened, turnAway } from './exchange.ts';
import { refusalOf } from './refusals.ts';
import { createContext } from './request-context.ts';

/**
 * How the host of this call waits. Asked of this very request: the extension is declared on each, and revision 2025-11-25 asks for a task
 * in the parameters. Where tasks were not negotiated, `task` is left out, as if it were not there.
 */
export function waitingOf(opened: Opened, { params }: RequestMessage): Waiting {
  if (opened.era === 'modern') return declaresTasks(params) ? 'task-if-needed' : 'hold';
  return hasCoreTasks(opened) && isJsonObject(params?.['task']) ? 'task' : 'hold';
}

/** Only a session has negotiated anything. */
function hasCoreTasks({ era, revision, session }: Opened): boolean {
  return era === 'legacy' && session !== null && revision === CORE_TASKS_REVISION;
}

/** `tasks/*`, of either form. What a task holds is asked of the gateway each time; nothing is kept here. */
export async function answerTask(
  exchange: Exchange,
  caller: Caller,
  opened: Opened,
  message: RequestMessage,
): Promise<void> {
  const { plane } = exchange;
  const { revision } = opened;
  const { method, id } = message;
  const refuse = (error: RpcError, reason?: 'method_denied'): void =>
    turnAway(exchange, refusalOf(error, reason), { principal: caller.principal, revision, method, id });

  if (opened.era === 'legacy' && !hasCoreTasks(opened)) return refuse(methodNotFound('legacy'), 'method_denied');
  if (opened.era === 'modern' && !declaresTasks(message.params)) return refuse(tasksNotDeclared());

  const { tasks } = plane.deps.gateway;
  const context = createContext(plane, caller, opened);
  const stream = streamFor(exchange, caller, opened, message);
  if (method === 'tasks/list') {
    const cursor = message.params?.['cursor'] ?? null;
    if (cursor !== null && typeof cursor !== 'string') return refuse(invalidParams('cursor must be a string'));
    return send(stream, message, opened, await tasks.list(context, cursor));
  }
  const taskId = parseTaskId(message.params);
  if (!taskId.ok) return refuse(taskId.error);
  switch (method) {
    case 'tasks/get':
      return send(stream, message, opened, await tasks.get(context, taskId.value));
    case 'tasks/update': {
      const continuation = parseContinuation(message.params, 'modern');
      if (!continuation.ok) return refuse(continuation.error);
      const responses = continuation.value?.inputResponses ?? createJsonObject();
      return send(stream, message, opened, await tasks.update(context, taskId.value, responses));
    }
    case 'tasks/cancel':
      return send(stream, message, opened, await tasks.cancel(context, taskId.value));
    case 'tasks/result':
      return send(stream, message, opened, await tasks.awaitOutcome(context, taskId.value, stream));
    default:
      throw new Error('the table of methods sends something here that is about no task');
  }
}

/** A wait on the line is an event stream with nothing on it but comments and what the call asks, until the answer. */
function streamFor(
  { plane, res }: Exchange,
  { slot, headers }: Caller,
  { era, session }: Opened,
  { id }: RequestMessage,
) {
  return new CallStream({
    res,
    slot,
    id,
    era,
    progressToken: null,
    isRead: false,
    acceptsEvents: acceptsEventStream(headers),
    asks: session?.asks ?? null,
    nextAskId: () => plane.deps.ids.next('ask'),
    tellSession: session === null ? null : (notice) => void tellSession(session, notice),
    openLog: null,
    beginsWithId: false,
    limits: plane.limits,
  });
}

function send(
  stream: CallStream,
  { id, method }: RequestMessage,
  { era }: Opened,
  answer: HostTask | HostTaskList | HostError,
): void {
  if (answer.kind === 'error') return stream.answer(answer);
  if (answer.kind === 'tasks') return stream.answerBytes(encodeTaskList(id, answer));
  if (method === 'tasks/result' && answer.outcome !== null) {
    if (answer.outcome.kind === 'error') return stream.answer(answer.outcome);
    return stream.answerBytes(encodeTaskOutcome(id, answer, answer.outcome));
  }
  // The extension acknowledges these two, and says nothing of the task.
  const isAcknowledged = era === 'modern' && method !== 'tasks/get';
  if (isAcknowledged) return stream.answer({ kind: 'result', json: [Buffer.from('{}')] });
  return stream.answerBytes(encodeTask(id, answer, era));
}
