import type { Approval, ApprovalStatus } from '../../core/approval/approval.ts';
import type { DispatchEntry, OutcomeCode } from '../../core/audit/entry.ts';
import { labelOf } from '../../core/catalog/target.ts';
import { redactName } from '../../core/content/redact-name.ts';
import { hasEnded } from '../../core/identity/principal.ts';
import { decide } from '../../core/policy/decide.ts';
import type { CallDeps } from '../deps.ts';
import type { HostError, HostResult } from '../gateway.ts';
import type { GovernedCall } from '../governed-call.ts';
import { outcomeNotRecorded, stoppedBySwitch } from '../host-errors.ts';
import { expireApproval, voidApproval } from '../void-approval.ts';
import { bindingOf, changedSince, NO_DEFINITION } from './attach-approval.ts';
import { denyOverLimit } from './deny-over-limit.ts';
import type { TakenUse } from '../limits.ts';
import { approvalAnswer } from './approval-answers.ts';
import { dispatch } from './dispatch.ts';
import { renewGrant } from './renew-grant.ts';
import { type LoadedDefinition, loadNewestDefinition } from './resolve-target.ts';

/**
 * Runs an approved call, once. Everything that made the approval possible is checked again; then the approval is spent and the
 * dispatch recorded in one transaction, and only the one request that won this compare-and-set goes on.
 */
export async function spendApproval(
  deps: CallDeps,
  governed: GovernedCall,
  approval: Approval,
): Promise<HostResult | HostError> {
  const { call, place } = governed;
  await deps.killSwitches.finishVoiding();
  const definition = await loadNewestDefinition(deps, governed.target, governed.call.context.principal.id);
  // What the tool is now cannot be known, so the approval waits for its upstream.
  if (!definition.ok) return approvalAnswer(deps, approval, call.kind);
  const obstacle = await findObstacle(deps, governed, approval, definition.value);
  if (obstacle !== null) return endFor(deps, governed, approval, obstacle);

  if (deps.killSwitches.find(governed.killFacts) !== null || place.stoppedBy === 'kill-switch')
    return stoppedBySwitch();
  // The host is gone, or its credential is revoked or over: nobody may have the result, so the approval is kept for whoever may.
  if (place.signal.aborted || hasEnded(call.context.principal, deps.clock.nowMs()))
    return approvalAnswer(deps, approval, call.kind);
  const taken = deps.limits.take(governed.decision.limits);
  // The approval stands: it can be spent when there is room again.
  if (!taken.ok) return denyOverLimit(deps, governed, taken.error);
  try {
    await taken.value.store();
    return await claim(deps, governed, approval, taken.value);
  } finally {
    taken.value.end();
  }
}

/** Only the one request that wins the compare-and-set goes on; what the others took of limits is given back. */
async function claim(
  deps: CallDeps,
  governed: GovernedCall,
  approval: Approval,
  taken: TakenUse,
): Promise<HostResult | HostError> {
  const { call, place } = governed;
  const late = changedMeanwhile(deps, approval);
  if (late !== null) {
    await taken.giveBack();
    return endFor(deps, governed, approval, late);
  }
  place.outliveHost();
  const entry = dispatchEntry(deps, governed, approval);
  const change = { status: 'executing', atMs: entry.timeMs } as const;
  const claimed = await deps.approvals.transition(approval.id, 'approved', change, [entry]);
  if (claimed === null) {
    await taken.giveBack();
    return approvalAnswer(deps, (await deps.approvals.find(approval.id)) ?? approval, call.kind);
  }
  return runClaimed(deps, governed, claimed);
}

/** It cannot be spent any more, and the log says why. */
async function endFor(
  deps: CallDeps,
  { call }: GovernedCall,
  approval: Approval,
  obstacle: string,
): Promise<HostResult | HostError> {
  const ended =
    obstacle === EXPIRED
      ? await expireApproval(deps, approval)
      : await voidApproval(deps, approval, 'gateway', obstacle);
  return approvalAnswer(deps, ended ?? (await deps.approvals.find(approval.id)) ?? approval, call.kind);
}

