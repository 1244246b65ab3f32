import type { Approval, ApprovalId } from '../../core/approval/approval.ts';
import { isModernRevision } from '../../core/mcp/revisions.ts';
import type { Task } from '../../core/tasks/task.ts';
import { taskStatusOf } from '../../core/tasks/task-status.ts';
import type { CallDeps } from '../deps.ts';
import { CANCELLED, type HostError, type HostResult, type RequestContext } from '../gateway.ts';
import type { GovernedCall } from '../governed-call.ts';
import { stoppedBySwitch } from '../host-errors.ts';
import { createWaitingTask } from '../tasks/create-task.ts';
import { voidApproval, withdrawApproval } from '../void-approval.ts';
import { attachApproval } from './attach-approval.ts';
import { approvalAnswer, editedAnswer } from './approval-answers.ts';
import { deny } from './deny.ts';
import { canSendToPage, sendToPage, tellPageDone } from './send-to-page.ts';
import { resumeTask } from './resume-task.ts';
import { spendApproval } from './spend-approval.ts';
import { holdMsOf, waitForPerson } from './wait-for-person.ts';

type HeldCall = GovernedCall & { readonly decision: { readonly effect: 'approve' } };

/** What a call comes to, or the task by which its host waits for that. */
export type CallAnswer = HostResult | HostError | WaitingCall;

export interface WaitingCall {
  readonly kind: 'waits';
  readonly task: Task;
  readonly approval: Approval;
}

/**
 * A call that a person must agree to. Holds it for a while, in case someone decides at once, and otherwise says that it is pending.
 * Whoever sends the same call again attaches to the same request; `onAsked` is told of one that was made.
 */
export async function callWithApproval(
  deps: CallDeps,
  governed: GovernedCall,
  onAsked: (approval: Approval) => void,
): Promise<CallAnswer> {
  const { call, decision } = governed;
  if (!isHeld(governed)) throw new Error('only a call that needs approval is held');
  let isNew = false;
  const attached = await attachApproval(deps, governed, (approval) => {
    isNew = true;
    onAsked(approval);
  });
  if (!attached.ok) return deny(deps, call, { code: attached.error, ...decision, target: governed.target });
  if (isKilled(governed)) return endRequest(deps, attached.value);
  const waiting = await waitByTask(deps, governed, attached.value);
  if (waiting !== null) return waiting;
  if (attached.value.status !== 'pending') return answerFor(deps, governed, attached.value);

  // Once for a request: a host that comes back every half a minute must not send its person there each time.
  const isSent = isNew && canSendToPage(governed, attached.value);
  const held = await (isSent ? holdByPage(deps, governed, attached.value) : hold(deps, governed, attached.value));
  return isKilled(governed) ? stoppedBySwitch() : answerFor(deps, governed, held);
}

/**
 * The call behind a task, sent again to spend its approval. Neither attaches to another one nor asks for one: its host waits for this
 * approval and no other, and is told what became of it.
 */
export async function resumeWithApproval(deps: CallDeps, governed: GovernedCall, id: ApprovalId): Promise<CallAnswer> {
  const approval = await deps.approvals.find(id);
  if (approval === null) throw new Error('a call is resumed for an approval that is not there');
  return answerFor(deps, governed, approval);
}

/** `null`: its host waits on the line, nothing is left to wait for, or there is no room for another task. */
async function waitByTask(
  deps: CallDeps,
  { call, target }: GovernedCall,
  approval: Approval,
): Promise<WaitingCall | null> {
  if ((call.waiting ?? 'hold') === 'hold' || taskStatusOf(approval.status) !== 'working') return null;
  const task = await createWaitingTask(deps, call, target.ref, approval);
  return task === null ? null : { kind: 'waits', task, approval };
}

const isKilled = ({ place }: GovernedCall): boolean => place.stoppedBy === 'kill-switch';

