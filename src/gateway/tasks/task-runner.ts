import type { Approval, ApprovalId } from '../../core/approval/approval.ts';
import type { Principal } from '../../core/identity/principal.ts';
import { taskStatusOf } from '../../core/tasks/task-status.ts';
import type { Task, TaskId } from '../../core/tasks/task.ts';
import { failClosed } from '../admit.ts';
import type { CallDeps } from '../deps.ts';
import type { Endpoint, HostCall } from '../gateway.ts';
import { NO_CAPABILITIES } from '../../core/conversation/capabilities.ts';
import { handleCall } from '../handle-call.ts';
import { NOBODY_ON_THE_LINE } from './host-line.ts';
import { openCall, sealEnd, type TaskCall } from './task-call.ts';

/**
 * Runs the calls behind tasks once they are approved, on behalf of a host that nobody holds the line for. It has no say in whether they
 * may run: it sends the call through the one pipeline again, as a retry of its host would, and the approval can be spent once.
 */
export interface TaskRunner {
  /**
   * Its owner is here, with an identity that was just checked. From now on and for a while the call runs, as this principal, as soon
   * as it is approved; at once where it is. Nothing runs as somebody whom nobody has seen for longer.
   */
  see(task: Task, principal: Principal): void;
  isRunning(id: TaskId): boolean;
  /** Resolves when no call of a task is under way. None is started from now on. */
  finish(): Promise<void>;
}

export function createTaskRunner(deps: CallDeps): TaskRunner {
  const presences = new Map<TaskId, AbortController>();
  const running = new Map<TaskId, Promise<void>>();
  let isFinishing = false;

  async function follow(task: Task, approvalId: ApprovalId, principal: Principal, signal: AbortSignal): Promise<void> {
    const untilMs = deps.clock.monotonicMs() + deps.taskSettings.presenceMs;
    for (;;) {
      const approval = await deps.approvals.find(approvalId);
      if (signal.aborted || isFinishing) return;
      if (approval?.status === 'approved') return start(task, approval, principal);
      if (approval?.status !== 'pending') return;
      const leftMs = untilMs - deps.clock.monotonicMs();
      if (leftMs <= 0 || (await deps.desk.wait(approvalId, leftMs, signal)) !== 'changed') return;
    }
  }

  function start(task: Task, approval: Approval, principal: Principal): void {
    if (running.has(task.id)) return;
    const run = runTask(deps, task, approval, principal)
      .catch((error: unknown) => deps.report({ callId: null, problem: 'an approved task could not be run', error }))
      .finally(() => {
        running.delete(task.id);
        // Whoever waits for the result looks again, and finds it kept.
        deps.desk.wake(approval.id);
      });
    running.set(task.id, run);
  }

  return {
    see(task, principal) {
      const { id, approvalId } = task;
      if (approvalId === null || isFinishing || running.has(id)) return;
      presences.get(id)?.abort();
      const presence = new AbortController();
      presences.set(id, presence);
      follow(task, approvalId, principal, presence.signal)
        .catch((error: unknown) => deps.report({ callId: null, problem: 'a task could not be followed', error }))
        .finally(() => {
          if (presences.get(id) === presence) presences.delete(id);
        });
    },
    isRunning: (id) => running.has(id),
    async finish() {
      isFinishing = true;
      for (const presence of presences.values()) presence.abort();
      await Promise.all(running.values());
    },
  };
}

async function runTask(deps: CallDeps, task: Task, approval: Approval, principal: Principal): Promise<void> {
  const call = openCall(deps.taskSealer, task);
  if (call === null || call.args === null) return;
  const hostCall = hostCallOf(task, call, call.args, approval, principal);
  const answer = await failClosed(deps, hostCall.context, () => handleCall(deps, hostCall));
  const after = await deps.approvals.find(approval.id);
  // Still open: its upstream was away, say. The next time its owner is seen it is tried again.
  if (answer.kind !== 'result' || after === null || taskStatusOf(after.status) !== 'completed') return;
  const bytes = answer.json.reduce((sum, piece) => sum + piece.length, 0);
  if (bytes > deps.taskSettings.resultBytesMax) return;
  const sealed = sealEnd(deps.taskSealer, task.id, answer);
  await deps.lateRecords.record(call.callId, () => deps.tasks.keepResult(task.id, sealed));
}

function hostCallOf(
  task: Task,
  call: TaskCall,
  args: HostCall['args'],
  approval: Approval,
  principal: Principal,
): HostCall {
  const { callId, kind, exposedName, revision, traceparent } = call;
  const endpoint: Endpoint = task.endpoint === null ? { kind: 'all' } : { kind: 'one', upstream: task.endpoint };
  const { signal } = new AbortController();
  return {
    // Nobody is on the line, so nobody can be asked.
    context: {
      callId,
      principal,
      endpoint,
      revision,
      traceparent,
      signal,
      capabilities: NO_CAPABILITIES,
      logLevel: null,
    },
    kind,
    exposedName,
    args,
    stream: NOBODY_ON_THE_LINE,
    resumes: approval.id,
    continuation: null,
    // An upstream that makes a task of it may take its time.
    onTask: () => Promise.resolve(true),
  };
}
