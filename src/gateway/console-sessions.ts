import type { Administrator } from '../core/identity/principal.ts';
import { hashToken, isTokenHash } from '../core/identity/token-format.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { AdminAuthenticationFault, AdminAuthenticator } from '../ports/admin-authenticator.ts';
import type { Clock, Ids } from '../ports/clock.ts';
import { keepNewest } from './keep-newest.ts';
import { randomText } from './random-text.ts';

/** What a browser that signed in holds: a secret in its cookie, and a second one that its pages send with every change. */
export interface ConsoleSession {
  readonly by: Administrator;
  readonly csrfToken: string;
}

/**
 * Sessions of browsers, in memory: a restart signs everybody out. A session is a reference to the credential that opened it and has no
 * rights of its own; that credential is looked at again on every request, so a session ends when it is revoked, and never outlives it.
 */
export interface ConsoleSessions {
  /** Returns the secret for the cookie. `provedAgoMs`: how long ago they proved who they are; infinite where nobody knows. */
  open(by: Administrator, provedAgoMs?: number): string;
  /** `watch`: a page asks by itself, and nobody has shown that they still sit before it. */
  check(secret: string, use: 'request' | 'watch'): Promise<Result<ConsoleSession, AdminAuthenticationFault>>;
  /** In constant time. */
  isCsrfToken(session: ConsoleSession, presented: string): boolean;
  close(secret: string): void;
  /** Ends every session that this credential opened. */
  closeFor(credentialId: string): void;
  /** A code that opens one session for this credential, once and soon. */
  createLink(credentialId: string): string;
  redeemLink(code: string): Promise<Result<Administrator, AdminAuthenticationFault>>;
}

/** Without a request for this long, whoever sits down at the machine is not the one who signed in. */
const IDLE_MS_MAX = 30 * 60_000;
const AGE_MS_MAX = 12 * 3_600_000;
const LINK_AGE_MS_MAX = 15 * 60_000;
/** The oldest goes when one more is opened. */
const SESSIONS_MAX = 1000;
const LINKS_MAX = 16;

interface Kept {
  readonly credentialId: string;
  readonly csrfToken: string;
  readonly openedMs: number;
  readonly provedMs: number;
  usedMs: number;
}

export function createConsoleSessions(deps: {
  readonly authenticator: Pick<AdminAuthenticator, 'recheck'>;
  readonly clock: Clock;
  readonly ids: Ids;
}): ConsoleSessions {
  const { authenticator, clock, ids } = deps;
  // By the hash of the secret: finding a row by comparing texts then tells nothing of the secret, and memory holds none.
  const sessions = new Map<string, Kept>();
  const links = new Map<string, { readonly credentialId: string; readonly createdMs: number }>();

  return {
    open({ credentialId }, provedAgoMs = 0) {
      const secret = randomText(ids);
      const nowMs = clock.monotonicMs();
      keepNewest(sessions, SESSIONS_MAX);
      const times = { openedMs: nowMs, provedMs: nowMs - provedAgoMs, usedMs: nowMs };
      sessions.set(hashToken(secret), { credentialId, csrfToken: randomText(ids), ...times });
      return secret;
    },

    async check(secret, use) {
      const key = hashToken(secret);
      const kept = sessions.get(key);
      if (kept === undefined) return err(NO_SESSION);
      const nowMs = clock.monotonicMs();
      if (nowMs - kept.usedMs > IDLE_MS_MAX || nowMs - kept.openedMs > AGE_MS_MAX) {
        sessions.delete(key);
        return err(NO_SESSION);
      }
      const by = await authenticator.recheck(kept.credentialId);
      if (!by.ok) {
        // Where the store cannot tell, the session waits for it.
        if (by.error.kind !== 'unavailable') sessions.delete(key);
        return by;
      }
      // It may have been closed while the credential was looked at.
      if (sessions.get(key) !== kept) return err(NO_SESSION);
      if (use === 'request') kept.usedMs = nowMs;
      return ok({ by: { ...by.value, provedAgoMs: nowMs - kept.provedMs }, csrfToken: kept.csrfToken });
    },

    isCsrfToken: ({ csrfToken }, presented) => isTokenHash(hashToken(csrfToken), presented),
    close: (secret) => void sessions.delete(hashToken(secret)),
    closeFor(credentialId) {
      for (const [key, kept] of sessions) if (kept.credentialId === credentialId) sessions.delete(key);
    },

    createLink(credentialId) {
      const code = randomText(ids);
      keepNewest(links, LINKS_MAX);
      links.set(hashToken(code), { credentialId, createdMs: clock.monotonicMs() });
      return code;
    },

    async redeemLink(code) {
      const key = hashToken(code);
      const link = links.get(key);
      links.delete(key);
      if (link === undefined || clock.monotonicMs() - link.createdMs > LINK_AGE_MS_MAX) return err(NO_LINK);
      return authenticator.recheck(link.credentialId);
    },
  };
}

const NO_SESSION: AdminAuthenticationFault = { kind: 'expired', detail: 'no session, or one that is over' };
const NO_LINK: AdminAuthenticationFault = { kind: 'expired', detail: 'no such link, or one that was used' };
