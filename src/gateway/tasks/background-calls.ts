import type { ApprovalId } from '../../core/approval/approval.ts';
import type { JsonObject } from '../../core/json/value.ts';
import type { Principal } from '../../core/identity/principal.ts';
import type { Task, TaskId } from '../../core/tasks/task.ts';
import { converse, converseWith } from '../converse.ts';
import { CallLeft } from '../call-left.ts';
import type { CallDeps } from '../deps.ts';
import type { HostCall, HostInputRequest, HostStream, RequestContext } from '../gateway.ts';
import { inputNotGiven, internalError, resultTooLarge } from '../host-errors.ts';
import { CONVERSATION_MS_MAX } from '../steps/ask-host.ts';
import type { CallAnswer } from '../steps/call-with-approval.ts';
import { resolveTarget } from '../steps/resolve-target.ts';
import { createRunningTask } from './create-task.ts';
import { HostLine, NOBODY_ON_THE_LINE } from './host-line.ts';
import type { OpenedTask } from './open-task.ts';
import { runLeftTask } from './run-left-task.ts';
import { sealEnd, type TaskEnd } from './task-call.ts';

/** A call that its upstream made a task of, and whose host has hung up to come back for it. */
export interface RunningTask {
  /** Whether it goes on only when its host answers. */
  readonly isAsking: boolean;
  /** What a modern host is asked by way of the task, by key; a legacy host is asked on a stream. */
  readonly inputRequests: JsonObject | null;
}

export interface StartedTask {
  readonly kind: 'runs';
  readonly task: Task;
}

export type BackgroundAnswer = CallAnswer | HostInputRequest | StartedTask;

/**
 * Calls that go on while their hosts are away. The task that a host gets is one of ours, with an id of ours: that of the upstream stays
 * with the adapter, which asks there what has become of it. In memory; what can go on in the next process is in the store (`LeftCalls`).
 */
export interface BackgroundCalls {
  /** As `converse`, but answered with a task as soon as the upstream has made one and there is room for ours. */
  call(call: HostCall): Promise<BackgroundAnswer>;
  find(id: TaskId): RunningTask | null;
  /** Answers to what a task asks, from its owner, who is decided about anew. A task that asks nothing ignores them. */
  answer(id: TaskId, by: Answerer, inputResponses: JsonObject): void;
  /** Goes on with a call that the process before this one left, if this task is of one: for its owner, who is here. */
  resume(opened: Pick<OpenedTask, 'task' | 'call' | 'approval'>, context: RequestContext): void;
  /** Gives the call up, at the upstream too. `false`: it is not running, or was approved and so goes on. */
  cancel(id: TaskId): boolean;
  /** Questions to a legacy host go over this stream for as long as it is there. Returns the way to take it away again. */
  attach(id: TaskId, stream: HostStream): () => void;
  /** Resolves when none runs. */
  finish(): Promise<void>;
}

export interface Answerer {
  readonly callId: string;
  readonly principal: Principal;
}

interface Running {
  readonly call: HostCall;
  readonly gone: AbortController;
  readonly line: HostLine;
  /** What it spent, and whoever waits for it is woken by. */
  readonly approvalId: ApprovalId | null;
  asks: HostInputRequest | null;
  isCancelled: boolean;
  settled: Promise<void>;
}

export function createBackgroundCalls(deps: CallDeps): BackgroundCalls {
  const running = new Map<TaskId, Running>();
  const world: World = { deps, running };
  return {
    call: (call) => callOrHandOver(world, call),
    find(id) {
      const run = running.get(id);
      if (run === undefined) return null;
      return { isAsking: run.asks !== null || run.line.isAsking, inputRequests: run.asks?.inputRequests ?? null };
    },
    answer(id, { callId, principal }, inputResponses) {
      const run = running.get(id);
      const asks = run?.asks ?? null;
      if (run === undefined || asks === null) return;
      run.asks = null;
      const context = { ...run.call.context, callId, principal };
      const continuation = { requestState: asks.requestState, inputResponses };
      follow(world, id, converse(deps, { ...run.call, context, continuation }));
    },
    resume: (opened, context) => resume(world, opened, context),
    cancel(id) {
      const run = running.get(id);
      if (run === undefined || run.approvalId !== null) return false;
      run.isCancelled = true;
      giveUp(world, id, run);
      return true;
    },
    attach: (id, stream) => running.get(id)?.line.attach(stream) ?? (() => undefined),
    async finish() {
      for (const [id, run] of running) if (run.asks !== null) giveUp(world, id, run);
      await Promise.all([...running.values()].map(({ settled }) => settled));
    },
  };
}

interface World {
  readonly deps: CallDeps;
  readonly running: Map<TaskId, Running>;
}

