import type { Approval } from '../core/approval/approval.ts';
import type { Administrator } from '../core/identity/principal.ts';
import type { Clock } from '../ports/clock.ts';
import type { TokenStore } from '../ports/token-store.ts';

/** Who may decide an approval. Asked when they decide, and once more when the call runs. */
export interface Approvers {
  /** Whether the person who approved still holds, in one credential, what the approval asks of an approver. */
  mayStillApprove(approval: Approval): Promise<boolean>;
}

export function createApprovers(tokens: TokenStore, clock: Clock): Approvers {
  return {
    async mayStillApprove(approval) {
      const nowMs = clock.nowMs();
      const issued = await tokens.list();
      return issued.some(
        (token) =>
          token.plane === 'admin' &&
          token.user === approval.decidedBy &&
          token.revokedMs === null &&
          token.expiresMs > nowMs &&
          mayApprove({ ...token, credentialId: token.id }, approval),
      );
    },
  };
}

/** The role, one of the groups that the rule asks for, and not the requester under whatever account. */
function mayApprove(by: Administrator, approval: Approval): boolean {
  return by.roles.includes('approver') && !isRequester(by, approval) && isInApproverGroup(by, approval);
}

export function isRequester(by: Administrator, approval: Approval): boolean {
  return by.user === approval.binding.principal || by.user === approval.requesterName;
}

export function isInApproverGroup(by: Administrator, approval: Approval): boolean {
  const { approverGroups } = approval;
  return approverGroups.length === 0 || approverGroups.some((group) => by.groups.includes(group));
}
