import type { ApprovalId } from '../../core/approval/approval.ts';
import { decide } from '../../core/policy/decide.ts';
import type { Task, TaskId } from '../../core/tasks/task.ts';
import type { CallDeps } from '../deps.ts';
import type { TaskNotice } from '../subscriptions/listening.ts';
import type { Subscriptions } from '../subscriptions/create-subscriptions.ts';
import type { HostTask } from './host-task.ts';
import { openCall } from './task-call.ts';

/** Tells the hosts that listen when something becomes of their tasks: whenever whoever waits for one is woken. */
export function announceTasks(
  deps: CallDeps,
  subscriptions: Pick<Subscriptions, 'tellTask' | 'hasTaskListeners'>,
  show: (task: Task) => Promise<HostTask>,
): void {
  async function announce(id: ApprovalId | TaskId): Promise<void> {
    const nowMs = deps.clock.nowMs();
    const task = await (isTaskId(id) ? deps.tasks.find(id, nowMs) : deps.tasks.findFor(id, nowMs));
    if (task !== null) await subscriptions.tellTask(task, () => noticeOf(deps, task, show));
  }

  deps.desk.onWake((id) => {
    if (!subscriptions.hasTaskListeners()) return;
    announce(id).catch((error: unknown) =>
      deps.report({ callId: null, problem: 'a task could not be announced', error }),
    );
  });
}

async function noticeOf(
  deps: CallDeps,
  task: Task,
  show: (task: Task) => Promise<HostTask>,
): Promise<TaskNotice | null> {
  const call = openCall(deps.taskSealer, task);
  if (call === null) return null;
  const { target, args } = call;
  return {
    kind: 'task',
    task: await show(task),
    mayTell(principal) {
      const decision = decide(deps.policy(), { principal, target, args, nowMs: deps.clock.nowMs() });
      const facts = { principal: principal.id, client: principal.client, upstream: target.upstream, tool: target.name };
      return decision.effect !== 'deny' && deps.killSwitches.find({ ...facts, class: decision.class }) === null;
    },
  };
}

const isTaskId = (id: ApprovalId | TaskId): id is TaskId => id.startsWith('task_');
