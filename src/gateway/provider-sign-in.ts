import {
  type ConsolePerson,
  consolePersonOf,
  type ConsolePersonRules,
  subjectDigest,
} from '../core/identity/console-person.ts';
import type { Administrator } from '../core/identity/principal.ts';
import { hashToken } from '../core/identity/token-format.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { AccountEntry } from '../core/audit/entry.ts';
import type { AccountStore, StoredAccount } from '../ports/account-store.ts';
import type { AdminAuthenticator } from '../ports/admin-authenticator.ts';
import type { AuditLog } from '../ports/audit-log.ts';
import type { Clock, Ids } from '../ports/clock.ts';
import type { IdentityProvider, ProviderAnswer, StartedSignIn } from '../ports/identity-provider.ts';
import { StoreError } from '../ports/store-error.ts';
import { ACCOUNT_ID_PREFIX } from './administration/accounts.ts';
import { addressKey, createAttemptLimit } from './attempt-limit.ts';
import type { ConsoleSessions } from './console-sessions.ts';
import { recordSignIn } from './console-sign-in.ts';
import type { OperatorReport } from './deps.ts';
import { keepNewest } from './keep-newest.ts';
import { randomText } from './random-text.ts';

/**
 * `unclear`: the provider knows them, and what it says does not name one person. `no-role`: the operator gave them nothing to do here.
 * `disabled`: an operator ended their account.
 */
export type ProviderSignInFault = 'refused' | 'unclear' | 'no-role' | 'disabled' | 'too-many' | 'unavailable';

export interface SentAway {
  /** For a cookie of the browser that begins: only it can finish. */
  readonly secret: string;
  readonly url: string;
}

export interface CameBack {
  /** For the cookie of the session. */
  readonly secret: string;
  /** Where they wanted to go. */
  readonly next: string;
}

/** Signing in through an OpenID provider: away to it, and back with its answer. */
export interface ProviderSignIn {
  /** For people: the host of the provider. */
  readonly name: string;
  /** `isFresh`: they are to prove again who they are. `next` is a path of ours. */
  begin(wish: {
    readonly next: string;
    readonly isFresh: boolean;
    readonly address: string;
  }): Promise<Result<SentAway, ProviderSignInFault>>;
  /** `secret`: what the cookie of the beginning holds. It is good once, whatever comes of it. */
  finish(secret: string | null, query: string): Promise<Result<CameBack, ProviderSignInFault>>;
}

export interface ProviderSignInDeps {
  readonly provider: IdentityProvider;
  readonly rules: ConsolePersonRules;
  readonly redirectUri: () => string;
  readonly sessions: ConsoleSessions;
  readonly authenticator: Pick<AdminAuthenticator, 'recheck'>;
  readonly accounts: AccountStore;
  /** Told when the rights of an account have changed, so that nobody goes on with the former ones. */
  readonly forgetRights: (credentialId: string) => void;
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly report: (problem: OperatorReport) => void;
}

/** Long enough to find a second factor. */
const AWAY_MS_MAX = 10 * 60_000;
const AWAY_MAX = 1000;
/** Anybody can begin, and each beginning takes a place of somebody else's when there are too many. */
const ADDRESS_LIMIT = { attemptsMax: 30, forgivenAfterMs: 2000, keysMax: 10_000 };
/** The provider's clock and ours. */
const SKEW_MS = 30_000;

interface Away {
  readonly started: StartedSignIn;
  readonly next: string;
  readonly beganMs: number;
  readonly beganMonotonicMs: number;
}

