import type { Principal } from '../../core/identity/principal.ts';
import { type Result, err } from '../../core/result.ts';
import type { AuthenticationFault } from '../../ports/authenticator.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Verdict } from './verdict.ts';

/** Credentials in use at once; refusals kept at once. A flood of bad ones can push out only other bad ones. */
const ENTRIES_MAX = 10_000;

/** Verdicts by the digest of their credential, so that no credential is kept in memory. */
export interface CredentialCache {
  find(key: string): Result<Principal, AuthenticationFault> | null;
  keep(key: string, verdict: Verdict): void;
  forget(credentialId: string): void;
  clear(): void;
}

interface Entry {
  readonly result: Result<Principal, AuthenticationFault>;
  /** Monotonic: from here on it must be checked again. */
  readonly staleMs: number;
  /** Wall time. */
  readonly expiresMs: number;
}

export function createCredentialCache(
  deps: { readonly clock: Clock },
  entriesMax: number = ENTRIES_MAX,
): CredentialCache {
  const { clock } = deps;
  const accepted = new Map<string, Entry>();
  const refused = new Map<string, Entry>();

  return {
    find(key) {
      const entries = accepted.has(key) ? accepted : refused;
      const entry = entries.get(key);
      if (entry === undefined) return null;
      if (entry.expiresMs <= clock.nowMs()) {
        entries.delete(key);
        return err({ kind: 'expired', detail: 'expired' });
      }
      if (entry.staleMs > clock.monotonicMs()) return entry.result;
      entries.delete(key);
      return null;
    },

    keep(key, { result, keepMs, expiresMs }) {
      if (keepMs === 0) return;
      const entries = result.ok ? accepted : refused;
      // A Map keeps its order of insertion: the oldest goes first.
      if (entries.size >= entriesMax) entries.delete(entries.keys().next().value ?? key);
      entries.set(key, { result, staleMs: clock.monotonicMs() + keepMs, expiresMs });
    },

    forget(credentialId) {
      for (const [key, { result }] of accepted) {
        if (result.ok && result.value.credentialId === credentialId) accepted.delete(key);
      }
    },

    clear() {
      accepted.clear();
      refused.clear();
    },
  };
}
