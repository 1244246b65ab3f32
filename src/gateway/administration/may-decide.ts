import type { Approval } from '../../core/approval/approval.ts';
import type { Administrator } from '../../core/identity/principal.ts';
import type { AdminFault } from '../administration.ts';
import { isActingPerson, isInApproverGroup, isNamedApprover, isProposer, isRequester } from '../approvers.ts';
import { checkRole, forbidden } from './admin-fault.ts';

/** Why this administrator, who goes by all these names, cannot decide this request; `null`: they can. Says nothing of whether it is still open. */
export function mayNotDecide(by: Administrator, names: ReadonlySet<string>, approval: Approval): AdminFault | null {
  if (approval.particulars.byRequester) {
    const others = forbidden('the acting person confirms this call, and nobody else', 'Ask the one who asks for it.');
    return isActingPerson(by, approval) ? null : (checkRole(by, 'approver') ?? others);
  }
  const fault = checkRole(by, 'approver');
  if (fault !== null) return fault;
  if (isRequester(names, approval)) return forbidden('nobody decides on their own request', 'Ask another approver.');
  if (isProposer(names, approval))
    return forbidden('nobody decides on the arguments that they proposed', 'Ask another approver.');
  if (!isInApproverGroup(by, approval)) {
    const help = `It names: ${approval.approverGroups.join(', ')}.`;
    return forbidden('the rule asks for an approver of another group', help);
  }
  return isNamedApprover(by, approval)
    ? null
    : forbidden(
        'the rule names the people who may approve',
        `It names: ${approval.particulars.approverUsers.join(', ')}.`,
      );
}

/** Whether they signed in too long ago, or not on the console at all, for what the rule asks. Rejecting never asks for it. */
export function mustSignInAgain({ provedAgoMs }: Administrator, { particulars }: Approval): boolean {
  const { reauthenticateMs } = particulars;
  if (reauthenticateMs === null) return false;
  // A token proves nobody's presence.
  return provedAgoMs === undefined || provedAgoMs > reauthenticateMs;
}
