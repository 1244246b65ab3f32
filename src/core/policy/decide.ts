import type { ToolClass } from '../catalog/tool.ts';
import { combineDuties, type ResultDuties } from '../content/shape/result-duties.ts';
import type { JsonObject } from '../json/value.ts';
import type { LimitUse } from '../limits/limit-use.ts';
import { assertNever } from '../result.ts';
import { type CompiledDataFlow, seenUses, type WatchedSend, watchedSend } from './data-flow.ts';
import type { SubjectKind } from './matchers/subject.ts';
import { bindFacts, factsOf } from './bind-facts.ts';
import type { ConditionFacts } from './cel/condition.ts';
import { firstUse, limitUses } from './compile-limits.ts';
import type { CompiledPolicy } from './compile-policy.ts';
import type { Decision, DecisionRequest, DecisionTarget, Reason } from './decision.ts';
import { matchRules, type ScopeGap, type UnmetRule } from './match-rules.ts';
import type { ArgumentPath } from './policy-conditions.ts';
import { isContradicted } from './hinted-writes.ts';
import { findUpstreamPolicy } from './own-policy.ts';
import type { ReasonCode } from './reasons.ts';
import type { CompiledRule, TargetPlan } from './target-plan.ts';
import { combineTerms, defaultTerms, possibleTerms } from './combine-terms.ts';

/**
 * The one decision function: calls, listings and everything else that is governed ask here. Pure and total; the same request under
 * the same policy always gets the same decision, whatever the order of rules and files.
 *
 * INVARIANT: never > deny > approve > allow > nothing, and nothing is deny. Each step below only ever takes away from what the steps
 * after it could give.
 */
export function decide(policy: CompiledPolicy, request: DecisionRequest): Decision {
  const { target } = request;
  const upstream = findUpstreamPolicy(policy, target.upstream);
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
  const asked = { plan, request, completion: isCompletion(target) };
  if (request.args !== null) return decideClass(policy, asked, plan.classifier.classOf(request.args));
  const [laxest, ...stricter] = plan.classifier.possible;
  const decideAs = (toolClass: ToolClass): Decision => decideClass(policy, asked, toolClass);
  return mostOpen([decideAs(laxest), ...stricter.map(decideAs)]);
}

interface Asked {
  readonly plan: TargetPlan;
  readonly request: DecisionRequest;
  readonly completion: boolean;
}

const isCompletion = ({ kind }: DecisionTarget): boolean => kind === 'prompt-argument' || kind === 'template-argument';

function decideClass(policy: CompiledPolicy, asked: Asked, toolClass: ToolClass): Decision {
  const { plan, request } = asked;
  if (toolClass === 'never') {
    return deny(policy, toolClass, [ours('class_never', 'The policy puts this out of reach of everybody.')], HIDDEN);
  }
  if (toolClass === 'unclassified' && policy.options.unclassified === 'deny') {
    return deny(policy, toolClass, [ours('class_unclassified', 'The tool is in no class of the policy.')], HIDDEN);
  }

  const candidates = plan.rulesFor(toolClass);
  const unbound = factsOf(policy, request, toolClass);
  const bound = bindFacts(plan, candidates, unbound);
  // What binds is about the caller, so the caller may know that it does.
  if (!bound.ok) return deny(policy, toolClass, [bound.error], SHOWN);
  const facts = bound.value;

  const { denying, unevaluable, granted, lacking, unmet } = matchRules(candidates, facts);
  if (isNotEmpty(denying)) return deny(policy, toolClass, reasonsOf('rule_denies', denying), SHOWN);
  if (isNotEmpty(unevaluable)) return deny(policy, toolClass, reasonsOf('condition_unevaluable', unevaluable), SHOWN);
  if (!isNotEmpty(granted)) return denyUngranted(policy, toolClass, lacking, unmet);

  // A rule that asks for approval still does when only its scopes are missing: a credential with less must never get further.
  const asking = [...granted, ...lacking.map(({ rule }) => rule)].filter(({ rule }) => rule.effect === 'approve');
  const isHinted = toolClass === 'read' && isContradicted(policy, request.target, plan.classifier);
  const granting: Grant = {
    policy,
    // The rules are those for what the policy says that it is: no rule for writes may grant more than they do.
    class: isHinted ? 'write' : toolClass,
    isHinted,
    args: facts.args,
    records: recordsOf([...granted, ...asking]),
    limits: facts.args === null ? [] : usesOf(policy, request, facts, isHinted),
    send: null,
    result: candidates.shapesSome ? dutiesOf([...granted, ...lacking.map(({ rule }) => rule)]) : null,
  };
  if (asked.completion) return decideCompletion(granting, granted, asking);
  const grant = policy.dataFlow === null ? granting : withDataFlow(policy.dataFlow, granting, request, facts);
  if (isNotEmpty(asking)) return askByRules(grant, asking);
  return decideAllowed(grant, granted);
}

