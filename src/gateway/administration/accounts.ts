import type { AccountEntry } from '../../core/audit/entry.ts';
import type { KnownPeople } from '../../core/identity/known-people.ts';
import type { Administrator } from '../../core/identity/principal.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { AccountStore, StoredAccount } from '../../ports/account-store.ts';
import type { Clock, Ids } from '../../ports/clock.ts';
import type { PasswordHasher } from '../../ports/password-hasher.ts';
import type { AdminFault, Administration, KnownAccount } from '../administration.ts';
import { checkRole, notFound, withStore } from './admin-fault.ts';

export interface AccountAdminDeps {
  readonly accounts: AccountStore;
  readonly passwords: PasswordHasher;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly forgetCredential: (credentialId: string) => void;
  readonly people: KnownPeople;
}

/** Marks what is an account among credential ids. */
export const ACCOUNT_ID_PREFIX = 'acct';

/** People who sign in to the console. Operators make and end them; nobody can read a password back. */
export function createAccountAdministration(
  deps: AccountAdminDeps,
): Pick<Administration, 'createAccount' | 'listAccounts' | 'setPassword' | 'disableAccount'> {
  return {
    createAccount: async (by, { user, password, roles, groups }) => {
      const fault = checkRole(by, 'operator') ?? checkPassword(password, user);
      if (fault !== null) return err(fault);
      const passwordHash = await deps.passwords.hash(password);
      if (passwordHash === null) return err(BUSY);
      const id = deps.ids.next(ACCOUNT_ID_PREFIX);
      const createdMs = deps.clock.nowMs();
      const account: StoredAccount = {
        id,
        user,
        subject: null,
        passwordHash,
        roles,
        groups,
        createdMs,
        disabledMs: null,
      };
      return withStore(async () => {
        const isNew = await deps.accounts.create(account, [entryOf(deps, account, 'created', by)]);
        return isNew ? ok(known(deps, account)) : err(TAKEN);
      });
    },
    listAccounts: (by) => {
      const fault = checkRole(by, 'operator', 'auditor');
      return fault === null
        ? withStore(async () => ok((await deps.accounts.list()).map((each) => known(deps, each))))
        : Promise.resolve(err(fault));
    },
    setPassword: async (by, id, password) => {
      const fault = checkRole(by, 'operator') ?? checkPassword(password, '');
      if (fault !== null) return err(fault);
      const passwordHash = await deps.passwords.hash(password);
      if (passwordHash === null) return err(BUSY);
      return change(deps, by, id, 'password-set', { passwordHash });
    },
    disableAccount: async (by, id) => {
      const fault = checkRole(by, 'operator');
      return fault === null ? change(deps, by, id, 'disabled', { disabledMs: deps.clock.nowMs() }) : err(fault);
    },
  };
}

function known({ people }: AccountAdminDeps, account: StoredAccount): KnownAccount {
  const { user, subject } = account;
  return { ...account, alsoKnownAs: people.othersOf([user, ...(subject === null ? [] : [subject])]) };
}

/** Whoever knew the account as it was is signed out. */
function change(
  deps: AccountAdminDeps,
  by: Administrator,
  id: string,
  what: 'password-set' | 'disabled',
  changed: Parameters<AccountStore['change']>[1],
): Promise<Result<KnownAccount, AdminFault>> {
  return withStore(async () => {
    const account = await deps.accounts.find(id);
    if (account === null) return err(notFound('account'));
    if (account.disabledMs !== null) return err(DISABLED);
    if (what === 'password-set' && account.subject !== null) return err(PROVIDED);
    await deps.accounts.change(id, changed, [entryOf(deps, account, what, by)]);
    deps.forgetCredential(id);
    return ok(known(deps, { ...account, ...changed }));
  });
}

/** NIST SP 800-63B: length, and no rules about which characters. */
const PASSWORD_CHARS_MIN = 12;
const PASSWORD_CHARS_MAX = 256;

function checkPassword(password: string, user: string): AdminFault | null {
  const invalid = (message: string): AdminFault => ({ kind: 'invalid', message, help: 'Four random words will do.' });
  if (password.length < PASSWORD_CHARS_MIN) return invalid(`a password has at least ${PASSWORD_CHARS_MIN} characters`);
  if (password.length > PASSWORD_CHARS_MAX) return invalid(`a password has at most ${PASSWORD_CHARS_MAX} characters`);
  if (password.toLowerCase() === user.toLowerCase()) return invalid('the password is the name');
  return null;
}

const BUSY: AdminFault = { kind: 'unavailable', message: 'too many passwords at once', help: 'Try again in a second.' };
const TAKEN: AdminFault = { kind: 'conflict', message: 'there is an account with this name', help: 'List them.' };
const PROVIDED: AdminFault = {
  kind: 'conflict',
  message: 'this person signs in through the OpenID provider',
  help: 'They change their password there.',
};
const DISABLED: AdminFault = {
  kind: 'conflict',
  message: 'the account is disabled, for good',
  help: 'Create one with another name: decisions by this one stay attributed to it.',
};

function entryOf(
  { clock }: AccountAdminDeps,
  { id, user, roles }: StoredAccount,
  changed: AccountEntry['change'],
  by: Administrator,
): AccountEntry {
  return { kind: 'account', timeMs: clock.nowMs(), change: changed, accountId: id, user, roles, by: by.user };
}