/** The switch was pulled, and made void what there was, before this request was stored. */
async function endRequest(deps: CallDeps, approval: Approval): Promise<HostError> {
  const isOpen = approval.status === 'pending' || approval.status === 'approved';
  if (isOpen) await voidApproval(deps, approval, 'gateway', 'a kill switch was pulled while it was asked for');
  return stoppedBySwitch();
}

function answerFor(
  deps: CallDeps,
  governed: GovernedCall,
  approval: Approval,
): Promise<HostResult | HostError> | HostResult | HostError {
  const missed = missedResult(deps, approval);
  if (missed !== null) return missed;
  if (approval.status === 'approved') return spendApproval(deps, governed, approval);
  const left = approval.status === 'executing' ? deps.leftCalls.takeTask(approval.id, approval.id) : null;
  if (left !== null) return resumeTask(deps, governed, left, approval);
  if (approval.supersededBy !== null) return showEdited(deps, { ...approval, supersededBy: approval.supersededBy });
  return approvalAnswer(deps, approval, governed.call.kind);
}

async function showEdited(
  deps: CallDeps,
  approval: Approval & { readonly supersededBy: ApprovalId },
): Promise<HostResult | HostError> {
  return editedAnswer(deps, approval, await deps.approvals.find(approval.supersededBy));
}

/** The call before this one of the same grant ran, and its host was gone: this is its retry, and no further call. */
function missedResult(deps: CallDeps, { status, particulars: { origin } }: Approval): HostResult | null {
  const json = status === 'approved' && origin?.kind === 'grant' ? deps.keptResults.take(origin.id) : null;
  return json === null ? null : { kind: 'result', json };
}

/**
 * The same, while the acting person is sent to the page where they decide. A modern host is asked by way of an answer, so nobody is on the line
 * until it comes back; a legacy one is asked on the line, for as long as it is held.
 */
async function holdByPage(deps: CallDeps, governed: GovernedCall, approval: Approval): Promise<Approval> {
  const { call, place } = governed;
  if (isModernRevision(call.context.revision)) {
    const answer = await sendToPage(deps, governed, approval, place.signal);
    return answer === 'went' ? hold(deps, governed, approval) : approval;
  }
  if (holdMsOf(deps, call.context) === 0) return hold(deps, governed, approval);
  const over = new AbortController();
  const sent = sendToPage(deps, governed, approval, AbortSignal.any([place.signal, over.signal])).catch(
    (error: unknown) =>
      deps.report({ callId: call.context.callId, problem: 'a person could not be sent to a page', error }),
  );
  const held = await hold(deps, governed, approval).finally(() => over.abort());
  await sent;
  if (held.status !== 'pending') tellPageDone(governed, held);
  return held;
}

/** Waits for a decision and returns the approval as it then is. Holding is a courtesy: every way out of it is safe. */
async function hold(deps: CallDeps, { call, place }: GovernedCall, approval: Approval): Promise<Approval> {
  const { stream } = call;
  const { context } = call;
  if (stream.open()) await waitForPerson(deps, { context, stream, approval, signal: place.signal });
  if (context.signal.reason === CANCELLED) return withdraw(deps, context, approval);
  const now = (await deps.approvals.find(approval.id)) ?? approval;
  // Nobody is there to take the result: the call may run when it is sent again, not before.
  return place.signal.aborted || !stream.isThere() ? approval : now;
}

/** Nobody wants it any more, so nobody is bothered with it. What was decided meanwhile stays as it is. */
async function withdraw(deps: CallDeps, { callId, principal }: RequestContext, approval: Approval): Promise<Approval> {
  const { id: by, credentialId } = principal;
  const withdrawn = await withdrawApproval(deps, approval, { by, credentialId, callId });
  if (withdrawn !== null) deps.desk.wake(approval.id);
  return withdrawn ?? approval;
}

function isHeld(governed: GovernedCall): governed is HeldCall {
  return governed.decision.effect === 'approve';
}
