import type { Principal, PrincipalId } from '../identity/principal.ts';
import { canonicalJson } from '../json/canonical-json.ts';
import type { CompiledPolicy } from './compile-policy.ts';
import { decide } from './decide.ts';
import type { Decision } from './decision.ts';
import { isSeenUse } from './data-flow.ts';
import type { CaseOutcome, PolicyCase } from './policy-cases.ts';
import type { PolicyFile } from './policy-file.ts';

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
    return { case: each, decision, differences: findDifferences(each, decision) };
  });
}

/** Rules of the file that spoke in no case: nobody has said what is expected of them. */
export function findUntestedRules(file: PolicyFile, results: readonly CaseResult[]): readonly string[] {
  const spoken = new Set(results.flatMap(({ decision }) => decision.reasons.map(({ ruleId }) => ruleId)));
  return file.rules.map(({ id }) => id).filter((id) => !spoken.has(id));
}

function findDifferences(expected: PolicyCase, decision: Decision): string[] {
  const outcome = outcomeOf(decision);
  const rules = decision.reasons.flatMap(({ ruleId }) => (ruleId === null ? [] : [ruleId]));
  const differences: string[] = [];
  if (outcome !== expected.expect) {
    differences.push(`expected ${expected.expect}, is ${outcome} (${decision.reasons[0].code})`);
  }
  if (expected.class !== null && decision.class !== expected.class) {
    differences.push(`expected class ${expected.class}, is ${decision.class}`);
  }
  const { bound } = expected;
  if (bound !== null && (decision.effect === 'deny' || canonicalJson(decision.args) !== canonicalJson(bound))) {
    const sent = decision.effect === 'deny' ? 'nothing' : canonicalJson(decision.args);
    differences.push(`expected ${canonicalJson(bound)} to be sent, is ${sent}`);
  }
  if (expected.rule !== null && !rules.includes(expected.rule)) {
    differences.push(
      `expected rule ${expected.rule} to speak, ${rules.length === 0 ? 'none did' : `${rules.join(', ')} did`}`,
    );
  }
  return differences;
}

function outcomeOf(decision: Decision): CaseOutcome {
  return decision.effect === 'deny' && decision.hidden ? 'hidden' : decision.effect;
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