async function callOrHandOver(world: World, hostCall: HostCall): Promise<CallAnswer | HostInputRequest | StartedTask> {
  const { deps, running } = world;
  const gone = new AbortController();
  const { signal } = hostCall.context;
  const onHostGone = (): void => gone.abort();
  signal.addEventListener('abort', onHostGone, { once: true });
  if (signal.aborted) onHostGone();
  const line = new HostLine(hostCall.stream);
  const handedOver = Promise.withResolvers<Task>();
  let hasHungUp = false;
  const onTask = async (): Promise<boolean> => {
    if (hasHungUp) return true;
    const task = await startTask(deps, hostCall);
    if (task === null || gone.signal.aborted) return false;
    hasHungUp = true;
    signal.removeEventListener('abort', onHostGone);
    line.hangUp(task.id, () => deps.desk.wake(task.id));
    running.set(task.id, {
      call: own,
      gone,
      line,
      approvalId: null,
      asks: null,
      isCancelled: false,
      settled: Promise.resolve(),
    });
    handedOver.resolve(task);
    return true;
  };
  const context = { ...hostCall.context, signal: gone.signal };
  const own: HostCall = { ...hostCall, context, stream: line, onTask };
  const answered = converse(deps, own);
  const first = await Promise.race([answered, handedOver.promise]);
  if ('kind' in first) {
    signal.removeEventListener('abort', onHostGone);
    return first;
  }
  follow(world, first.id, answered);
  return { kind: 'runs', task: first };
}

function resume(
  world: World,
  { task, call, approval }: Pick<OpenedTask, 'task' | 'call' | 'approval'>,
  context: RequestContext,
): void {
  const { deps, running } = world;
  const { id, approvalId } = task;
  const isOver = task.sealedResult !== null || (approval !== null && approval.status !== 'executing');
  const left = isOver || call.args === null ? null : deps.leftCalls.takeTask(call.callId, approvalId);
  if (left === null) return;
  const gone = new AbortController();
  const line = new HostLine(NOBODY_ON_THE_LINE);
  line.hangUp(id, () => deps.desk.wake(id));
  const own: HostCall = {
    context: { ...context, callId: left.callId, traceparent: call.traceparent, logLevel: null, signal: gone.signal },
    kind: call.kind,
    exposedName: call.exposedName,
    args: call.args ?? {},
    stream: line,
    continuation: null,
    onTask: () => Promise.resolve(true),
  };
  running.set(id, { call: own, gone, line, approvalId, asks: null, isCancelled: false, settled: Promise.resolve() });
  follow(
    world,
    id,
    converseWith(deps, own, (_deps, heldCall) => runLeftTask(deps, heldCall, left, approval)),
  );
}

function follow(world: World, id: TaskId, answered: Promise<CallAnswer | HostInputRequest>): void {
  const { deps, running } = world;
  const run = running.get(id);
  if (run === undefined) return;
  run.settled = settle(world, id, run, answered).catch((error: unknown) => {
    running.delete(id);
    deps.report({ callId: run.call.context.callId, problem: 'the end of a task could not be kept', error });
  });
}

async function settle(
  world: World,
  id: TaskId,
  run: Running,
  answered: Promise<CallAnswer | HostInputRequest>,
): Promise<void> {
  const { deps, running } = world;
  const { callId } = run.call.context;
  const answer = await answered.catch((error: unknown) => {
    if (error instanceof CallLeft) return null;
    deps.report({ callId, problem: 'a call behind a task failed', error });
    return internalError();
  });
  if (answer === null) return void running.delete(id);
  if (answer.kind === 'input-required' && !run.gone.signal.aborted) return askByTask(world, id, run, answer);
  const end = endOf(deps, run, answer);
  await deps.lateRecords.record(callId, () => deps.tasks.keepResult(id, sealEnd(deps.taskSealer, id, end)));
  running.delete(id);
  deps.desk.wake(id);
  if (run.approvalId !== null) deps.desk.wake(run.approvalId);
}

/** The call waits in memory until its owner brings answers, for no longer than any other call that asks. */
function askByTask(world: World, id: TaskId, run: Running, asks: HostInputRequest): void {
  run.asks = asks;
  world.deps.desk.wake(id);
  setTimeout(() => {
    if (world.running.get(id) === run && run.asks === asks) giveUp(world, id, run);
  }, CONVERSATION_MS_MAX).unref();
}

function giveUp(world: World, id: TaskId, run: Running): void {
  run.gone.abort();
  if (run.asks === null) return;
  // Nothing of it is under way: what waits for answers ends, and the task with it.
  run.asks = null;
  world.deps.conversations.end(run.call.context.callId);
  follow(world, id, Promise.resolve(inputNotGiven()));
}

function endOf({ taskSettings }: CallDeps, run: Running, answer: CallAnswer | HostInputRequest): TaskEnd {
  if (run.isCancelled) return { kind: 'cancelled' };
  if (answer.kind === 'error') return answer;
  if (answer.kind !== 'result') return internalError();
  const bytes = answer.json.reduce((sum, piece) => sum + piece.length, 0);
  return bytes > taskSettings.resultBytesMax ? resultTooLarge(taskSettings.resultBytesMax) : answer;
}

/** `null`: there is no room, or no store; then the host waits on the line like one that takes no tasks. */
async function startTask(deps: CallDeps, call: HostCall): Promise<Task | null> {
  try {
    const target = await resolveTarget(deps, call);
    return target === null ? null : await createRunningTask(deps, call, target.ref);
  } catch (error) {
    deps.report({ callId: call.context.callId, problem: 'a task could not be made', error });
    return null;
  }
}
