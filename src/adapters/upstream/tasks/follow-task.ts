import { skimObject } from '../../../core/json/skim-object.ts';
import { isJsonObject } from '../../../core/json/value.ts';
import type { Era } from '../../../core/mcp/revisions.ts';
import { err, ok, type Result } from '../../../core/result.ts';
import type { Clock } from '../../../ports/clock.ts';
import { SHUTDOWN, type UpstreamCall, type UpstreamFault } from '../../../ports/upstream.ts';
import { type CallSide, createCallSide } from '../call-side.ts';
import { sent } from '../fault.ts';
import { waitMs } from '../wait-ms.ts';
import type { UpstreamLimits } from '../limits.ts';
import { type CallOutcome, readTaskOutcome } from '../read-call-answer.ts';
import { NESTED_RESULT_LIMITS, readMember, type ResultObject, type RpcResponse } from '../rpc/read-message.ts';
import { readInputRequests } from '../rpc/read-input-requests.ts';
import { readTask, type StartedTask, type UpstreamTask } from './started-task.ts';
import { writeTaskBookmark } from './task-bookmark.ts';

export type TaskMethod = 'tasks/get' | 'tasks/result' | 'tasks/update' | 'tasks/cancel';

/** One request about a task. */
export interface TaskRequest {
  readonly method: TaskMethod;
  readonly taskId: string;
  /** The parameters, without `_meta`. */
  readonly paramsJson: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** What the upstream may do while it answers this; only in the legacy form. */
  readonly side: CallSide | null;
}

/** The upstream that has the task, in the very session or process in which the call was made. */
export interface TaskPeer {
  readonly era: Era;
  /** Whether another process can ask about it as well: no session and no process of ours has it. */
  readonly keepsNothing: boolean;
  request(request: TaskRequest): Promise<Result<RpcResponse, UpstreamFault>>;
}

export interface FollowDeps {
  readonly clock: Clock;
  readonly limits: Pick<UpstreamLimits, 'callTimeoutMs' | 'taskTimeoutMs' | 'tasksMax'>;
}

/** However often or seldom the upstream wants to be asked. */
const POLL_MS = 1_000;
const POLL_MS_MIN = 50;
const POLL_MS_MAX = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** Requests about one task that may fail in a row, as when its server is started anew. */
const FAILURES_MAX = 3;
const CANCEL_TIMEOUT_MS = 5_000;

/** Follows the tasks of one upstream: no more at once than there is room for. */
export type TaskFollower = (peer: TaskPeer, call: UpstreamCall, started: StartedTask) => Promise<CallOutcome>;

export function createTaskFollower(deps: FollowDeps): TaskFollower {
  const { tasksMax } = deps.limits;
  let followed = 0;
  return async (peer, call, started) => {
    if (followed >= tasksMax) {
      cancel({ deps, peer, call, id: started.id, leftMs: CANCEL_TIMEOUT_MS, answered: new Set() });
      return sent('overloaded', `${tasksMax} tasks are under way`);
    }
    followed++;
    try {
      return await followTask(deps, peer, call, started);
    } finally {
      followed--;
    }
  };
}

/**
 * Makes one long call of a task: asks what has become of it until it is over, and answers what the call itself would have been
 * answered. Ends in every case: by the time limit of a call, or by the longer one where the host has hung up and waits by a task of ours.
 * A call that is given up is cancelled at the upstream.
 */
async function followTask(
  deps: FollowDeps,
  peer: TaskPeer,
  call: UpstreamCall,
  started: StartedTask,
): Promise<CallOutcome> {
  const bookmark = peer.keepsNothing ? writeTaskBookmark({ era: peer.era, taskId: started.id }) : null;
  const hasHungUp = (await call.onTask?.(bookmark)) ?? false;
  const timeoutMs = hasHungUp ? deps.limits.taskTimeoutMs : deps.limits.callTimeoutMs;
  const following: Following = { deps, peer, call, id: started.id, leftMs: timeoutMs, answered: new Set() };
  const outcome = await follow(following, started);
  if (outcome.ok) return outcome;
  const isOver = outcome.error.kind === 'invalid-answer' || outcome.error.kind === 'unreachable';
  const isLeft = hasHungUp && bookmark !== null && call.signal.reason === SHUTDOWN;
  if (!isOver && !isLeft) cancel(following);
  return outcome;
}

interface Following {
  readonly deps: FollowDeps;
  readonly peer: TaskPeer;
  readonly call: UpstreamCall;
  readonly id: string;
  /** Of the time that the upstream may take. What people take is not counted. */
  leftMs: number;
  /** Questions that were answered already: keys are unique within a task. */
  readonly answered: Set<string>;
}