export function createProviderSignIn(deps: ProviderSignInDeps): ProviderSignIn {
  const { provider, clock, ids, sessions } = deps;
  const addresses = createAttemptLimit(clock, ADDRESS_LIMIT);
  const away = new Map<string, Away>();

  /** Once, and soon. */
  function takeBack(secret: string | null): Away | null {
    if (secret === null) return null;
    const key = hashToken(secret);
    const found = away.get(key);
    away.delete(key);
    return found === undefined || clock.monotonicMs() - found.beganMonotonicMs > AWAY_MS_MAX ? null : found;
  }

  return {
    name: new URL(provider.issuer).host,
    async begin({ next, isFresh, address }) {
      if (addresses.count(addressKey(address))) return err('too-many');
      const started = await provider.start(deps.redirectUri(), isFresh);
      if (!started.ok) return err(told(deps, 'unavailable', started.error.detail));
      const secret = randomText(ids);
      keepNewest(away, AWAY_MAX);
      const times = { beganMs: clock.nowMs(), beganMonotonicMs: clock.monotonicMs() };
      away.set(hashToken(secret), { started: started.value, next, ...times });
      return ok({ secret, url: started.value.url });
    },
    async finish(secret, query) {
      const found = takeBack(secret);
      // Anybody, and any page, can send a browser here: what nobody began is no sign-in, and has no place in a log that is kept for good.
      if (found === null) return err('refused');
      const by = await identify(deps, found, query).catch(storeFault);
      if (!by.ok) {
        if (by.error !== 'unavailable')
          await recordSignIn(deps, { change: 'refused', method: 'oidc', user: null, credentialId: null });
        return by;
      }
      const { administrator, provedAgoMs } = by.value;
      const { user, credentialId } = administrator;
      await recordSignIn(deps, { change: 'signed-in', method: 'oidc', user, credentialId });
      return ok({ secret: sessions.open(administrator, provedAgoMs), next: found.next });
    },
  };
}

type Identified = Result<{ readonly administrator: Administrator; readonly provedAgoMs: number }, ProviderSignInFault>;

async function identify(deps: ProviderSignInDeps, { started, beganMs }: Away, query: string): Promise<Identified> {
  const answer = await deps.provider.finish(started, query);
  if (!answer.ok) return err(told(deps, answer.error.kind, answer.error.detail));
  if (started.isFresh && !isFreshSince(answer.value, beganMs))
    return err(told(deps, 'refused', 'the provider did not ask them to prove who they are'));
  const person = consolePersonOf(answer.value.claims, deps.rules);
  if (!person.ok) return err(told(deps, 'unclear', person.error));
  const account = await keepAccount(deps, person.value);
  if (!account.ok) return account;
  const administrator = await deps.authenticator.recheck(account.value.id);
  if (!administrator.ok) return err(administrator.error.kind === 'unavailable' ? 'unavailable' : 'disabled');
  const { authenticatedMs } = answer.value;
  const provedAgoMs = authenticatedMs === null ? Infinity : Math.max(0, deps.clock.nowMs() - authenticatedMs);
  return ok({ administrator: administrator.value, provedAgoMs });
}

function isFreshSince({ authenticatedMs }: ProviderAnswer, beganMs: number): boolean {
  return authenticatedMs !== null && authenticatedMs >= beganMs - SKEW_MS;
}

/**
 * The account that stands for them: what they decide is judged by it again when the call runs, and an operator can end it. Its rights are
 * those of their last sign-in, also of one that was refused because there were none: what they had ends then, in every browser.
 */
async function keepAccount(
  deps: ProviderSignInDeps,
  { subject, user, groups, roles }: ConsolePerson,
): Promise<Result<StoredAccount, ProviderSignInFault>> {
  const id = `${ACCOUNT_ID_PREFIX}_${subjectDigest(subject)}`;
  const timeMs = deps.clock.nowMs();
  const entry = { kind: 'account', timeMs, accountId: id, roles, by: deps.provider.issuer } as const;
  const known = await deps.accounts.find(id);
  if (known === null && roles.length === 0) return err('no-role');
  if (known === null) {
    const account = { id, user, subject, passwordHash: '', roles, groups, createdMs: timeMs, disabledMs: null };
    const isNew = await deps.accounts.create(account, [{ ...entry, change: 'created', user } satisfies AccountEntry]);
    return isNew ? ok(account) : err(told(deps, 'unclear', 'somebody else has the name that the provider gives them'));
  }
  if (known.disabledMs !== null) return err('disabled');
  if (!isSame(known.roles, roles) || !isSame(known.groups, groups)) {
    await deps.accounts.change(id, { roles, groups }, [{ ...entry, change: 'rights-set', user: known.user }]);
    deps.forgetRights(id);
  }
  return roles.length === 0 ? err('no-role') : ok({ ...known, roles, groups });
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each) => b.includes(each));
}

/** People are told little; the operator is told why. */
function told<Fault extends ProviderSignInFault>(
  { report, provider }: ProviderSignInDeps,
  fault: Fault,
  why: string,
): Fault {
  report({ callId: null, problem: `a sign-in through ${provider.issuer} failed: ${why}` });
  return fault;
}

function storeFault(error: unknown): Result<never, ProviderSignInFault> {
  if (error instanceof StoreError) return err('unavailable');
  throw error;
}