/** What every decision that does not deny takes over. */
interface Grant {
  readonly policy: CompiledPolicy;
  readonly class: GrantableClass;
  /** The policy lists the tool under `read`, and the tool says of itself that it writes. */
  readonly isHinted: boolean;
  readonly args: JsonObject | null;
  readonly records: readonly ArgumentPath[];
  readonly limits: readonly LimitUse[];
  readonly result: ResultDuties | null;
  /** Where data that was seen before goes outside with this call, and a person must agree to that. */
  readonly send: WatchedSend | null;
}

/** Limits and watch rules are about tools alone. What counts as a write as well is counted as both. */
function usesOf(
  policy: CompiledPolicy,
  { target }: DecisionRequest,
  facts: ConditionFacts,
  isHinted: boolean,
): readonly LimitUse[] {
  if (target.kind !== 'tool') return [];
  const { upstream } = facts;
  const limits = policy.limits.get(upstream) ?? [];
  const uses = limitUses(limits, facts, isHinted ? ['read', 'write'] : [facts.class]);
  const first = firstUse(policy.watch.get(upstream) ?? [], facts);
  return first.length === 0 ? uses : [...uses, ...first];
}

/** What the call lets its caller see, and whether it sends on what was seen. A listing asks for neither. */
function withDataFlow(flow: CompiledDataFlow, grant: Grant, request: DecisionRequest, facts: ConditionFacts): Grant {
  if (facts.args === null) return grant;
  const kind = request.target.kind === 'template' ? 'resource' : (request.target.kind as SubjectKind);
  const seen = seenUses(flow, kind, facts, grant.result?.untrusted ?? false);
  const limits = seen.length === 0 ? grant.limits : [...grant.limits, ...seen];
  const send = watchedSend(flow, grant.policy.watch.get(facts.upstream) ?? [], kind, facts);
  const isWatched = send !== null && send.seen.every((use) => request.isUsed?.(use) ?? false);
  return { ...grant, limits, send: isWatched ? send : null };
}

function recordsOf(rules: readonly CompiledRule[]): readonly ArgumentPath[] {
  if (!rules.some(({ rule }) => rule.records.length > 0)) return NO_RECORDS;
  const byName = new Map(rules.flatMap(({ rule }) => rule.records.map((path) => [path.join('.'), path] as const)));
  return [...byName.values()];
}

/** Also of rules whose scopes are missing: a credential with less must never be shown more. */
function dutiesOf(rules: readonly CompiledRule[]): ResultDuties | null {
  const duties = rules.flatMap(({ rule }) => rule.result ?? []);
  return isNotEmpty(duties) ? combineDuties(duties) : null;
}

const NO_RECORDS: readonly ArgumentPath[] = [];

type GrantableClass = Exclude<ToolClass, 'never'>;
type NotEmpty<T> = readonly [T, ...T[]];
const isNotEmpty = <T>(list: readonly T[]): list is NotEmpty<T> => list.length > 0;

/** The gap that is smallest is the one to close; the order of ids decides between equals. */
function denyUngranted(
  policy: CompiledPolicy,
  toolClass: ToolClass,
  lacking: readonly ScopeGap[],
  unmet: readonly UnmetRule[],
): Decision {
  const [nearest] = lacking.toSorted((a, b) => a.missing.length - b.missing.length);
  if (nearest === undefined) {
    const failing = unmet.filter(({ why }) => why === 'fails').map(({ rule }) => rule);
    if (isNotEmpty(failing)) return deny(policy, toolClass, reasonsOf('condition_not_met', failing), SHOWN);
    const unevaluable = unmet.map(({ rule }) => rule);
    if (isNotEmpty(unevaluable)) return deny(policy, toolClass, reasonsOf('condition_unevaluable', unevaluable), SHOWN);
    return deny(policy, toolClass, [ours('no_rule', 'No rule allows this to this person.')], HIDDEN);
  }
  return deny(policy, toolClass, reasonsOf('scope_missing', [nearest.rule]), {
    hidden: false,
    missingScopes: nearest.missing,
  });
}

