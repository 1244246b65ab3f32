import type { Approval } from '../../core/approval/approval.ts';
import type { KillFacts } from '../../core/kill-switch/kill-switch.ts';
import { decide } from '../../core/policy/decide.ts';
import type { ReasonCode } from '../../core/policy/reasons.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Task, TaskId } from '../../core/tasks/task.ts';
import type { CallDeps } from '../deps.ts';
import type { HostError, RequestContext } from '../gateway.ts';
import { stoppedBySwitch, unknownTask } from '../host-errors.ts';
import { reasonCodes, requestFields } from '../steps/record-decision.ts';
import { expireApproval, voidApproval } from '../void-approval.ts';
import { ownedBy } from './create-task.ts';
import { openCall, type TaskCall } from './task-call.ts';

/** A task whose owner is here, and whom policy still allows its call. */
export interface OpenedTask {
  readonly task: Task;
  readonly call: TaskCall;
  /** As it is now; `null` for a task that never waited. */
  readonly approval: Approval | null;
  readonly killFacts: KillFacts;
}

export interface TaskRequest {
  readonly method: string;
  readonly id: TaskId;
  /** Policy no longer allows the call of this task to its owner: it must not go on. */
  readonly onDenied: (id: TaskId) => void;
}

/**
 * Every way to a task begins here: decides whether this request may have it, and records that. A task that is unknown, over, somebody
 * else's, or about what policy no longer allows is answered in the same bytes, so that an id tells its finder nothing.
 */
export async function openTask(
  deps: CallDeps,
  context: RequestContext,
  { method, id, onDenied }: TaskRequest,
): Promise<Result<OpenedTask, HostError>> {
  const task = await deps.tasks.find(id, deps.clock.nowMs());
  const call = task === null || !ownedBy(task, { context }) ? null : openCall(deps.taskSealer, task);
  if (task === null || call === null) {
    await recordTaskDecision(deps, context, { method, upstream: null, task: null, denied: ['task_unknown'] });
    return err(unknownTask());
  }

  const { principal } = context;
  const { upstream } = call.target;
  const decision = decide(deps.policy(), {
    principal,
    target: call.target,
    args: call.args,
    nowMs: deps.clock.nowMs(),
  });
  const killFacts: KillFacts = {
    principal: principal.id,
    client: principal.client,
    upstream,
    tool: call.target.name,
    class: decision.class,
  };
  if (deps.killSwitches.find(killFacts) !== null) {
    await recordTaskDecision(deps, context, { method, upstream, task, denied: ['kill_switch'] });
    return err(stoppedBySwitch());
  }
  const approval = await loadApproval(deps, task);
  if (decision.effect === 'deny') {
    // Its host is told that it is gone, so it must not run should policy change back.
    onDenied(id);
    const left = deps.leftCalls.takeTask(call.callId, task.approvalId);
    if (left !== null) await deps.leftCalls.end(left, 'aborted', 'the policy no longer allows it');
    if (isOpen(approval)) await voidApproval(deps, approval, 'gateway', 'the policy no longer allows it');
    await recordTaskDecision(deps, context, { method, upstream, task, denied: reasonCodes(decision.reasons) });
    return err(unknownTask());
  }
  await recordTaskDecision(deps, context, { method, upstream, task, denied: null });
  return ok({ task, call, approval, killFacts });
}

export function isOpen(approval: Approval | null): approval is Approval {
  return approval?.status === 'pending' || approval?.status === 'approved';
}

export async function loadApproval(deps: CallDeps, { approvalId }: Pick<Task, 'approvalId'>): Promise<Approval | null> {
  if (approvalId === null) return null;
  const approval = await deps.approvals.find(approvalId);
  if (approval === null) throw new Error('a task waits for an approval that is not there');
  if (!isOpen(approval) || approval.expiresMs > deps.clock.nowMs()) return approval;
  return (await expireApproval(deps, approval)) ?? (await deps.approvals.find(approvalId));
}

interface TaskDecision {
  readonly method: string;
  readonly upstream: string | null;
  readonly task: Task | null;
  /** `null`: allowed. */
  readonly denied: readonly ReasonCode[] | null;
}

/** Without the tool, because nothing is dispatched by this entry; the approval leads to it. */
async function recordTaskDecision(deps: CallDeps, context: RequestContext, made: TaskDecision): Promise<void> {
  const { method, upstream, task, denied } = made;
  await deps.audit.record([
    {
      ...requestFields(deps, context, method),
      upstream,
      tool: null,
      definitionDigest: null,
      class: null,
      policyVersion: deps.policy().version,
      decision: denied === null ? 'allow' : 'deny',
      ruleId: null,
      reasons: denied ?? ['method_allowed'],
      argsDigest: null,
      approvalId: task?.approvalId ?? null,
      payload: null,
    },
  ]);
}
