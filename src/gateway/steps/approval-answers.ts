import type { Approval, ApprovalId } from '../../core/approval/approval.ts';
import type { TargetKind } from '../../core/catalog/target.ts';
import type { Json } from '../../core/json/value.ts';
import { assertNever } from '../../core/result.ts';
import { formatTimestamp } from '../../core/timestamp.ts';
import type { CallDeps } from '../deps.ts';
import type { HostError, HostResult } from '../gateway.ts';
import { failedAnswer } from '../host-errors.ts';

/** Seconds after which trying again makes sense. A person is deciding, so sooner is only noise. */
const RETRY_AFTER_SECONDS = 30;

/**
 * What a host is told about a request that it cannot run now. Always an error result, so that no model takes it for success; the one
 * exception is the kept result of a call that did run.
 */
export function approvalAnswer(deps: CallDeps, approval: Approval, kind: TargetKind): HostResult | HostError {
  const { id, status, note, comment } = approval;
  switch (status) {
    case 'pending':
      return pendingAnswer(deps, approval, kind);
    case 'approved':
      return statusAnswer(kind, id, status, 'is approved. Call again with the same arguments to run it.');
    case 'executing':
      return statusAnswer(kind, id, status, 'is running now. Call again with the same arguments to get its result.');
    case 'executed': {
      const kept = deps.keptResults.find(id);
      if (kept !== null) return { kind: 'result', json: kept };
      return statusAnswer(kind, id, status, 'has run already. Its result is no longer kept. It was not run again.');
    }
    case 'failed':
    case 'outcome-unknown': {
      const kept = deps.keptResults.find(id);
      if (kept !== null) return { kind: 'result', json: kept };
      // The note says what the upstream is like behind us, which is for operators.
      return statusAnswer(
        kind,
        id,
        status,
        'was sent, and it is not known to have succeeded. Check before asking anew.',
      );
    }
    case 'rejected': {
      if (approval.supersededBy !== null)
        return editedAnswer(deps, { ...approval, supersededBy: approval.supersededBy });
      const why = comment === null ? '' : ` The comment: ${comment}.`;
      return statusAnswer(
        kind,
        id,
        status,
        `was rejected by a person. It did not run.${why} Do not try to get round this.`,
      );
    }
    case 'expired':
      return statusAnswer(kind, id, status, 'expired. It did not run. Call again to ask anew.');
    case 'withdrawn':
      return statusAnswer(kind, id, status, 'was withdrawn. It did not run.');
    case 'void':
      return statusAnswer(kind, id, status, `is void${inBrackets(note)}. It did not run. Call again to ask anew.`);
    default:
      return assertNever(status);
  }
}

/** Everything that a retry and the user need (product contract §4). */
function pendingAnswer(
  { approvalSettings, clock }: CallDeps,
  approval: Approval,
  kind: TargetKind,
): HostResult | HostError {
  const url = `${approvalSettings.consoleUrl()}/approvals/${approval.id}`;
  const minutes = Math.max(1, Math.round((approval.expiresMs - clock.nowMs()) / 60_000));
  const text =
    `Pending approval, not executed. A person must approve this call: request ${approval.id}, ${url} (expires in ${minutes} min). ` +
    `Tell the user, then ${kind === 'tool' ? 'call the same tool' : 'ask for the same'} again with the same arguments to get the result.`;
  return failedAnswer(kind, text, {
    status: 'approval_pending',
    approvalId: approval.id,
    url,
    expiresAt: formatTimestamp(approval.expiresMs),
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}

/**
 * A person put other arguments in the place of these. They run only if the host sends them itself: what somebody asked for and what runs
 * are never two things. `edited`: the request for them; without it they are not shown.
 */
export function editedAnswer(
  { approvalSettings }: CallDeps,
  { id, supersededBy }: { readonly id: ApprovalId; readonly supersededBy: ApprovalId },
  edited: Approval | null = null,
): HostResult | HostError {
  const url = `${approvalSettings.consoleUrl()}/approvals/${supersededBy}`;
  const shown = edited === null ? '' : ` They are: ${edited.argumentsShown}`;
  const text =
    `Not executed. A person changed the arguments of the request ${id}; the request ${supersededBy}, ${url}, asks for approval of the ` +
    'changed ones. With the original arguments it will not run. Tell the user. If the changed arguments serve them, call the same tool ' +
    `with exactly those.${shown}`;
  return failedAnswer('tool', text, {
    status: 'approval_edited',
    approvalId: id,
    editedApprovalId: supersededBy,
    url,
    ...(edited === null ? {} : { arguments: JSON.parse(edited.argumentsShown) as Json }),
  });
}

function statusAnswer(kind: TargetKind, id: string, status: string, words: string): HostResult | HostError {
  return failedAnswer(kind, `The request ${id} ${words}`, {
    status: `approval_${status.replace('-', '_')}`,
    approvalId: id,
  });
}

const inBrackets = (note: string | null): string => (note === null ? '' : ` (${note})`);
