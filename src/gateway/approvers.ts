import type { Approval } from '../core/approval/approval.ts';
import { namesIn } from '../core/identity/names-in.ts';
import type { Administrator } from '../core/identity/principal.ts';
import type { AccountStore, StoredAccount } from '../ports/account-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { StoredToken, TokenStore } from '../ports/token-store.ts';

/** Who may decide an approval. Asked when they decide, and once more when the call runs. */
export interface Approvers {
  /** Whether everybody who approved still holds, in one credential, what the approval asks of an approver; and whether they are enough. */
  mayStillApprove(approval: Approval): Promise<boolean>;
}

export function createApprovers(
  { tokens, accounts }: { readonly tokens: TokenStore; readonly accounts: AccountStore },
  clock: Clock,
): Approvers {
  return {
    async mayStillApprove(approval) {
      const nowMs = clock.nowMs();
      const [issued, people] = await Promise.all([tokens.list(), accounts.list()]);
      const credentials = [
        ...issued.filter(
          ({ plane, revokedMs, expiresMs }) => plane === 'admin' && revokedMs === null && expiresMs > nowMs,
        ),
        ...people.filter(({ disabledMs }) => disabledMs === null),
      ];
      const mayStill = (user: string): boolean =>
        credentials.some((each) => each.user === user && mayApprove(asAdministrator(each), approval));
      return approval.approvedBy.length >= approval.approversNeeded && approval.approvedBy.every(mayStill);
    },
  };
}

function asAdministrator(credential: StoredToken | StoredAccount): Administrator {
  const { user, roles, groups, id } = credential;
  const subject = 'subject' in credential ? credential.subject : null;
  return { user, roles, groups, credentialId: id, ...(subject === null ? {} : { subject }) };
}

/** The role, what the rule asks for, and not the requester under whatever account; or the requester, where the rule leaves it to them. */
function mayApprove(by: Administrator, approval: Approval): boolean {
  if (approval.particulars.byRequester) return isActingPerson(by, approval);
  return (
    by.roles.includes('approver') &&
    !isRequester(by, approval) &&
    !isProposer(by, approval) &&
    isInApproverGroup(by, approval) &&
    isNamedApprover(by, approval)
  );
}

/** Whether they are certainly one person. Unlike below, in doubt they are not. */
export function isActingPerson(by: Administrator, { binding }: Approval): boolean {
  return (by.subject ?? by.user) === binding.principal;
}

/**
 * Whether the two are one person, as far as names can tell: the id of either, the subject in it where an issuer vouches for it, and
 * the display name, in any case. In doubt they are: another approver is soon found, and a call that ran is not undone.
 */
export function isRequester(by: Administrator, { binding, requesterName }: Approval): boolean {
  const asked = [...namesIn(binding.principal), ...namesIn(requesterName)];
  return namesOf(by).some((name) => asked.includes(name));
}

/** Whether they are who put these arguments in the place of others: two people agree to those, as well. In doubt they are. */
export function isProposer(by: Administrator, { particulars: { origin } }: Approval): boolean {
  return origin?.kind === 'edit' && namesOf(by).some((name) => origin.by.includes(name));
}

/** All that this person may be known as. */
export function namesOf({ user, subject }: Administrator): readonly string[] {
  return [...namesIn(user), ...namesIn(subject ?? user)];
}

export function isInApproverGroup(by: Administrator, approval: Approval): boolean {
  const { approverGroups } = approval;
  return approverGroups.length === 0 || approverGroups.some((group) => by.groups.includes(group));
}

export function isNamedApprover(by: Administrator, { particulars }: Approval): boolean {
  const { approverUsers } = particulars;
  return approverUsers.length === 0 || approverUsers.includes(by.user);
}
