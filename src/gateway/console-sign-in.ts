import type { SignInEntry } from '../core/audit/entry.ts';
import type { Administrator } from '../core/identity/principal.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { AccountStore } from '../ports/account-store.ts';
import type { AdminAuthenticationFault, AdminAuthenticator } from '../ports/admin-authenticator.ts';
import type { AuditLog } from '../ports/audit-log.ts';
import type { Clock } from '../ports/clock.ts';
import type { PasswordHasher } from '../ports/password-hasher.ts';
import { StoreError } from '../ports/store-error.ts';
import { addressKey, createAttemptLimit } from './attempt-limit.ts';
import type { ConsoleSessions } from './console-sessions.ts';
import type { OperatorReport } from './deps.ts';

export type SignInAttempt =
  | { readonly method: 'password'; readonly user: string; readonly password: string }
  | { readonly method: 'token'; readonly token: string }
  | { readonly method: 'link'; readonly code: string };

/** `refused` says no more than that: not whether there is such a name, token or link. */
export type SignInFault = 'refused' | 'too-many' | 'unavailable';

export interface ConsoleSignIn {
  /** Resolves to the secret for the cookie. `address` is where the attempt comes from, for the limits. */
  signIn(attempt: SignInAttempt, address: string): Promise<Result<string, SignInFault>>;
  signOut(secret: string): Promise<void>;
}

export interface ConsoleSignInDeps {
  readonly sessions: ConsoleSessions;
  readonly authenticator: AdminAuthenticator;
  readonly accounts: AccountStore;
  readonly passwords: PasswordHasher;
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly report: (problem: OperatorReport) => void;
}

/**
 * A name that is guessed at is closed to passwords for a while, to its owner too: passwords can be guessed, and a token opens the console,
 * and the kill switch, all the same.
 */
const NAME_LIMIT = { attemptsMax: 8, forgivenAfterMs: 60_000, keysMax: 10_000 };
const ADDRESS_LIMIT = { attemptsMax: 30, forgivenAfterMs: 10_000, keysMax: 10_000 };

export function createConsoleSignIn(deps: ConsoleSignInDeps): ConsoleSignIn {
  const names = createAttemptLimit(deps.clock, NAME_LIMIT);
  const addresses = createAttemptLimit(deps.clock, ADDRESS_LIMIT);
  const refusals = createAttemptLimit(deps.clock, ADDRESS_LIMIT);

  function isTooMany(attempt: SignInAttempt, address: string): boolean {
    if (attempt.method !== 'password') return false;
    // An address that guesses too much must not close, or make us forget, one name after another.
    return addresses.count(addressKey(address)) || names.count(attempt.user.toLowerCase());
  }

  return {
    async signIn(attempt, address) {
      if (isTooMany(attempt, address)) return err('too-many');
      const by = await identify(deps, attempt).catch(storeFault);
      if (!by.ok) {
        // Tokens are tried without a limit; a log that is kept for good must not grow with that.
        if (by.error === 'refused' && !refusals.count(addressKey(address))) await recordRefusal(deps, attempt);
        return by;
      }
      if (attempt.method === 'password') names.forget(attempt.user.toLowerCase());
      const { user, credentialId } = by.value;
      await recordSignIn(deps, { change: 'signed-in', method: attempt.method, user, credentialId });
      // A token lies in files, where programs find it: it opens the console, and proves nobody's presence.
      return ok(deps.sessions.open(by.value, attempt.method === 'password' ? 0 : Infinity));
    },

    async signOut(secret) {
      const session = await deps.sessions.check(secret, 'watch');
      deps.sessions.close(secret);
      if (!session.ok) return;
      const { user, credentialId } = session.value.by;
      await recordSignIn(deps, { change: 'signed-out', method: null, user, credentialId });
    },
  };
}

function identify(deps: ConsoleSignInDeps, attempt: SignInAttempt): Promise<Result<Administrator, SignInFault>> {
  switch (attempt.method) {
    case 'password':
      return identifyByPassword(deps, attempt);
    case 'token':
      return deps.authenticator.authenticate(`Bearer ${attempt.token}`).then(asSignIn);
    case 'link':
      return deps.sessions.redeemLink(attempt.code).then(asSignIn);
  }
}

async function identifyByPassword(
  deps: ConsoleSignInDeps,
  { user, password }: { readonly user: string; readonly password: string },
): Promise<Result<Administrator, SignInFault>> {
  const account = await deps.accounts.findByName(user);
  const isRight = await deps.passwords.isPassword(account?.passwordHash ?? null, password);
  if (isRight === null) return err('too-many');
  if (account === null || !isRight) return err('refused');
  return asSignIn(await deps.authenticator.recheck(account.id));
}

function asSignIn(answer: Result<Administrator, AdminAuthenticationFault>): Result<Administrator, SignInFault> {
  if (answer.ok) return answer;
  return err(answer.error.kind === 'unavailable' ? 'unavailable' : 'refused');
}

function storeFault(error: unknown): Result<never, SignInFault> {
  if (error instanceof StoreError) return err('unavailable');
  throw error;
}

/** What was typed into the field for names may be a password; only what is the name of somebody is written down. */
async function recordRefusal(deps: ConsoleSignInDeps, attempt: SignInAttempt): Promise<void> {
  const account = attempt.method === 'password' ? await deps.accounts.findByName(attempt.user).catch(() => null) : null;
  await recordSignIn(deps, {
    change: 'refused',
    method: attempt.method,
    user: account?.user ?? null,
    credentialId: null,
  });
}

/** Nobody is kept from the kill switch because the log is down: who signs in then is told to the operator's log instead. */
export async function recordSignIn(
  deps: Pick<ConsoleSignInDeps, 'audit' | 'clock' | 'report'>,
  entry: Omit<SignInEntry, 'kind' | 'timeMs'>,
): Promise<void> {
  try {
    await deps.audit.record([{ kind: 'sign-in', timeMs: deps.clock.nowMs(), ...entry }]);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    deps.report({ callId: null, problem: `a sign-in (${entry.change}) could not be recorded`, error });
  }
}