async function follow(following: Following, started: UpstreamTask): Promise<CallOutcome> {
  const { deps, call } = following;
  let task = started;
  for (let failures = 0; ; ) {
    if (task.status === 'cancelled') return sent('invalid-answer', 'the upstream cancelled its task');
    const isOver = task.status === 'completed' || task.status === 'failed';
    // Before the extension, the one request that fetches the result is also the one on which the upstream asks.
    if (following.peer.era === 'legacy' && (isOver || task.status === 'input_required')) return fetchResult(following);

    const beforeMs = deps.clock.monotonicMs();
    if (!isOver) await waitUnlessOver(following, task);
    if (call.signal.aborted) return sent('aborted', 'given up by the caller');
    const response = await request(following, 'tasks/get', {});
    following.leftMs -= deps.clock.monotonicMs() - beforeMs;
    if (following.leftMs <= 0) return sent('timeout', 'the task was not over in time');
    if (!response.ok) {
      if (++failures > FAILURES_MAX || call.signal.aborted) return err({ ...response.error, dispatched: true });
      continue;
    }
    failures = 0;
    if (response.value.kind === 'error')
      return sent('invalid-answer', `JSON-RPC error ${response.value.code} to tasks/get`);
    const next = readTask(response.value.result);
    if (next === null) return sent('invalid-answer', 'the answer to tasks/get is no task');
    task = next;
    if (following.peer.era === 'legacy') continue;
    if (task.status === 'completed' || task.status === 'failed') return readEnd(response.value.result, task.status);
    if (task.status !== 'input_required') continue;
    const given = await giveInput(following, response.value.result);
    if (!given.ok) return given;
  }
}

function waitUnlessOver({ call, leftMs }: Following, { pollMs }: UpstreamTask): Promise<void> {
  const pauseMs = Math.min(Math.max(pollMs ?? POLL_MS, POLL_MS_MIN), POLL_MS_MAX, leftMs);
  return waitMs(pauseMs, call.signal);
}

/** What the call came to, out of the answer to `tasks/get` (2026-07-28). */
function readEnd({ message, members }: ResultObject, status: 'completed' | 'failed'): CallOutcome {
  if (status === 'failed') {
    const error = readMember(message, members.get('error'));
    if (!isJsonObject(error) || typeof error.code !== 'number')
      return sent('invalid-answer', 'a failed task has no error');
    const words = typeof error.message === 'string' ? error.message.slice(0, 500) : '';
    return ok({ kind: 'rpc-error', code: error.code, message: words, data: error.data ?? null });
  }
  const span = members.get('result');
  const bytes = span === undefined ? null : message.subarray(span.start, span.end);
  const skimmed = bytes === null ? null : skimObject(bytes, NESTED_RESULT_LIMITS);
  if (bytes === null || skimmed === null || !skimmed.ok)
    return sent('invalid-answer', 'a completed task has no result');
  return readTaskOutcome({ message: bytes, start: 0, end: bytes.length, members: skimmed.value }, 'modern');
}

/** 2025-11-25: blocks until the task is over, and may ask meanwhile. */
async function fetchResult(following: Following): Promise<CallOutcome> {
  const { deps, call } = following;
  const side = createCallSide({ ...call, log: null }, deps.clock, following.leftMs, call.room);
  const response = await request(following, 'tasks/result', {}, { side, timeoutMs: following.leftMs });
  if (!response.ok) return err({ ...response.error, dispatched: true });
  if (response.value.kind === 'result') return readTaskOutcome(response.value.result, 'legacy');
  const { code, message, data } = response.value;
  return ok({ kind: 'rpc-error', code, message, data });
}

/** Puts what a task asks to the host of its call, and hands over the answers. */
async function giveInput(following: Following, result: ResultObject): Promise<Result<true, UpstreamFault>> {
  const { call, answered } = following;
  const wanted = readInputRequests(result);
  if (!wanted.ok) return sent('invalid-answer', wanted.error);
  const asks = new Map([...wanted.value].filter(([key]) => !answered.has(key)));
  if (asks.size === 0) return ok(true);
  if (call.asker === null) return sent('not-asked', 'not-declared');
  const reply = await call.asker.ask(asks);
  if (call.signal.aborted) return sent('aborted', 'given up by the caller');
  if (reply.kind === 'refused') return sent('not-asked', reply.detail);
  for (const key of asks.keys()) answered.add(key);
  const updated = await request(following, 'tasks/update', { inputResponses: Object.fromEntries(reply.answers) });
  if (!updated.ok) return err({ ...updated.error, dispatched: true });
  if (updated.value.kind === 'error')
    return sent('invalid-answer', `JSON-RPC error ${updated.value.code} to tasks/update`);
  return ok(true);
}

function request(
  { peer, call, id, leftMs }: Following,
  method: TaskMethod,
  params: object,
  more: Partial<Pick<TaskRequest, 'side' | 'timeoutMs' | 'signal'>> = {},
): Promise<Result<RpcResponse, UpstreamFault>> {
  return peer.request({
    method,
    taskId: id,
    paramsJson: JSON.stringify({ taskId: id, ...params }),
    timeoutMs: Math.max(1, Math.min(REQUEST_TIMEOUT_MS, leftMs)),
    signal: call.signal,
    side: null,
    ...more,
  });
}

/** Nobody waits for the acknowledgement: the task ends by its own time limit where this fails. */
function cancel(following: Following): void {
  const signal = AbortSignal.timeout(CANCEL_TIMEOUT_MS);
  void request(following, 'tasks/cancel', {}, { signal, timeoutMs: CANCEL_TIMEOUT_MS });
}
