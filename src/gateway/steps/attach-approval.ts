import { canonicalJson } from '../../core/json/canonical-json.ts';
import type { Approval, ApprovalBinding, ApprovalId } from '../../core/approval/approval.ts';
import type { ApprovalOrigin } from '../../core/approval/particulars.ts';
import { labelOf } from '../../core/catalog/target.ts';
import type { DefinitionDigest } from '../../core/catalog/tool.ts';
import type { Principal } from '../../core/identity/principal.ts';
import type { Decision } from '../../core/policy/decision.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { approvalEntry } from '../approval-entries.ts';
import type { CallDeps } from '../deps.ts';
import type { GovernedCall } from '../governed-call.ts';
import { expireApproval, voidApproval } from '../void-approval.ts';
import { newApproval } from './new-approval.ts';
import { decisionEntry } from './record-decision.ts';

type HeldCall = GovernedCall & { readonly decision: { readonly effect: 'approve' } };

/** More than this nobody looks at, and a list of approvals holds hundreds of them. */
export const ARGUMENTS_SHOWN_CHARS_MAX: number = 256 * 1024;

/**
 * Finds the approval that this very call already has, or asks for one. Records the decision on this request either way. The same
 * person, client, tool and arguments attach to the same request, so that a retry neither asks twice nor runs twice.
 */
export async function attachApproval(
  deps: CallDeps,
  governed: HeldCall,
  onAsked: (approval: Approval) => void,
): Promise<Result<Approval, 'approval_backlog' | 'arguments_too_large' | 'arguments_not_shown'>> {
  const binding = bindingOf(deps, governed);
  let refused: ApprovalId | null | undefined;
  for (;;) {
    const newest = await deps.approvals.findNewest(binding);
    const open = newest === null ? null : await retire(deps, newest, binding, governed.decision);
    if (open !== null) {
      await deps.audit.record([decisionEntry(deps, governed, open.id)]);
      return ok(open);
    }
    const newestId = newest?.id ?? null;
    // The store took no new one, and nobody else asked for the same meanwhile: the queue is full.
    if (newestId === refused) return err('approval_backlog');
    const approval = newApproval(deps, governed, binding, stillProposed(newest));
    if (approval === null) return err('arguments_not_shown');
    if (approval.argumentsShown.length > ARGUMENTS_SHOWN_CHARS_MAX) return err('arguments_too_large');
    if (await createApproval(deps, governed, approval, newestId)) {
      deps.deadlines.note(approval);
      onAsked(approval);
      return ok(approval);
    }
    refused = newestId;
  }
}

/**
 * What an approver proposed stays theirs until it ran with the agreement of others: that the request for it expired, or is void, is no way
 * to approve one's own proposal.
 */
function stillProposed(newest: Approval | null): ApprovalOrigin | null {
  const origin = newest?.finishedMs === null ? newest.particulars.origin : null;
  return origin?.kind === 'edit' ? origin : null;
}

function createApproval(
  deps: CallDeps,
  governed: HeldCall,
  approval: Approval,
  newest: ApprovalId | null,
): Promise<boolean> {
  const { pendingPerPrincipalMax, pendingPerToolMax, pendingMax } = deps.approvalSettings;
  const { callId } = governed.call.context;
  return deps.approvals.create(approval, { newest, pendingMax, pendingPerPrincipalMax, pendingPerToolMax }, [
    decisionEntry(deps, governed, approval.id),
    approvalEntry(approval, 'requested', approval.createdMs, { callId }),
  ]);
}

/** The approval as long as it stands for this call; `null` once it is over, after storing that it is. */
export async function retire(
  deps: Pick<CallDeps, 'approvals' | 'clock' | 'deadlines' | 'approvalSettings'>,
  approval: Approval,
  binding: ApprovalBinding,
  decision: Decision,
): Promise<Approval | null> {
  const nowMs = deps.clock.nowMs();
  switch (approval.status) {
    case 'pending':
    case 'approved': {
      const difference = changedSince(approval, binding, decision);
      if (difference !== null) await voidApproval(deps, approval, 'gateway', difference);
      else if (deps.deadlines.isOver(approval)) await expireApproval(deps, approval);
      else return approval;
      return null;
    }
    // A rejection stands until the request would have expired: asking again at once is not a way round it.
    case 'rejected':
      return deps.deadlines.isOver(approval) ? null : approval;
    case 'executing':
      return approval;
    case 'executed':
    case 'failed':
    case 'outcome-unknown': {
      const endedMs = approval.finishedMs ?? approval.createdMs;
      return endedMs + deps.approvalSettings.keepResultMs > nowMs ? approval : null;
    }
    case 'expired':
    case 'withdrawn':
    case 'void':
      return null;
  }
}

/** What is no longer as it was when the approval was asked for, in words for the log; `null` where nothing is. */
export function changedSince(approval: Approval, now: ApprovalBinding, decision: Decision): string | null {
  const then = approval.binding;
  if (then.definitionDigest !== now.definitionDigest) return 'the tool definition changed';
  if (then.policyVersion !== now.policyVersion) return 'the policy changed';
  if (then.environment !== now.environment) return 'the environment changed';
  const fields = ['principal', 'client', 'upstream', 'tool', 'argsDigest'] as const;
  if (!fields.every((field) => then[field] === now[field])) return 'it belongs to another call';
  // The same policy asks other people where the requester has other groups or scopes by now.
  if (decision.effect !== 'approve') return null;
  const { approverGroups, approverUsers, approversNeeded, byRequester } = decision.terms;
  const { particulars } = approval;
  const isAsBefore =
    approversNeeded === approval.approversNeeded &&
    byRequester === particulars.byRequester &&
    canonicalJson(approverUsers) === canonicalJson(particulars.approverUsers) &&
    canonicalJson(approverGroups) === canonicalJson(approval.approverGroups);
  return isAsBefore ? null : 'others must approve it now';
}

type BoundCall = Pick<GovernedCall, 'target' | 'decision' | 'argsDigest' | 'definitionDigest'> & {
  readonly call: { readonly context: { readonly principal: Principal } };
};

export function bindingOf(deps: Pick<CallDeps, 'environment'>, governed: BoundCall): ApprovalBinding {
  const { principal } = governed.call.context;
  return {
    principal: principal.id,
    client: principal.client,
    upstream: governed.target.ref.upstream,
    tool: labelOf(governed.target.ref),
    argsDigest: governed.argsDigest,
    definitionDigest: governed.definitionDigest ?? NO_DEFINITION,
    policyVersion: governed.decision.policyVersion,
    environment: deps.environment,
  };
}

/** In the binding of what has no definition that could change. */
export const NO_DEFINITION: DefinitionDigest = '' as DefinitionDigest;
