import { z } from 'zod';
import type { JsonObject } from '../json/value.ts';
import type { DecisionTarget } from '../policy/decision.ts';
import type { ExplainedRule } from '../policy/explain.ts';
import { STANDINGS } from '../policy/explain.ts';

/** A decision that was made for nobody: what the gateway would do, and why. */
export interface ExplanationView {
  /** For whom it was decided, with what the request left open filled in. */
  readonly as: ExplainedPerson;
  readonly target: DecisionTarget;
  readonly decision: ExplainedDecision;
  /** In the order of their ids; rules for other environments come last. */
  readonly rules: readonly ExplainedRule[];
}

export interface ExplainedPerson {
  readonly user: string;
  readonly groups: readonly string[];
  readonly scopes: readonly string[];
  readonly tenant: string | null;
  readonly client: string;
  /** `token`: groups and scopes are those of the newest live token of this user, because the request named none. */
  readonly from: 'request' | 'token';
}

export interface ExplainedDecision {
  readonly effect: 'allow' | 'approve' | 'deny';
  readonly class: 'read' | 'write' | 'never' | 'unclassified';
  readonly policyVersion: string;
  readonly reasons: readonly {
    readonly code: string;
    readonly ruleId: string | null;
    readonly place: string | null;
    readonly text: string;
  }[];
  /** As they would be sent, with what the policy fills in. `null` for a listing, and for what is denied. */
  readonly args: JsonObject | null;
  /** The host would not learn that there is such a thing. */
  readonly hidden: boolean;
  readonly missingScopes: readonly string[];
  /** On what terms people are asked; `null` where nobody is. */
  readonly terms: {
    readonly approverGroups: readonly string[];
    readonly approversNeeded: number;
    readonly expiresInMs: number;
  } | null;
  readonly limits: readonly {
    readonly kind: 'calls' | 'spend' | 'first-use' | 'seen' | 'concurrent';
    readonly place: string;
    readonly max: number;
    /** What the call takes; 1 where it is one of so many at once. */
    readonly amount: number;
    /** `null` where calls are counted that run at once. */
    readonly windowMs: number | null;
  }[];
}

const texts = z.array(z.string());

const explainedDecisionSchema: z.ZodType<ExplainedDecision> = z
  .object({
    effect: z.enum(['allow', 'approve', 'deny']),
    class: z.enum(['read', 'write', 'never', 'unclassified']),
    policyVersion: z.string(),
    reasons: z.array(
      z.object({
        code: z.string(),
        ruleId: z.string().nullable(),
        place: z.string().nullable(),
        text: z.string(),
      }),
    ),
    args: z.custom<JsonObject>().nullable().describe('As they would be sent, with what the policy fills in'),
    hidden: z.boolean().describe('The host would not learn that there is such a thing'),
    missingScopes: texts,
    terms: z.object({ approverGroups: texts, approversNeeded: z.number(), expiresInMs: z.number() }).nullable(),
    limits: z.array(
      z.object({
        kind: z.enum(['calls', 'spend', 'first-use', 'seen', 'concurrent']),
        place: z.string(),
        max: z.number(),
        amount: z.number(),
        windowMs: z.number().nullable(),
      }),
    ),
  })
  .meta({ title: 'ExplainedDecision' });

const target = z.object({
  kind: z.enum(['tool', 'resource', 'prompt', 'prompt-argument', 'template', 'template-argument']),
  upstream: z.string(),
  name: z.string(),
});

const person = z.object({
  user: z.string(),
  groups: texts,
  scopes: texts,
  tenant: z.string().nullable(),
  client: z.string(),
  from: z
    .enum(['request', 'token'])
    .describe('`token`: groups and scopes are those of the newest live token of this user'),
});

export const explanationViewSchema: z.ZodType<ExplanationView> = z
  .object({
    as: person,
    target,
    decision: explainedDecisionSchema,
    rules: z.array(
      z.object({
        id: z.string(),
        effect: z.enum(['allow', 'approve', 'deny']),
        place: z.string(),
        standing: z.enum(STANDINGS),
        when: z.string().nullable(),
        missingScopes: texts,
      }),
    ),
  })
  .meta({ title: 'Explanation' });

/** Many decisions at once, without the rules. */
export interface SimulationView {
  readonly as: ExplainedPerson;
  readonly policyVersion: string;
  readonly decisions: readonly { readonly target: DecisionTarget; readonly decision: ExplainedDecision }[];
}

export const simulationViewSchema: z.ZodType<SimulationView> = z
  .object({
    as: person,
    policyVersion: z.string(),
    decisions: z.array(z.object({ target, decision: explainedDecisionSchema })),
  })
  .meta({ title: 'Simulation' });
