import { z } from 'zod';

/** A rule in force. The words are those of its author. */
export interface RuleView {
  readonly id: string;
  readonly effect: 'allow' | 'approve' | 'deny';
  readonly reason: string | null;
  /** `policies/crm.yaml:12:5` */
  readonly place: string;
}

/** The policy in force, as far as somebody needs it to find the files. */
export interface PolicyView {
  readonly version: string;
  readonly environment: string;
  readonly upstreams: readonly { readonly name: string; readonly place: string; readonly rules: readonly RuleView[] }[];
  /** What its authors should look at again. */
  readonly warnings: readonly { readonly place: string; readonly message: string }[];
}

export const policyViewSchema: z.ZodType<PolicyView> = z
  .object({
    version: z.string(),
    environment: z.string(),
    upstreams: z.array(
      z.object({
        name: z.string(),
        place: z.string(),
        rules: z.array(
          z.object({
            id: z.string(),
            effect: z.enum(['allow', 'approve', 'deny']),
            reason: z.string().nullable(),
            place: z.string(),
          }),
        ),
      }),
    ),
    warnings: z.array(z.object({ place: z.string(), message: z.string() })),
  })
  .meta({ title: 'Policy' });

/** A tool as its upstream lists it now, and the class that the policy gives it. */
export interface ToolView {
  readonly name: string;
  /** More than one where an argument decides. Empty: no policy speaks about the upstream. */
  readonly classes: readonly ('read' | 'write' | 'never' | 'unclassified')[];
  readonly definitionDigest: string;
  /** The upstream's words: untrusted. */
  readonly description: string | null;
}

export interface ToolList {
  readonly tools: readonly ToolView[];
}

export const toolListSchema: z.ZodType<ToolList> = z.object({
  tools: z.array(
    z
      .object({
        name: z.string(),
        classes: z.array(z.enum(['read', 'write', 'never', 'unclassified'])),
        definitionDigest: z.string(),
        description: z.string().nullable().describe("The upstream's words: untrusted."),
      })
      .meta({ title: 'Tool' }),
  ),
});
