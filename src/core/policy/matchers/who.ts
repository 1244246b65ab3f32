import type { Principal } from '../../identity/principal.ts';
import type { PolicyWho } from '../policy-file.ts';

/** Whether a rule is about this person, and what their credential lacks if it is. */
export type WhoMatch =
  | { readonly kind: 'other' }
  | { readonly kind: 'matched' }
  | { readonly kind: 'lacks-scopes'; readonly missing: readonly string[] };

export type WhoMatcher = (principal: Principal) => WhoMatch;

/**
 * All conditions given must hold. Every comparison is exact: no case folding, no substrings, no patterns. A list that is empty
 * matches nobody; that it must not be taken for "no condition" is why conditions not given are `null`.
 */
export function createWhoMatcher(who: PolicyWho): WhoMatcher {
  const users = who.users === null ? null : new Set(who.users);
  const groups = who.groups === null ? null : new Set(who.groups);
  const namesSomeone = who.any || users !== null || groups !== null;
  return (principal) => {
    if (!namesSomeone) return OTHER;
    if (users !== null && !users.has(principal.id)) return OTHER;
    if (groups !== null && !principal.groups.some((group) => groups.has(group))) return OTHER;
    if (who.scopes.length === 0) return MATCHED;
    const missing = who.scopes.filter((scope) => !principal.scopes.includes(scope));
    return missing.length === 0 ? MATCHED : { kind: 'lacks-scopes', missing };
  };
}

const OTHER: WhoMatch = { kind: 'other' };
const MATCHED: WhoMatch = { kind: 'matched' };