const EXPIRED = 'expired';

/**
 * What may have come while the store was waited for. Asked in the very turn in which the approval is spent, so that no answer is older than
 * that.
 */
function changedMeanwhile(deps: CallDeps, approval: Approval): string | null {
  if (deps.deadlines.isOver(approval)) return EXPIRED;
  return deps.policy().version === approval.binding.policyVersion ? null : 'the policy changed';
}

/** What changed since the approval was given, in words for its requester; `null` where nothing did. */
async function findObstacle(
  deps: CallDeps,
  governed: GovernedCall,
  approval: Approval,
  definition: LoadedDefinition | null,
): Promise<string | null> {
  const { call, target } = governed;
  const { principal } = call.context;
  if (deps.deadlines.isOver(approval)) return EXPIRED;

  const decision = decide(deps.policy(), { principal, target: target.ref, args: call.args, nowMs: deps.clock.nowMs() });
  if (decision.effect === 'deny') return 'the policy no longer allows it';
  if (definition === null) return 'the tool is no longer offered';

  const now = {
    ...bindingOf(deps, governed),
    policyVersion: decision.policyVersion,
    definitionDigest: definition.digest ?? NO_DEFINITION,
  };
  const changed = changedSince(approval, now, decision);
  if (changed !== null) return changed;
  return (await deps.approvers.mayStillApprove(approval)) ? null : 'the approver may no longer approve this';
}

/**
 * The approval is spent. A host that goes away now does not end the call, because a write cannot be taken back by hanging up: the
 * result is kept for its retry. The kill switch does end it.
 */
export async function runClaimed(
  deps: CallDeps,
  governed: GovernedCall,
  approval: Approval,
): Promise<HostResult | HostError> {
  const outcome = await dispatch(deps, governed, approval.id);
  const change = {
    status: statusAfter(outcome.entry.outcome),
    atMs: outcome.entry.timeMs,
    finishedMs: outcome.entry.timeMs,
    note: outcome.entry.detail,
  };
  const recorded = await deps.lateRecords.record(outcome.entry.callId, () =>
    deps.approvals.transition(approval.id, 'executing', change, [outcome.entry]),
  );
  if (!recorded) return outcomeNotRecorded();
  // With a grant, the same call again is a further one, unless nobody was there to take the result of this one.
  const isTaken = approval.grant !== null && approval.grant.left > 0 && !governed.call.context.signal.aborted;
  if (outcome.result !== null && !isTaken)
    deps.keptResults.keep(approval.id, outcome.result.json, outcome.result.jsonBytes);
  await renewGrant(deps, governed, { ...approval, status: change.status });
  deps.desk.wake(approval.id);
  return outcome.answer;
}

function statusAfter(outcome: OutcomeCode): ApprovalStatus {
  switch (outcome) {
    case 'ok':
      return 'executed';
    case 'tool-error':
    case 'upstream-error':
    case 'not-dispatched':
      return 'failed';
    case 'upstream-unreachable':
    case 'timeout':
    case 'aborted':
    case 'killed':
    case 'unknown':
      return 'outcome-unknown';
  }
}

function dispatchEntry(deps: CallDeps, governed: GovernedCall, approval: Approval): DispatchEntry {
  return {
    kind: 'dispatch',
    timeMs: deps.clock.nowMs(),
    callId: governed.call.context.callId,
    approvalId: approval.id,
    principal: governed.call.context.principal.id,
    upstream: governed.target.ref.upstream,
    tool: redactName(labelOf(governed.target.ref)),
    policyVersion: approval.binding.policyVersion,
    argsDigest: governed.argsDigest,
    decidedBy: approval.approvedBy.join(', '),
  };
}
