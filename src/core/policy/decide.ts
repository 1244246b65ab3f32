import type { ToolClass } from '../catalog/tool.ts';
import type { Principal } from '../identity/principal.ts';
import { assertNever } from '../result.ts';
import type { CompiledPolicy } from './compile-policy.ts';
import type { Decision, DecisionRequest, DecisionTarget, Reason } from './decision.ts';
import type { ReasonCode } from './reasons.ts';
import type { CompiledRule, TargetPlan } from './target-plan.ts';
import { combineTerms } from './combine-terms.ts';

/**
 * The one decision function: calls, listings and everything else that is governed ask here. Pure and total; the same request under
 * the same policy always gets the same decision, whatever the order of rules and files.
 *
 * INVARIANT: never > deny > approve > allow > nothing, and nothing is deny. Each step below only ever takes away from what the steps
 * after it could give.
 */
export function decide(policy: CompiledPolicy, request: DecisionRequest): Decision {
  const { target } = request;
  const upstream = policy.upstreams.get(target.upstream);
  if (upstream === undefined) {
    return deny(
      policy,
      'unclassified',
      [ours('upstream_without_policy', 'No policy speaks about this upstream.')],
      HIDDEN,
    );
  }
  const plan = upstream.planFor(target);
  if (plan === null)
    return deny(policy, 'unclassified', [ours('no_rule', 'No rule can speak about anything of this name.')], HIDDEN);
  const asked = { plan, principal: request.principal, completion: isCompletion(target) };
  if (request.args !== null) return decideClass(policy, asked, plan.classifier.classOf(request.args));
  const [laxest, ...stricter] = plan.classifier.possible;
  const decideAs = (toolClass: ToolClass): Decision => decideClass(policy, asked, toolClass);
  return mostOpen([decideAs(laxest), ...stricter.map(decideAs)]);
}

interface Asked {
  readonly plan: TargetPlan;
  readonly principal: Principal;
  readonly completion: boolean;
}

const isCompletion = ({ kind }: DecisionTarget): boolean => kind === 'prompt-argument' || kind === 'template-argument';

function decideClass(policy: CompiledPolicy, asked: Asked, toolClass: ToolClass): Decision {
  const { plan, principal } = asked;
  if (toolClass === 'never') {
    return deny(policy, toolClass, [ours('class_never', 'The policy puts this out of reach of everybody.')], HIDDEN);
  }
  if (toolClass === 'unclassified' && policy.options.unclassified === 'deny') {
    return deny(policy, toolClass, [ours('class_unclassified', 'The tool is in no class of the policy.')], HIDDEN);
  }

  const { denies, grants } = plan.rulesFor(toolClass);
  const denying = denies.filter((rule) => rule.matchWho(principal).kind === 'matched');
  if (isNotEmpty(denying)) return deny(policy, toolClass, reasonsOf('rule_denies', denying), SHOWN);

  const granted: CompiledRule[] = [];
  const lacking: ScopeGap[] = [];
  for (const rule of grants) {
    const match = rule.matchWho(principal);
    if (match.kind === 'matched') granted.push(rule);
    else if (match.kind === 'lacks-scopes') lacking.push({ rule, missing: match.missing });
  }
  if (!isNotEmpty(granted)) return denyUngranted(policy, toolClass, lacking);

  // A rule that asks for approval still does when only its scopes are missing: a credential with less must never get further.
  const asking = [...granted, ...lacking.map(({ rule }) => rule)].filter(({ rule }) => rule.effect === 'approve');
  if (asked.completion) return decideCompletion(policy, toolClass, granted, asking);
  if (isNotEmpty(asking)) return askByRules(policy, toolClass, asking);
  return decideAllowed(policy, toolClass, granted);
}

interface ScopeGap {
  readonly rule: CompiledRule;
  readonly missing: readonly string[];
}

type GrantableClass = Exclude<ToolClass, 'never'>;
type NotEmpty<T> = readonly [T, ...T[]];
const isNotEmpty = <T>(list: readonly T[]): list is NotEmpty<T> => list.length > 0;

/** The gap that is smallest is the one to close; the order of ids decides between equals. */
function denyUngranted(policy: CompiledPolicy, toolClass: ToolClass, lacking: readonly ScopeGap[]): Decision {
  const [nearest] = lacking.toSorted((a, b) => a.missing.length - b.missing.length);
  if (nearest === undefined) {
    return deny(policy, toolClass, [ours('no_rule', 'No rule allows this to this person.')], HIDDEN);
  }
  return deny(policy, toolClass, reasonsOf('scope_missing', [nearest.rule]), {
    hidden: false,
    missingScopes: nearest.missing,
  });
}

