import { z } from 'zod';

/** One difference between the policy in force and the shadow policy: who, what, and by which rules. */
export interface ShadowDifferenceView {
  readonly principal: string;
  readonly method: string;
  readonly upstream: string;
  readonly tool: string;
  readonly decision: 'allow' | 'approve' | 'deny';
  readonly ruleId: string | null;
  readonly shadowDecision: 'allow' | 'approve' | 'deny';
  readonly shadowRuleId: string | null;
  readonly shadowReasons: readonly string[];
  readonly count: number;
  readonly lastCallId: string;
  readonly lastAt: string;
}

/** A candidate policy, and where it differed since it was loaded. */
export interface ShadowView {
  /** `null`: it could not be loaded yet; `problem` says why. */
  readonly version: string | null;
  readonly files: readonly { readonly name: string; readonly upstream: string; readonly place: string }[];
  /** What is wrong with its files as they are now. */
  readonly problem: string | null;
  readonly compared: number;
  readonly differing: number;
  /** Of `differing`: those that are not told apart, because there are too many different ones. */
  readonly beyond: number;
  /** The most frequent first. */
  readonly differences: readonly ShadowDifferenceView[];
}

const effect = z.enum(['allow', 'approve', 'deny']);

/** `shadow` is `null` where none is configured. */
export const shadowAnswerSchema: z.ZodType<{ readonly shadow: ShadowView | null }> = z.object({
  shadow: z
    .object({
      version: z.string().nullable(),
      files: z.array(z.object({ name: z.string(), upstream: z.string(), place: z.string() })),
      problem: z.string().nullable(),
      compared: z.number(),
      differing: z.number(),
      beyond: z.number().describe('Of `differing`: those that are not told apart, because there are too many'),
      differences: z.array(
        z.object({
          principal: z.string(),
          method: z.string(),
          upstream: z.string(),
          tool: z.string(),
          decision: effect,
          ruleId: z.string().nullable(),
          shadowDecision: effect,
          shadowRuleId: z.string().nullable(),
          shadowReasons: z.array(z.string()),
          count: z.number(),
          lastCallId: z.string(),
          lastAt: z.iso.datetime(),
        }),
      ),
    })
    .meta({ title: 'Shadow' })
    .nullable(),
});
