import { type PreparedFacts, prepareFacts, type ConditionFacts } from './cel/condition.ts';
import type { WhoMatch, WhoMatcher } from './matchers/who.ts';
import type { CandidateRules, CompiledRule } from './target-plan.ts';

/** What the rules about one target say to one call. */
export interface MatchedRules {
  readonly denying: readonly CompiledRule[];
  /**
   * Rules that deny or ask for approval, and of which it cannot be told whether they are about this call: a field is missing, or has
   * another type. To guess would be to let it through unasked.
   */
  readonly unevaluable: readonly CompiledRule[];
  /** Rules that allow, or ask for approval. */
  readonly granted: readonly CompiledRule[];
  /** The same, but for scopes that the credential lacks. */
  readonly lacking: readonly ScopeGap[];
  /** The same, but for a condition that does not hold, or that cannot be evaluated. */
  readonly unmet: readonly UnmetRule[];
}

export interface ScopeGap {
  readonly rule: CompiledRule;
  readonly missing: readonly string[];
}

export interface UnmetRule {
  readonly rule: CompiledRule;
  readonly why: 'fails' | 'unevaluable';
}

/** How one rule stands to one call. `possible`: it depends on arguments, which a listing does not know. */
export type RuleMatch =
  | { readonly kind: 'other-people' | 'other-time' | 'fails' | 'unevaluable' }
  | { readonly kind: 'matched' | 'possible'; readonly missingScopes: readonly string[] };

export function matchRules(candidates: CandidateRules, given: ConditionFacts): MatchedRules {
  const match = createRuleMatcher(given);
  const denying: CompiledRule[] = [];
  const unevaluable: CompiledRule[] = [];
  for (const rule of candidates.denies) {
    const { kind } = match(rule);
    if (kind === 'matched') denying.push(rule);
    else if (kind === 'unevaluable') unevaluable.push(rule);
  }
  const granted: CompiledRule[] = [];
  const lacking: ScopeGap[] = [];
  const unmet: UnmetRule[] = [];
  for (const rule of candidates.grants) {
    const found = match(rule);
    if (found.kind === 'matched' || found.kind === 'possible') {
      if (found.missingScopes.length === 0) granted.push(rule);
      else lacking.push({ rule, missing: found.missingScopes });
    } else if (found.kind === 'fails') unmet.push({ rule, why: 'fails' });
    else if (found.kind === 'unevaluable') {
      if (rule.rule.effect === 'approve') unevaluable.push(rule);
      else unmet.push({ rule, why: 'unevaluable' });
    }
  }
  return { denying, unevaluable, granted, lacking, unmet };
}

/** Whether a rule is about this person at this time, whatever its condition. */
export function isAboutCaller({ rule, matchWho }: CompiledRule, given: ConditionFacts): boolean {
  return isInForce(rule, given.nowMs) && matchWho(given.principal).kind !== 'other';
}

/** The facts are prepared when the first condition asks for them. */
export function createRuleMatcher(given: ConditionFacts): (rule: CompiledRule) => RuleMatch {
  let prepared: PreparedFacts | null = null;
  let asked: WhoMatcher | null = null;
  let who: WhoMatch = NOBODY;
  return ({ rule, matchWho, condition }) => {
    if (matchWho !== asked) {
      asked = matchWho;
      who = matchWho(given.principal);
    }
    if (who.kind === 'other') return OTHER_PEOPLE;
    if (!isInForce(rule, given.nowMs)) return OTHER_TIME;
    const missingScopes = who.kind === 'lacks-scopes' ? who.missing : NO_SCOPES;
    if (condition === null) return matched(missingScopes);
    if (condition.usesArgs && given.args === null) return { kind: 'possible', missingScopes };
    prepared ??= prepareFacts(given);
    const answer = condition.ask(prepared);
    if (answer === 'holds') return matched(missingScopes);
    return answer === 'fails' ? FAILS : UNEVALUABLE;
  };
}

function matched(missingScopes: readonly string[]): RuleMatch {
  return missingScopes.length === 0 ? MATCHED : { kind: 'matched', missingScopes };
}

function isInForce({ fromMs, untilMs }: CompiledRule['rule'], nowMs: number): boolean {
  return (fromMs === null || nowMs >= fromMs) && (untilMs === null || nowMs < untilMs);
}

const NOBODY: WhoMatch = { kind: 'other' };
const OTHER_PEOPLE: RuleMatch = { kind: 'other-people' };
const OTHER_TIME: RuleMatch = { kind: 'other-time' };
const FAILS: RuleMatch = { kind: 'fails' };
const UNEVALUABLE: RuleMatch = { kind: 'unevaluable' };
const NO_SCOPES: readonly string[] = [];
const MATCHED: RuleMatch = { kind: 'matched', missingScopes: NO_SCOPES };
