import type { Approval } from '../../core/approval/approval.ts';
import type { Target } from '../../core/catalog/target.ts';
import type { Task, TaskId } from '../../core/tasks/task.ts';
import type { CallDeps } from '../deps.ts';
import type { HostCall, HostResult } from '../gateway.ts';
import { sealCall, sealEnd } from './task-call.ts';

/** A task that waits for this approval; the one that there is, where the same call is sent again. `null`: there is no room. */
export async function createWaitingTask(
  deps: CallDeps,
  call: HostCall,
  target: Target,
  approval: Approval,
): Promise<Task | null> {
  const nowMs = deps.clock.nowMs();
  const existing = await deps.tasks.findFor(approval.id, nowMs);
  if (existing !== null) return ownedBy(existing, call) ? existing : null;
  const id = deps.ids.next('task') as TaskId;
  const task: Task = {
    ...ownerOf(call),
    id,
    approvalId: approval.id,
    sealedCall: sealCall(deps.taskSealer, id, { ...callFields(call), target, args: call.args }),
    sealedResult: null,
    createdMs: nowMs,
    expiresMs: approval.expiresMs + deps.taskSettings.keepMs,
  };
  if (await deps.tasks.create(task, { ...deps.taskSettings, nowMs })) return task;
  const created = await deps.tasks.findFor(approval.id, nowMs);
  return created !== null && ownedBy(created, call) ? created : null;
}

/** A task of a call that runs and needed no approval; `null`: there is no room. */
export async function createRunningTask(deps: CallDeps, call: HostCall, target: Target): Promise<Task | null> {
  const nowMs = deps.clock.nowMs();
  const id = deps.ids.next('task') as TaskId;
  const task: Task = {
    ...ownerOf(call),
    id,
    approvalId: null,
    sealedCall: sealCall(deps.taskSealer, id, { ...callFields(call), target, args: call.args }),
    sealedResult: null,
    createdMs: nowMs,
    expiresMs: nowMs + deps.taskSettings.runMsMax + deps.taskSettings.keepMs,
  };
  return (await deps.tasks.create(task, { ...deps.taskSettings, nowMs })) ? task : null;
}

/** A task of a call that is over: it holds the result for a host that takes nothing but tasks. `null`: there is no room. */
export async function createEndedTask(
  deps: CallDeps,
  call: HostCall,
  target: Target,
  result: HostResult,
): Promise<Task | null> {
  const nowMs = deps.clock.nowMs();
  const id = deps.ids.next('task') as TaskId;
  const task: Task = {
    ...ownerOf(call),
    id,
    approvalId: null,
    sealedCall: sealCall(deps.taskSealer, id, { ...callFields(call), target, args: null }),
    sealedResult: sealEnd(deps.taskSealer, id, result),
    createdMs: nowMs,
    expiresMs: nowMs + deps.taskSettings.keepMs,
  };
  return (await deps.tasks.create(task, { ...deps.taskSettings, nowMs })) ? task : null;
}

/** Whether a request comes from the one who made the task, by the same client, at the same endpoint. */
export function ownedBy(task: Task, { context }: Pick<HostCall, 'context'>): boolean {
  const owner = ownerOf({ context });
  return task.principal === owner.principal && task.client === owner.client && task.endpoint === owner.endpoint;
}

function ownerOf({ context }: Pick<HostCall, 'context'>): Pick<Task, 'principal' | 'client' | 'endpoint'> {
  const { principal, endpoint } = context;
  return {
    principal: principal.id,
    client: principal.client,
    endpoint: endpoint.kind === 'one' ? endpoint.upstream : null,
  };
}

function callFields({ context, kind, exposedName }: HostCall) {
  const { callId, revision, traceparent } = context;
  return { callId, kind, exposedName, revision, traceparent };
}
