import { z } from 'zod';
import type { PolicyRule, PolicySubject } from '../policy-file.ts';
import { approval } from './approval-schema.ts';
import { bind, environments, moment, recordPaths, when } from './condition-schema.ts';
import { toolPatterns, uriPatterns } from './names-schema.ts';
import { result } from './result-schema.ts';
import { EVERYBODY, who } from './who-schema.ts';

const TEXT_CHARS_MAX = 500;

/** One rule, with what only fits some of its effects. */
export const rule: z.ZodType<PolicyRule, unknown> = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}$/, { error: 'must be 1 to 64 letters, digits, `.`, `_` or `-`' })
      .describe('Names the rule in decisions and in the audit log'),
    who: who.optional(),
    tools: z
      .union([
        toolPatterns.min(1, { error: 'is empty, so the rule is about no tool' }),
        z.strictObject({ class: z.enum(['read', 'write']).describe('The tools of this class') }),
      ])
      .optional()
      .describe('Which tools the rule is about: a list of names and patterns, or `{ class: read }`'),
    resources: uriPatterns
      .min(1, { error: 'is empty, so the rule is about no resource' })
      .optional()
      .describe('Which resources the rule is about: URIs, `*` within a segment, `**` over segments'),
    prompts: toolPatterns
      .min(1, { error: 'is empty, so the rule is about no prompt' })
      .optional()
      .describe('Which prompts the rule is about: a list of names and patterns'),
    completion: z
      .boolean()
      .default(false)
      .describe('Only with `allow` and `resources` or `prompts`: values for their arguments are suggested as well'),
    effect: z
      .enum(['allow', 'approve', 'deny'])
      .describe('What the rule says. Never > deny > approve > allow > nothing, which is deny'),
    when: when.optional(),
    bind: bind.optional(),
    env: environments.optional(),
    from: moment.optional().describe('The moment from which the rule is in force, such as 2026-12-01T09:00:00Z'),
    until: moment.optional().describe('The moment from which the rule is no longer in force'),
    records: recordPaths.optional(),
    reason: z.string().min(1).max(TEXT_CHARS_MAX).optional().describe('Why, for the requester and the approver'),
    unattended: z.boolean().default(false).describe('Only with `allow`: writes run without approval'),
    approval: approval.optional().describe('Only with `approve`: on what terms'),
    result: result.optional().describe('What is done to results before anybody sees them'),
  })
  .superRefine((value, context) => {
    const add = (path: string[], message: string, help: string): void =>
      context.addIssue({ code: 'custom', path, message, params: { help } });
    if (value.who === undefined && value.effect !== 'deny') add(['who'], 'is missing', HELP.whoMissing);
    if (value.effect === 'deny' && (value.who?.scopes.length ?? 0) > 0)
      add(['who'], 'denies by scope', HELP.denyByScope);
    if (value.unattended && value.effect !== 'allow') add(['unattended'], 'has no meaning here', HELP.unattended);
    const subjects = [value.tools, value.resources, value.prompts].filter((subject) => subject !== undefined);
    if (subjects.length === 0) add(['tools'], 'is missing', HELP.subject);
    if (subjects.length > 1) add([], 'is about several kinds of things', HELP.subject);
    if (value.completion && (value.effect !== 'allow' || value.tools !== undefined))
      add(['completion'], 'has no meaning here', HELP.completion);
    if (value.unattended && value.tools === undefined) add(['unattended'], 'has no meaning here', HELP.unattended);
    if (value.bind !== undefined && (value.effect === 'deny' || value.tools === undefined))
      add(['bind'], 'has no meaning here', HELP.bind);
    if (value.records !== undefined && value.effect === 'deny') add(['records'], 'has no meaning here', HELP.records);
    if (value.from !== undefined && value.until !== undefined && value.from >= value.until)
      add(['until'], 'is not after `from`, so the rule is never in force', HELP.until);
    if (value.approval !== undefined && value.effect !== 'approve')
      add(['approval'], 'has no meaning here', HELP.approval);
    if (value.result !== undefined && value.effect === 'deny') add(['result'], 'has no meaning here', HELP.result);
    const picksFields = value.result !== undefined && (value.result.keep !== null || value.result.drop.length > 0);
    if (picksFields && value.prompts !== undefined) add(['result'], 'picks fields of a prompt', HELP.resultOfPrompt);
  })
  .transform(
    (value): PolicyRule => ({
      id: value.id,
      who: value.who ?? EVERYBODY,
      subject: subjectOf(value),
      effect: value.effect,
      when: value.when ?? null,
      bind: value.bind ?? [],
      environments: value.env ?? null,
      fromMs: value.from ?? null,
      untilMs: value.until ?? null,
      records: value.records ?? [],
      reason: value.reason ?? null,
      unattended: value.unattended,
      approval: value.approval ?? null,
      result: value.result ?? null,
    }),
  );

interface Subjects {
  readonly tools?: readonly string[] | { readonly class: 'read' | 'write' } | undefined;
  readonly resources?: readonly string[] | undefined;
  readonly prompts?: readonly string[] | undefined;
  readonly completion: boolean;
}

function subjectOf({ tools, resources, prompts, completion }: Subjects): PolicySubject {
  if (resources !== undefined) return { kind: 'resources', patterns: resources, completion };
  if (prompts !== undefined) return { kind: 'prompts', patterns: prompts, completion };
  if (tools !== undefined && 'class' in tools) return { kind: 'tools-of-class', class: tools.class };
  return { kind: 'tools', patterns: tools ?? [] };
}

const HELP = {
  subject: 'a rule has exactly one of `tools`, `resources` and `prompts`',
  completion: '`completion` goes with `effect: allow` and with `resources` or `prompts`',
  whoMissing:
    'say whom the rule is about; `who: { any: true }` is everybody. Only a rule with `effect: deny` may leave it out',
  denyByScope: 'a caller would get round this rule with a credential of fewer scopes; name users or groups',
  unattended: '`unattended` goes with `effect: allow` and `tools` only; reading needs no approval',
  bind: '`bind` goes with `effect: allow` or `approve`, and with `tools`',
  records: '`records` goes with `effect: allow` or `approve`',
  result: '`result` goes with `effect: allow` or `approve`',
  resultOfPrompt: 'prompts have no fields: leave out `keep` and `drop`',
  until: 'give the later moment as `until`',
  approval:
    '`approval` goes with `effect: approve` only; a write that is merely allowed is approved on the terms of the environment',
} as const;
