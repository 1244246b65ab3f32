import type { Task, TaskId } from '../../core/tasks/task.ts';
import { isModernRevision } from '../../core/mcp/revisions.ts';
import { admit, failClosed } from '../admit.ts';
import { approvalEntry } from '../approval-entries.ts';
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
import { openResult } from './task-call.ts';
import { createTaskRunner } from './task-runner.ts';
import { taskView } from './task-view.ts';

/** Calls whose host waits by a task. Nothing here throws: what goes wrong comes back as an error that a host may see. */
export interface Tasks {
  /** A governed call, answered with a task where its host takes one and there is something to wait for. */
  call(call: HostCall): Promise<HostResult | HostError | HostInputRequest | HostTask>;
  get(context: RequestContext, id: TaskId): Promise<HostTask | HostError>;
  /** Takes answers to what a task asked of its host. None ever asks, so they are ignored. */
  update(context: RequestContext, id: TaskId): Promise<HostTask | HostError>;
  /** Withdraws the approval. A call that runs by then goes on: a write cannot be taken back by hanging up. */
  cancel(context: RequestContext, id: TaskId): Promise<HostTask | HostError>;
  /** Resolves when the task is over. Waits on an event stream for long, and without one not at all. */
  awaitOutcome(context: RequestContext, id: TaskId, stream: HostStream): Promise<HostTask | HostError>;
  list(context: RequestContext, cursor: string | null): Promise<HostTaskList | HostError>;
  /** Resolves when no call of a task is under way. None is started from now on. */
  finish(): Promise<void>;
}

export function createTasks(deps: CallDeps): Tasks {
  const runner = createTaskRunner(deps);
  const view = ({ task, approval }: Pick<OpenedTask, 'task' | 'approval'>): HostTask =>
    taskView(deps, task, {
      approval,
      result: openResult(deps.taskSealer, task),
      isRunning: runner.isRunning(task.id),
    });

  async function call(hostCall: HostCall): Promise<HostResult | HostError | HostInputRequest | HostTask> {
    const answer = await converse(deps, hostCall);
    if (answer.kind === 'waits') {
      runner.see(answer.task, hostCall.context.principal);
      return view(answer);
    }
    if (answer.kind !== 'result' || hostCall.waiting !== 'task') return answer;
    const ended = await endedTask(deps, hostCall, answer);
    return ended === null ? tooManyTasks() : view({ task: ended, approval: null });
  }

  async function get(context: RequestContext, method: string, id: TaskId): Promise<HostTask | HostError> {
    const opened = await openTask(deps, context, method, id);
    if (!opened.ok) return opened.error;
    runner.see(opened.value.task, context.principal);
    return view(opened.value);
  }

  async function awaitOutcome(context: RequestContext, id: TaskId, stream: HostStream): Promise<HostTask | HostError> {
    const untilMs = deps.clock.monotonicMs() + deps.taskSettings.awaitMsMax;
    for (;;) {
      // Decided anew each time: what is handed over is what may be handed over at that moment.
      const opened = await openTask(deps, context, 'tasks/result', id);
      if (!opened.ok) return opened.error;
      const { task } = opened.value;
      runner.see(task, context.principal);
      // Looked at again, now that nothing is waited for until the desk knows: a change meanwhile would have woken nobody.
      const approval = await loadApproval(deps, task);
      const now = view({ task, approval });
      if (now.status !== 'working' || approval === null) return now;
      const leftMs = Math.min(untilMs - deps.clock.monotonicMs(), deps.taskSettings.presenceMs);
      if (leftMs <= 0 || !stream.open()) return taskNotFinished();
      const stopped = await waitForChange(deps, context, opened.value, leftMs);
      if (stopped !== null) return stopped;
    }
  }

  return {
    call: (hostCall) => failClosed(deps, hostCall.context, () => call(hostCall)),
    get: (context, id) => failClosed(deps, context, () => get(context, 'tasks/get', id)),
    update: (context, id) => failClosed(deps, context, () => get(context, 'tasks/update', id)),
    cancel: (context, id) => failClosed(deps, context, () => cancel(deps, context, id, view)),
    awaitOutcome: (context, id, stream) => failClosed(deps, context, () => awaitOutcome(context, id, stream)),
    list: (context, cursor) => failClosed(deps, context, () => list(deps, context, cursor, view)),
    finish: () => runner.finish(),
  };
}

async function endedTask(deps: CallDeps, call: HostCall, result: HostResult): Promise<Task | null> {
  const target = await resolveTarget(deps, call);
  const bytes = result.json.reduce((sum, piece) => sum + piece.length, 0);
  if (target === null || bytes > deps.taskSettings.resultBytesMax) return null;
  return createEndedTask(deps, call, target.ref, result);
}

/** `null`: look again. A switch or a revocation ends the wait as it ends a call. */
async function waitForChange(
  deps: CallDeps,
  context: RequestContext,
  { approval, killFacts }: OpenedTask,
  timeoutMs: number,
): Promise<HostError | null> {
  const { credentialId } = context.principal;
  const place = deps.inFlight.enter({ facts: killFacts, credentialId }, context.signal);
  try {
    if (approval !== null) await deps.desk.wait(approval.id, timeoutMs, place.signal);
    if (place.stoppedBy === 'kill-switch') return stoppedBySwitch();
    return place.signal.aborted ? unknownTask() : null;
  } finally {
    place.leave();
  }
}

type View = (opened: Pick<OpenedTask, 'task' | 'approval'>) => HostTask;

async function cancel(deps: CallDeps, context: RequestContext, id: TaskId, view: View): Promise<HostTask | HostError> {
  const opened = await openTask(deps, context, 'tasks/cancel', id);
  if (!opened.ok) return opened.error;
  const { task, approval } = opened.value;
  if (isOpen(approval)) {
    const { principal, callId } = context;
    const by = { by: principal.id, credentialId: principal.credentialId, callId };
    const entry = approvalEntry(approval, 'withdrawn', deps.clock.nowMs(), by);
    const withdrawn = await deps.approvals.transition(approval.id, approval.status, { status: 'withdrawn' }, [entry]);
    if (withdrawn !== null) {
      deps.desk.wake(approval.id);
      return view({ task, approval: withdrawn });
    }
  }
  // Revision 2025-11-25 wants an error for what cannot be cancelled, the extension an acknowledgement.
  if (!isModernRevision(context.revision)) return taskIsOver();
  return view({ task, approval: await loadApproval(deps, task) });
}

async function list(
  deps: CallDeps,
  context: RequestContext,
  cursor: string | null,
  view: View,
): Promise<HostTaskList | HostError> {
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
    return { ...view({ task, approval: await loadApproval(deps, task) }), outcome: null };
  });
  return { kind: 'tasks', tasks: await Promise.all(tasks) };
}
