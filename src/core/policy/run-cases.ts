import type { Principal, PrincipalId } from '../identity/principal.ts';
import { canonicalJson } from '../json/canonical-json.ts';
import type { CompiledPolicy } from './compile-policy.ts';
import { decide } from './decide.ts';
import type { Decision } from './decision.ts';
import { isSeenUse } from './data-flow.ts';
import type { CaseOutcome, PolicyCase } from './policy-cases.ts';
import type { PolicyFile } from './policy-file.ts';
import type { PlacedWatch } from './policy-watch.ts';
import type { ReasonCode } from './reasons.ts';
import { showResult } from './show-result.ts';

export interface CaseResult {
  readonly case: PolicyCase;
  readonly decision: Decision;
  /** One line for each thing that came out otherwise; empty where the case holds. */
  readonly differences: readonly string[];
}

/** Decides every case, just as the gateway would. */
export function runCases(
  policy: CompiledPolicy,
  upstream: string,
  cases: readonly PolicyCase[],
): readonly CaseResult[] {
  return cases.map((each) => {
    const decision = decide(policy, {
      principal: principalOf(each),
      target: { ...each.target, upstream },
      args: each.args,
      nowMs: each.nowMs,
      isUsed: (use) => each.seen.some((label) => isSeenUse(use, label)),
    });
    return { case: each, decision, differences: findDifferences(policy, upstream, each, decision) };
  });
}

/** Rules of the file that spoke in no case: nobody has said what is expected of them. */
export function findUntestedRules(file: PolicyFile, results: readonly CaseResult[]): readonly string[] {
  const spoken = new Set(results.flatMap(({ decision }) => decision.reasons.map(({ ruleId }) => ruleId)));
  return file.rules.map(({ id }) => id).filter((id) => !spoken.has(id));
}

function findDifferences(policy: CompiledPolicy, upstream: string, expected: PolicyCase, decision: Decision): string[] {
  const { outcome, why } = outcomeOf(policy.watch.get(upstream) ?? [], expected, decision);
  const rules = decision.reasons.flatMap(({ ruleId }) => (ruleId === null ? [] : [ruleId]));
  const differences: string[] = [];
  if (outcome !== expected.expect) differences.push(`expected ${expected.expect}, is ${outcome} (${why})`);
  if (expected.class !== null && decision.class !== expected.class) {
    differences.push(`expected class ${expected.class}, is ${decision.class}`);
  }
  const { bound } = expected;
  if (bound !== null && (decision.effect === 'deny' || canonicalJson(decision.args) !== canonicalJson(bound))) {
    const sent = decision.effect === 'deny' ? 'nothing' : canonicalJson(decision.args);
    differences.push(`expected ${canonicalJson(bound)} to be sent, is ${sent}`);
  }
  differences.push(...findShownOtherwise(expected.result, decision));
  if (expected.rule !== null && !rules.includes(expected.rule)) {
    differences.push(
      `expected rule ${expected.rule} to speak, ${rules.length === 0 ? 'none did' : `${rules.join(', ')} did`}`,
    );
  }
  return differences;
}

function findShownOtherwise(result: PolicyCase['result'], decision: Decision): string[] {
  if (result === null) return [];
  const seen = decision.effect === 'deny' ? null : showResult(decision.result, result.given);
  return Object.entries(result.shown).flatMap(([name, wanted]) => {
    const shown = seen?.[name];
    if (shown !== undefined && canonicalJson(shown) === canonicalJson(wanted)) return [];
    const is = shown === undefined ? 'nothing' : canonicalJson(shown);
    return [`expected ${name} ${canonicalJson(wanted)} to be shown, is ${is}`];
  });
}

interface Outcome {
  readonly outcome: CaseOutcome;
  readonly why: ReasonCode;
}

/** What becomes of the last of so many calls: after `decide`, what the gateway counts. What waits for a person is not counted. */
function outcomeOf(watch: readonly PlacedWatch[], { times, firstUse }: PolicyCase, decision: Decision): Outcome {
  const why = decision.reasons[0].code;
  if (decision.effect === 'deny') return { outcome: decision.hidden ? 'hidden' : 'deny', why };
  if (decision.effect === 'approve') return { outcome: 'approve', why };
  if (firstUse && decision.limits.some(({ kind }) => kind === 'first-use'))
    return { outcome: 'approve', why: 'first_use' };
  if (watch.some((rule) => rule.on === 'identical-calls' && times >= rule.count)) {
    return { outcome: 'deny', why: 'identical_calls' };
  }
  const isReached = decision.limits.some((use) => use.kind !== 'concurrent' && use.amount * times > use.max);
  return isReached ? { outcome: 'deny', why: 'limit_reached' } : { outcome: 'allow', why };
}

function principalOf({ as }: PolicyCase): Principal {
  return {
    id: as.user as PrincipalId,
    name: as.user,
    groups: as.groups,
    scopes: as.scopes,
    tenant: as.tenant,
    client: as.client,
    credentialId: 'policy-test',
    issuer: 'policy-test',
    resources: null,
  };
}