function askByRules(policy: CompiledPolicy, toolClass: GrantableClass, asking: NotEmpty<CompiledRule>): Decision {
  const reasons = reasonsOf('rule_needs_approval', asking);
  const terms = combineTerms(asking, policy.options.approvalExpiresMs);
  if (terms !== null) return { effect: 'approve', class: toolClass, policyVersion: policy.version, reasons, terms };
  const [first, ...others] = reasons;
  const text = 'Several rules ask for approval by groups that have none in common, so nobody could give it.';
  return deny(policy, toolClass, [{ ...first, text }, ...others], SHOWN);
}

function decideAllowed(policy: CompiledPolicy, toolClass: GrantableClass, granted: NotEmpty<CompiledRule>): Decision {
  switch (toolClass) {
    case 'read':
      return allow(policy, toolClass, granted);
    case 'write': {
      const unattended = granted.filter(({ rule }) => rule.unattended);
      return isNotEmpty(unattended)
        ? allow(policy, toolClass, unattended)
        : askByDefault(policy, toolClass, reasonsOf('write_needs_approval', granted));
    }
    case 'unclassified':
      return askByDefault(policy, toolClass, reasonsOf('class_unclassified', granted));
    default:
      return assertNever(toolClass);
  }
}

/** Suggested values disclose what is there, and nobody would wait for a person with every letter typed. */
function decideCompletion(
  policy: CompiledPolicy,
  toolClass: GrantableClass,
  granted: readonly CompiledRule[],
  asking: readonly CompiledRule[],
): Decision {
  const completing = granted.filter(({ rule }) => 'completion' in rule.subject && rule.subject.completion);
  if (asking.length === 0 && isNotEmpty(completing)) return allow(policy, toolClass, completing);
  return deny(policy, toolClass, [ours('no_rule', 'No rule allows completion here.')], HIDDEN);
}

function allow(policy: CompiledPolicy, toolClass: ToolClass, rules: NotEmpty<CompiledRule>): Decision {
  return { effect: 'allow', class: toolClass, policyVersion: policy.version, reasons: reasonsOf('rule_allows', rules) };
}

function askByDefault(policy: CompiledPolicy, toolClass: ToolClass, reasons: NotEmpty<Reason>): Decision {
  const terms = { approverGroups: [], expiresInMs: policy.options.approvalExpiresMs };
  return { effect: 'approve', class: toolClass, policyVersion: policy.version, reasons, terms };
}

const HIDDEN = { hidden: true, missingScopes: [] };
const SHOWN = { hidden: false, missingScopes: [] };

function deny(
  policy: CompiledPolicy,
  toolClass: ToolClass,
  reasons: NotEmpty<Reason>,
  how: { readonly hidden: boolean; readonly missingScopes: readonly string[] },
): Decision {
  return { effect: 'deny', class: toolClass, policyVersion: policy.version, reasons, ...how };
}

/** What a listing asks: could any arguments be allowed? Of equal answers the one for the laxest class is given. */
function mostOpen(decisions: NotEmpty<Decision>): Decision {
  return decisions.reduce((best, next) => (openness(next) > openness(best) ? next : best));
}

function openness(decision: Decision): number {
  switch (decision.effect) {
    case 'allow':
      return 3;
    case 'approve':
      return 2;
    case 'deny':
      return decision.hidden ? 0 : 1;
    default:
      return assertNever(decision);
  }
}

function ours(code: ReasonCode, text: string): Reason {
  return { code, ruleId: null, place: null, text };
}

function reasonsOf(code: RuleReasonCode, rules: NotEmpty<CompiledRule>): NotEmpty<Reason> {
  const [first, ...others] = rules;
  return [reasonOf(code, first), ...others.map((rule) => reasonOf(code, rule))];
}

function reasonOf(code: RuleReasonCode, { rule, place }: CompiledRule): Reason {
  return { code, ruleId: rule.id, place, text: rule.reason ?? DEFAULT_TEXT[code] };
}

type RuleReasonCode = keyof typeof DEFAULT_TEXT;

/** For rules that give no reason of their own. */
const DEFAULT_TEXT = {
  rule_allows: 'A rule allows it.',
  rule_denies: 'A rule denies it.',
  rule_needs_approval: 'A rule asks for approval.',
  write_needs_approval: 'Writes need approval.',
  class_unclassified: 'The tool is in no class of the policy, so a person has to look at the call.',
  scope_missing: 'The credential lacks a scope that the rule asks for.',
} as const satisfies Partial<Record<ReasonCode, string>>;
