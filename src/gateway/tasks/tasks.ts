import { hasEnded } from '../../core/identity/principal.ts';
import type { JsonObject } from '../../core/json/value.ts';
import type { Task, TaskId } from '../../core/tasks/task.ts';
import { isModernRevision } from '../../core/mcp/revisions.ts';
import type { Soon } from '../../core/soon.ts';
import { admit, failClosed } from '../admit.ts';
import { withdrawApproval } from '../void-approval.ts';
import type { CallDeps } from '../deps.ts';
import type { HostCall, HostError, HostInputRequest, HostResult, HostStream, RequestContext } from '../gateway.ts';
import { converse } from '../converse.ts';
import {
  invalidCursor,
  stoppedBySwitch,
  taskIsOver,
  taskNotFinished,
  tooManyTasks,
  unknownTask,
} from '../host-errors.ts';
import { resolveTarget } from '../steps/resolve-target.ts';
import { createEndedTask } from './create-task.ts';
import type { HostTask, HostTaskList } from './host-task.ts';
import { isOpen, loadApproval, type OpenedTask, openTask } from './open-task.ts';
import { type BackgroundAnswer, type BackgroundCalls, createBackgroundCalls } from './background-calls.ts';
import { openEnd } from './task-call.ts';
import { createTaskRunner, type TaskRunner } from './task-runner.ts';
import { taskView } from './task-view.ts';

/** Calls whose host waits by a task. Nothing here throws: what goes wrong comes back as an error that a host may see. */
export interface Tasks {
  /** A governed call, answered with a task where its host takes one and there is something to wait for. */
  call(call: HostCall): Promise<HostResult | HostError | HostInputRequest | HostTask>;
  get(context: RequestContext, id: TaskId): Promise<HostTask | HostError>;
  /** Takes answers to what a task asks of its host. Of those to what it does not ask, nothing is made. */
  update(context: RequestContext, id: TaskId, inputResponses: JsonObject): Promise<HostTask | HostError>;
  /**
   * Gives up a call that an upstream made a task of, and withdraws an approval. An approved call that runs by then goes on: a write cannot
   * be taken back by hanging up.
   */
  cancel(context: RequestContext, id: TaskId): Promise<HostTask | HostError>;
  /** Resolves when the task is over. Waits on an event stream for long, and without one not at all. */
  awaitOutcome(context: RequestContext, id: TaskId, stream: HostStream): Promise<HostTask | HostError>;
  list(context: RequestContext, cursor: string | null): Promise<HostTaskList | HostError>;
  /** As it stands, for whoever has been found to own it. */
  show(task: Task): Promise<HostTask>;
  /** Resolves when no call of a task is under way. None is started from now on. */
  finish(): Promise<void>;
}

export function createTasks(deps: CallDeps): Tasks {
  const runner = createTaskRunner(deps);
  const background = createBackgroundCalls(deps);
  const world: World = { deps, runner, background };
  return {
    call: (hostCall) => failClosed(deps, hostCall.context, () => call(world, hostCall)),
    get: (context, id) => failClosed(deps, context, () => get(world, context, 'tasks/get', id)),
    update: (context, id, inputResponses) =>
      failClosed(deps, context, async () => {
        const updated = await get(world, context, 'tasks/update', id);
        if (updated.kind === 'task') background.answer(id, context, inputResponses);
        return updated;
      }),
    cancel: (context, id) => failClosed(deps, context, () => cancel(world, context, id)),
    awaitOutcome: (context, id, stream) => failClosed(deps, context, () => awaitOutcome(world, context, id, stream)),
    list: (context, cursor) => failClosed(deps, context, () => list(world, context, cursor)),
    show: async (task) => view(world, { task, approval: await loadApproval(deps, task) }),
    async finish() {
      await Promise.all([runner.finish(), background.finish()]);
    },
  };
}

interface World {
  readonly deps: CallDeps;
  readonly runner: TaskRunner;
  readonly background: BackgroundCalls;
}

type CallEnd = HostResult | HostError | HostInputRequest | HostTask;

function call(world: World, hostCall: HostCall): Promise<CallEnd> {
  const canWait = (hostCall.waiting ?? 'hold') !== 'hold';
  const answering = canWait ? world.background.call(hostCall) : converse(world.deps, hostCall);
  return answering.then((answer) => endOf(world, hostCall, answer));
}

function endOf(world: World, hostCall: HostCall, answer: BackgroundAnswer): Soon<CallEnd> {
  if (answer.kind === 'error' || answer.kind === 'input-required') return answer;
  if (answer.kind === 'result' && hostCall.waiting !== 'task') return answer;
  return endByTask(world, hostCall, answer);
}

async function endByTask(
  world: World,
  hostCall: HostCall,
  answer: Exclude<BackgroundAnswer, HostError | HostInputRequest>,
): Promise<CallEnd> {
  const { deps, runner } = world;
  if (answer.kind === 'runs') return view(world, { task: answer.task, approval: null });
  if (answer.kind === 'waits') {
    runner.see(answer.task, hostCall.context.principal);
    return view(world, answer);
  }
  const ended = await endedTask(deps, hostCall, answer);
  return ended === null ? tooManyTasks() : view(world, { task: ended, approval: null });
}

async function get(world: World, context: RequestContext, method: string, id: TaskId): Promise<HostTask | HostError> {
  const opened = await open(world, context, method, id);
  if (!opened.ok) return opened.error;
  world.runner.see(opened.value.task, context.principal);
  return view(world, opened.value);
}

