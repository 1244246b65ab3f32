import { z } from 'zod';
import type { DecisionFigure } from '../approval/figures.ts';

/** How people decided lately, and which rules might be spared. */
export interface FiguresView {
  /** The first day that counts, and how many requests do: the newest of them, where there are very many. */
  readonly since: string;
  readonly approvals: number;
  readonly approvers: readonly DecisionFigure[];
  readonly rules: readonly DecisionFigure[];
  readonly byApproverAndRule: readonly DecisionFigure[];
  readonly suggestions: readonly SuggestionView[];
}

/** Nothing that the gateway does by itself: a change of a policy file, to be copied by whoever agrees. */
export interface SuggestionView {
  readonly upstream: string;
  readonly ruleId: string;
  readonly tools: readonly string[];
  /** So many of so many requests were approved. */
  readonly approved: number;
  readonly of: number;
  /** A unified diff; `null` where the rule cannot be changed by itself any more. */
  readonly diff: string | null;
}

const figure: z.ZodType<DecisionFigure> = z.object({
  approver: z.string().nullable(),
  upstream: z.string().nullable(),
  ruleId: z.string().nullable(),
  approved: z.int(),
  rejected: z.int(),
  approveRate: z.number().describe('Of those decided, from 0 to 1.'),
  medianSeconds: z.number().describe('From the request to the decision.'),
  isRubberStamping: z.boolean().describe('A median below 2 seconds, of 3 decisions at least.'),
});

export const figuresViewSchema: z.ZodType<FiguresView> = z
  .object({
    since: z.iso.datetime(),
    approvals: z.int(),
    approvers: z.array(figure),
    rules: z.array(figure),
    byApproverAndRule: z.array(figure),
    suggestions: z.array(
      z.object({
        upstream: z.string(),
        ruleId: z.string(),
        tools: z.array(z.string()),
        approved: z.int(),
        of: z.int(),
        diff: z.string().nullable().describe('A change of the policy file, never made by the gateway.'),
      }),
    ),
  })
  .meta({ title: 'ApprovalFigures' });
