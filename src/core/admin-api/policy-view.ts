import { z } from 'zod';

/** A rule in force. The words are those of its author. */
export interface RuleView {
  readonly id: string;
  readonly effect: 'allow' | 'approve' | 'deny';
  readonly reason: string | null;
  /** `policies/crm.yaml:12:5` */
  readonly place: string;
  readonly who: {
    readonly any: boolean;
    readonly users: readonly string[] | null;
    readonly groups: readonly string[] | null;
    readonly scopes: readonly string[];
  };
  readonly about: {
    readonly kind: 'tools' | 'tools-of-class' | 'resources' | 'prompts';
    /** Names and patterns; the class, for `tools-of-class`. */
    readonly patterns: readonly string[];
  };
  readonly when: string | null;
  readonly unattended: boolean;
  /** `false`: it is for other environments, and never speaks here. */
  readonly inEnvironment: boolean;
  readonly from: string | null;
  readonly until: string | null;
}

/** What the policy says about one upstream, all of its files put together. */
export interface UpstreamPolicyView {
  readonly name: string;
  readonly place: string;
  readonly classes: {
    readonly read: readonly string[];
    readonly write: readonly string[];
    readonly never: readonly string[];
    readonly byArgument: readonly {
      readonly tool: string;
      readonly argument: string;
      readonly read: readonly string[];
      readonly write: readonly string[];
      readonly never: readonly string[];
    }[];
  };
  readonly rules: readonly RuleView[];
  /** Where its limits and watch rules stand. */
  readonly limits: readonly string[];
  readonly watch: readonly { readonly on: string; readonly place: string }[];
}

/** The policy in force, as far as somebody needs it to find the files. */
export interface PolicyView {
  readonly version: string;
  readonly environment: string;
  readonly files: readonly { readonly name: string; readonly upstream: string; readonly place: string }[];
  readonly upstreams: readonly UpstreamPolicyView[];
  /** What its authors should look at again. */
  readonly warnings: readonly { readonly place: string; readonly message: string }[];
}

const texts = z.array(z.string());
const ruleView = z
  .object({
    id: z.string(),
    effect: z.enum(['allow', 'approve', 'deny']),
    reason: z.string().nullable(),
    place: z.string().describe('File, line and column'),
    who: z.object({ any: z.boolean(), users: texts.nullable(), groups: texts.nullable(), scopes: texts }),
    about: z.object({
      kind: z.enum(['tools', 'tools-of-class', 'resources', 'prompts']),
      patterns: texts.describe('Names and patterns; the class, for `tools-of-class`'),
    }),
    when: z.string().nullable(),
    unattended: z.boolean(),
    inEnvironment: z.boolean().describe('`false`: it is for other environments, and never speaks here'),
    from: z.iso.datetime().nullable(),
    until: z.iso.datetime().nullable(),
  })
  .meta({ title: 'Rule' });

const lists = { read: texts, write: texts, never: texts };

export const policyViewSchema: z.ZodType<PolicyView> = z
  .object({
    version: z.string(),
    environment: z.string(),
    files: z.array(z.object({ name: z.string(), upstream: z.string(), place: z.string() })),
    upstreams: z.array(
      z.object({
        name: z.string(),
        place: z.string(),
        classes: z.object({
          ...lists,
          byArgument: z.array(z.object({ tool: z.string(), argument: z.string(), ...lists })),
        }),
        rules: z.array(ruleView),
        limits: texts,
        watch: z.array(z.object({ on: z.string(), place: z.string() })),
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
