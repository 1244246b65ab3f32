import type { Approval } from '../core/approval/approval.ts';
import type { KnownPeople, NameLists } from '../core/identity/known-people.ts';
import { namesIn } from '../core/identity/names-in.ts';
import type { Administrator } from '../core/identity/principal.ts';
import type { AccountStore, StoredAccount } from '../ports/account-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { StoredToken, TokenStore } from '../ports/token-store.ts';

/** Who may decide an approval. Asked when they decide, and once more when the call runs. */
export interface Approvers {
  /** Every name that this person goes by, as far as the operator and their accounts tell. Throws `StoreError`. */
  namesOf(by: Administrator): Promise<ReadonlySet<string>>;
  /** Whether everybody who approved still holds, in one credential, what the approval asks of an approver; and whether they are enough. */
  mayStillApprove(approval: Approval): Promise<boolean>;
}

export interface ApproversDeps {
  readonly tokens: TokenStore;
  readonly accounts: AccountStore;
  readonly clock: Clock;
  readonly people: KnownPeople;
}

export function createApprovers({ tokens, accounts, clock, people }: ApproversDeps): Approvers {
  return {
    async namesOf(by) {
      return people.namesOf(ownNamesOf(by), listsOf(await accounts.list()));
    },
    async mayStillApprove(approval) {
      const nowMs = clock.nowMs();
      const [issued, known] = await Promise.all([tokens.list(), accounts.list()]);
      const credentials = [
        ...issued.filter(
          ({ plane, revokedMs, expiresMs }) => plane === 'admin' && revokedMs === null && expiresMs > nowMs,
        ),
        ...known.filter(({ disabledMs }) => disabledMs === null),
      ];
      const lists = listsOf(known);
      const namesOfAll = (each: StoredToken | StoredAccount) =>
        people.namesOf(ownNamesOf(asAdministrator(each)), lists);
      const mayStill = (user: string): boolean =>
        credentials.some((each) => each.user === user && mayApprove(asAdministrator(each), namesOfAll(each), approval));
      // Counted anew, because it may be known by now that two of them are one.
      const counted = countPeople(approval.approvedBy.map((user) => people.namesOf([user], lists)));
      return counted >= approval.approversNeeded && approval.approvedBy.every(mayStill);
    },
  };
}

/** An account of a provider's has two names: the one that it goes by here, and the one of the provider. Also of those that are no more. */
function listsOf(accounts: readonly StoredAccount[]): NameLists {
  return accounts.flatMap(({ user, subject }) => (subject === null ? [] : [[user, subject]]));
}

function countPeople(approvers: readonly ReadonlySet<string>[]): number {
  return approvers.filter((names, index) =>
    approvers.slice(0, index).every((other) => [...other].every((name) => !names.has(name))),
  ).length;
}

function asAdministrator(credential: StoredToken | StoredAccount): Administrator {
  const { user, roles, groups, id } = credential;
  const subject = 'subject' in credential ? credential.subject : null;
  return { user, roles, groups, credentialId: id, ...(subject === null ? {} : { subject }) };
}

/** The role, what the rule asks for, and not the requester under whatever account; or the requester, where the rule leaves it to them. */
function mayApprove(by: Administrator, names: ReadonlySet<string>, approval: Approval): boolean {
  if (approval.particulars.byRequester) return isActingPerson(by, approval);
  return (
    by.roles.includes('approver') &&
    !isRequester(names, approval) &&
    !isProposer(names, approval) &&
    isInApproverGroup(by, approval) &&
    isNamedApprover(by, approval)
  );
}

/** Whether they are certainly one person. Unlike below, in doubt they are not. */
export function isActingPerson(by: Administrator, { binding }: Approval): boolean {
  return (by.subject ?? by.user) === binding.principal;
}

/**
 * Whether who goes by all these names is the one who asked, as far as names can tell: the id of either, the subject in it where an issuer vouches for it, the display
 * name, in any case, and what the operator says of names. In doubt they are: another approver is soon found, and a call that ran is not undone.
 */
export function isRequester(names: ReadonlySet<string>, { binding, requesterName }: Approval): boolean {
  return [binding.principal, requesterName].flatMap(namesIn).some((name) => names.has(name));
}

/** Whether who goes by all these names put these arguments in the place of others: two people agree to those, as well. In doubt they are. */
export function isProposer(names: ReadonlySet<string>, { particulars: { origin } }: Approval): boolean {
  return origin?.kind === 'edit' && origin.by.some((name) => names.has(name));
}

/** All that this person may be known as, by their own credential. */
export function ownNamesOf({ user, subject }: Administrator): readonly string[] {
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
