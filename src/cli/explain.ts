import { renderProblems } from '../config/render-problems.ts';
import type { DecisionRequest } from '../core/policy/decision.ts';
import { explain } from '../core/policy/explain.ts';
import type { CommandOutcome } from './command-outcome.ts';
import { loadPolicyAt, type PolicyPlace } from './load-policy.ts';
import { renderExplanation } from './render-explanation.ts';

export interface ExplainOptions extends PolicyPlace {
  readonly request: DecisionRequest;
  readonly json: boolean;
  readonly color: boolean;
}

/** What the gateway would decide, and how every rule stands to it. */
export async function explainDecision({ request, json, color, ...place }: ExplainOptions): Promise<CommandOutcome> {
  const policy = await loadPolicyAt(place);
  if (!policy.ok) {
    const output = json
      ? `${JSON.stringify({ ok: false, problems: policy.error })}\n`
      : renderProblems(policy.error, { color });
    return { exitCode: 1, output };
  }
  const explanation = explain(policy.value, request);
  const output = json
    ? `${JSON.stringify({ ok: true, ...explanation })}\n`
    : renderExplanation(explanation, request, { color });
  return { exitCode: 0, output };
}
