import { z } from 'zod';
import { URI_CHARS_MAX } from '../catalog/resource-uri.ts';
import type { ToolClass } from '../catalog/tool.ts';
import type { Json, JsonObject } from '../json/value.ts';
import type { DecisionTarget } from './decision.ts';
import type { SeenLabel } from './policy-labels.ts';
import { moment } from './schema/condition-schema.ts';

/** A `*.test.yaml` beside the policies: what its author expects of them. */
export interface PolicyCases {
  /** The policy that it tests, by file name. Decisions are made with all policies of the directory in force. */
  readonly policy: string;
  readonly cases: readonly PolicyCase[];
}

export interface PolicyCase {
  readonly name: string;
  readonly as: CasePerson;
  readonly nowMs: number;
  readonly target: Pick<DecisionTarget, 'kind' | 'name'>;
  /** `null` asks what a listing asks. */
  readonly args: JsonObject | null;
  /** What the person has read before in the same session. */
  readonly seen: readonly SeenLabel[];
  /** How often the same call comes in the same moment; `expect` is about the last one. */
  readonly times: number;
  /** The person has not used the tool before, for the watch rule `first-use-of-tool`. */
  readonly firstUse: boolean;
  readonly expect: CaseOutcome;
  /** The arguments as they must be sent, with what the policy fills in; `null` where that is not asked. */
  readonly bound: JsonObject | null;
  /** What the upstream answers, and members of what the host then sees; `null` where that is not asked. */
  readonly result: CaseResultShown | null;
  readonly class: ToolClass | null;
  /** The rule that must be the one to speak, or one of those. */
  readonly rule: string | null;
}

export interface CaseResultShown {
  readonly given: JsonObject;
  readonly shown: JsonObject;
}

export interface CasePerson {
  readonly user: string;
  readonly groups: readonly string[];
  readonly scopes: readonly string[];
  readonly tenant: string | null;
  readonly client: string;
}

/** `hidden` is a denial in which the tool does not exist for the caller. */
export type CaseOutcome = 'allow' | 'approve' | 'deny' | 'hidden';

const CASES_MAX = 2000;
const TIMES_MAX = 100_000;
/** 2026-01-01T12:00:00Z. Fixed, so that a test means the same on every day. */
const NOW_MS = 1_767_268_800_000;
const names = z.array(z.string().min(1).max(512)).max(256);

const uri = z.string().min(1).max(URI_CHARS_MAX);

const policyCase = z.strictObject({
  name: z.string().min(1).max(200).describe('What the case shows, in a sentence'),
  as: z
    .strictObject({
      user: z.string().min(1).max(512).describe('The id of the person'),
      groups: names.default([]).describe('Groups of the person'),
      scopes: names.default([]).describe('Scopes of the credential'),
      tenant: z.string().min(1).max(255).nullable().default(null).describe('The tenant of the person'),
      client: z.string().min(1).max(255).default('policy-test').describe('The client through which the person calls'),
    })
    .describe('Who calls'),
  tool: z.string().min(1).max(200).optional().describe("The upstream's own name of the tool"),
  resource: uri.optional().describe('In place of `tool`: the URI that is read'),
  template: uri.optional().describe('In place of `tool`: the URI template that is listed'),
  prompt: z.string().min(1).max(200).optional().describe("In place of `tool`: the upstream's own name of the prompt"),
  completion: z.boolean().default(false).describe('Asks for completion of an argument of `prompt` or `template`'),
  args: z
    .union([z.record(z.string(), z.unknown()), z.literal('any')])
    .default({})
    .describe('Arguments of the call; `any` asks whether some arguments could be allowed, as a listing does'),
  expect: z
    .enum(['allow', 'approve', 'deny', 'hidden'])
    .describe('`hidden` is a denial in which the tool does not exist for the caller'),
  seen: z
    .array(z.enum(['private', 'untrusted']))
    .default([])
    .describe('What the person has read before in the same session, for the watch rule `data-flow`'),
  times: z
    .int()
    .min(1)
    .max(TIMES_MAX)
    .default(1)
    .describe(
      'How often the same call comes in the same moment, for limits and the watch rule `identical-calls`; `expect` is about the last one',
    ),
  firstUse: z
    .boolean()
    .default(false)
    .describe('The person has not used the tool before, for the watch rule `first-use-of-tool`'),
  result: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('What the upstream answers: `content`, `structuredContent` and whatever else a result has'),
  shown: z
    .record(z.string(), z.unknown())
    .optional()
    .describe(
      'With `result`: what the host must see of it, by members; those that are not named here are not compared',
    ),
  now: moment.optional().describe('When the call comes; noon on the first of January 2026, UTC, without it'),
  bound: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('The arguments as they must be sent, with what the policy fills in'),
  class: z.enum(['read', 'write', 'never', 'unclassified']).optional().describe('The class that the call must have'),
  rule: z.string().optional().describe('The id of a rule that must be among those that spoke'),
});

function checkResult({ result, shown }: z.infer<typeof policyCase>, context: z.RefinementCtx): void {
  if ((result === undefined) === (shown === undefined)) return;
  const message = 'says what is answered, or what is shown of it, and not both';
  context.addIssue({ code: 'custom', message, params: { help: 'give `result` and `shown` together' } });
}

function checkTarget(each: z.infer<typeof policyCase>, context: z.RefinementCtx): void {
  if (targetOf(each) !== null) return;
  const message = 'asks about several things, or about none';
  const help = 'name one of `tool`, `resource`, `template` and `prompt`; `completion` goes with the last two';
  context.addIssue({ code: 'custom', message, params: { help } });
}

function targetOf(each: z.infer<typeof policyCase>): PolicyCase['target'] | null {
  const { tool, resource, template, prompt, completion } = each;
  const named = [tool, resource, template, prompt].filter((name) => name !== undefined);
  const [name] = named;
  if (name === undefined || named.length > 1) return null;
  if (tool !== undefined || resource !== undefined) {
    if (completion) return null;
    return { kind: tool === undefined ? 'resource' : 'tool', name };
  }
  if (template !== undefined) return { kind: completion ? 'template-argument' : 'template', name };
  return { kind: completion ? 'prompt-argument' : 'prompt', name };
}

function shownOf({ result, shown }: z.infer<typeof policyCase>): PolicyCase['result'] {
  if (result === undefined || shown === undefined) return null;
  return { given: result as JsonObject, shown: shown as JsonObject };
}

export const policyCasesSchema: z.ZodType<PolicyCases, unknown> = z
  .strictObject({
    policy: z.string().min(1).describe('The file name of the policy that is tested'),
    cases: z
      .array(policyCase.superRefine(checkTarget).superRefine(checkResult))
      .min(1)
      .max(CASES_MAX)
      .describe('What is expected'),
  })
  .transform(({ policy, cases }) => ({
    policy,
    cases: cases.map(
      (each): PolicyCase => ({
        name: each.name,
        as: each.as,
        target: targetOf(each) ?? { kind: 'tool', name: '' },
        nowMs: each.now ?? NOW_MS,
        bound: (each.bound as Record<string, Json> | undefined) ?? null,
        args: each.args === 'any' ? null : (each.args as Record<string, Json>),
        seen: each.seen,
        times: each.times,
        firstUse: each.firstUse,
        result: shownOf(each),
        expect: each.expect,
        class: each.class ?? null,
        rule: each.rule ?? null,
      }),
    ),
  }));