async function awaitOutcome(
  world: World,
  context: RequestContext,
  id: TaskId,
  stream: HostStream,
): Promise<HostTask | HostError> {
  const { deps, runner, background } = world;
  const untilMs = deps.clock.monotonicMs() + deps.taskSettings.awaitMsMax;
  for (;;) {
    // Decided anew each time: what is handed over is what may be handed over at that moment.
    const opened = await open(world, context, 'tasks/result', id);
    if (!opened.ok) return opened.error;
    const { task } = opened.value;
    runner.see(task, context.principal);
    // Looked at again, now that nothing is waited for until the desk knows: a change meanwhile would have woken nobody.
    const approval = await loadApproval(deps, task);
    const now = await view(world, { task, approval });
    if (now.status === 'completed' || now.status === 'cancelled') return now;
    const leftMs = Math.min(untilMs - deps.clock.monotonicMs(), deps.taskSettings.presenceMs);
    if (leftMs <= 0 || !stream.open()) return taskNotFinished();
    // It ended while the view was made: nobody would be woken for it.
    if (approval === null && background.find(id) === null) continue;
    const detach = background.attach(id, stream);
    const stopped = await waitForChange(deps, context, opened.value, leftMs);
    detach();
    if (stopped !== null) return stopped;
  }
}

async function open({ deps, background }: World, context: RequestContext, method: string, id: TaskId) {
  const opened = await openTask(deps, context, { method, id, onDenied: (denied) => void background.cancel(denied) });
  if (opened.ok) background.resume(opened.value, context);
  return opened;
}

async function view(
  { deps, runner, background }: World,
  { task, approval }: Pick<OpenedTask, 'task' | 'approval'>,
): Promise<HostTask> {
  const running = runner.isRunning(task.id) ? RUNNING : background.find(task.id);
  // One that ended since it was loaded has its end in the store by now.
  const isUnclear = running === null && approval === null && task.sealedResult === null;
  const kept = isUnclear ? await deps.tasks.find(task.id, deps.clock.nowMs()) : null;
  return taskView(deps, task, { approval, end: openEnd(deps.taskSealer, kept ?? task), running });
}

/** Nobody is on the line of a call that was approved, so it is asked nothing. */
const RUNNING = { isAsking: false, inputRequests: null } as const;

async function endedTask(deps: CallDeps, call: HostCall, result: HostResult): Promise<Task | null> {
  const target = await resolveTarget(deps, call);
  const bytes = result.json.reduce((sum, piece) => sum + piece.length, 0);
  if (target === null || bytes > deps.taskSettings.resultBytesMax) return null;
  return createEndedTask(deps, call, target.ref, result);
}

/** `null`: look again. A switch, a revocation or the end of the credential ends the wait as it ends a call. */
async function waitForChange(
  deps: CallDeps,
  context: RequestContext,
  { task, approval, killFacts }: OpenedTask,
  timeoutMs: number,
): Promise<HostError | null> {
  const { principal } = context;
  const place = deps.inFlight.enter({ facts: killFacts, credentialId: principal.credentialId }, context.signal);
  try {
    await deps.desk.wait(approval?.id ?? task.id, timeoutMs, place.signal);
    if (place.stoppedBy === 'kill-switch') return stoppedBySwitch();
    return place.signal.aborted || hasEnded(principal, deps.clock.nowMs()) ? unknownTask() : null;
  } finally {
    place.leave();
  }
}

async function cancel(world: World, context: RequestContext, id: TaskId): Promise<HostTask | HostError> {
  const { deps, background } = world;
  const opened = await open(world, context, 'tasks/cancel', id);
  if (!opened.ok) return opened.error;
  if (background.cancel(id)) return { ...(await view(world, opened.value)), status: 'cancelled' };
  const { task, approval } = opened.value;
  if (isOpen(approval)) {
    const { principal, callId } = context;
    const by = { by: principal.id, credentialId: principal.credentialId, callId };
    const withdrawn = await withdrawApproval(deps, approval, by);
    if (withdrawn !== null) {
      deps.desk.wake(approval.id);
      return view(world, { task, approval: withdrawn });
    }
  }
  // Revision 2025-11-25 wants an error for what cannot be cancelled, the extension an acknowledgement.
  if (!isModernRevision(context.revision)) return taskIsOver();
  return view(world, { task, approval: await loadApproval(deps, task) });
}

async function list(world: World, context: RequestContext, cursor: string | null): Promise<HostTaskList | HostError> {
  const { deps } = world;
  const refused = await admit(deps, context, 'tasks/list');
  if (refused !== null) return refused;
  // Everything fits one page, so no cursor was ever given out.
  if (cursor !== null) return invalidCursor();
  const { principal, endpoint } = context;
  const upstream = endpoint.kind === 'one' ? endpoint.upstream : null;
  const owner = { principal: principal.id, client: principal.client };
  const heads = (await deps.tasks.listOwn(owner, deps.clock.nowMs())).filter((task) => task.endpoint === upstream);
  const tasks = heads.map(async (head) => {
    const task: Task = { ...head, sealedCall: '', sealedResult: null };
    return { ...(await view(world, { task, approval: await loadApproval(deps, task) })), outcome: null };
  });
  return { kind: 'tasks', tasks: await Promise.all(tasks) };
}