function askByRules(grant: Grant, asking: NotEmpty<CompiledRule>): Decision {
  const { policy } = grant;
  const reasons = reasonsOf('rule_needs_approval', asking);
  const terms = grant.args === null ? possibleTerms(asking, policy.options) : combineTerms(asking, policy.options);
  if (terms !== null) return { ...granted(grant, reasons), effect: 'approve', terms };
  const [first, ...others] = reasons;
  const text = 'Several rules ask for approval by groups that have none in common, so nobody could give it.';
  return deny(policy, grant.class, [{ ...first, text }, ...others], SHOWN);
}

function decideAllowed(grant: Grant, rules: NotEmpty<CompiledRule>): Decision {
  switch (grant.class) {
    case 'read':
      return allow(grant, rules);
    case 'write': {
      const unattended = rules.filter(({ rule }) => rule.unattended);
      if (isNotEmpty(unattended)) return allow(grant, unattended);
      return askByDefault(grant, reasonsOf(grant.isHinted ? 'hint_needs_approval' : 'write_needs_approval', rules));
    }
    case 'unclassified':
      return askByDefault(grant, reasonsOf('class_unclassified', rules));
    default:
      return assertNever(grant.class);
  }
}

/** Suggested values disclose what is there, and nobody would wait for a person with every letter typed. */
function decideCompletion(grant: Grant, rules: readonly CompiledRule[], asking: readonly CompiledRule[]): Decision {
  const completing = rules.filter(({ rule }) => 'completion' in rule.subject && rule.subject.completion);
  // Suggested values are no fields, and few.
  const result = grant.result && { ...grant.result, keep: null, drop: [], bytesMax: null, untrusted: false };
  if (asking.length === 0 && isNotEmpty(completing)) return allow({ ...grant, result }, completing);
  return deny(grant.policy, grant.class, [ours('no_rule', 'No rule allows completion here.')], HIDDEN);
}

function allow(grant: Grant, rules: NotEmpty<CompiledRule>): Decision {
  if (grant.send !== null) return askByDefault(grant, [sendReason(grant.send)]);
  return { ...granted(grant, reasonsOf('rule_allows', rules)), effect: 'allow' };
}

function askByDefault(grant: Grant, reasons: NotEmpty<Reason>): Decision {
  return { ...granted(grant, reasons), effect: 'approve', terms: defaultTerms(grant.policy.options) };
}

function granted({ policy, send, isHinted: _, ...grant }: Grant, reasons: NotEmpty<Reason>) {
  const [first, ...others] = reasons;
  const all: NotEmpty<Reason> =
    send === null || first.code === 'data_flow' ? reasons : [first, ...others, sendReason(send)];
  return { ...grant, policyVersion: policy.version, reasons: all } as const;
}

function sendReason({ place }: WatchedSend): Reason {
  const text = 'Private and untrusted data were read before in this session, and this sends data outside.';
  return { code: 'data_flow', ruleId: null, place, text };
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
  // A rule's own words say why it speaks, and not why it could not.
  const own = NOT_ITS_OWN.has(code) ? null : rule.reason;
  return { code, ruleId: rule.id, place, text: own ?? DEFAULT_TEXT[code] };
}

const NOT_ITS_OWN: ReadonlySet<ReasonCode> = new Set([
  'condition_not_met',
  'condition_unevaluable',
  'hint_needs_approval',
]);

type RuleReasonCode = keyof typeof DEFAULT_TEXT;

/** For rules that give no reason of their own. */
const DEFAULT_TEXT = {
  rule_allows: 'A rule allows it.',
  rule_denies: 'A rule denies it.',
  rule_needs_approval: 'A rule asks for approval.',
  write_needs_approval: 'Writes need approval.',
  hint_needs_approval: 'The policy takes it for a read, but the tool says of itself that it changes something.',
  class_unclassified: 'The tool is in no class of the policy, so a person has to look at the call.',
  scope_missing: 'The credential lacks a scope that the rule asks for.',
  condition_not_met: 'A rule would allow it, but its condition does not hold for this call.',
  condition_unevaluable:
    'Whether the condition of a rule holds cannot be told: an argument is missing, has another type, or comes under two names.',
} as const satisfies Partial<Record<ReasonCode, string>>;
