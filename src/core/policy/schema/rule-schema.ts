import { z } from 'zod';
import type { PolicyRule } from '../policy-file.ts';
import { approval } from './approval-schema.ts';
import { toolPatterns } from './names-schema.ts';
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
      .describe('Which tools the rule is about: a list of names and patterns, or `{ class: read }`'),
    effect: z
      .enum(['allow', 'approve', 'deny'])
      .describe('What the rule says. Never > deny > approve > allow > nothing, which is deny'),
    reason: z.string().min(1).max(TEXT_CHARS_MAX).optional().describe('Why, for the requester and the approver'),
    unattended: z.boolean().default(false).describe('Only with `allow`: writes run without approval'),
    approval: approval.optional().describe('Only with `approve`: on what terms'),
  })
  .superRefine((value, context) => {
    const add = (path: string[], message: string, help: string): void =>
      context.addIssue({ code: 'custom', path, message, params: { help } });
    if (value.who === undefined && value.effect !== 'deny') add(['who'], 'is missing', HELP.whoMissing);
    if (value.effect === 'deny' && (value.who?.scopes.length ?? 0) > 0)
      add(['who'], 'denies by scope', HELP.denyByScope);
    if (value.unattended && value.effect !== 'allow') add(['unattended'], 'has no meaning here', HELP.unattended);
    if (value.approval !== undefined && value.effect !== 'approve')
      add(['approval'], 'has no meaning here', HELP.approval);
  })
  .transform(
    (value): PolicyRule => ({
      id: value.id,
      who: value.who ?? EVERYBODY,
      tools: Array.isArray(value.tools)
        ? { kind: 'names', patterns: value.tools }
        : { kind: 'class', class: value.tools.class },
      effect: value.effect,
      reason: value.reason ?? null,
      unattended: value.unattended,
      approval: value.approval ?? null,
    }),
  );

const HELP = {
  whoMissing:
    'say whom the rule is about; `who: { any: true }` is everybody. Only a rule with `effect: deny` may leave it out',
  denyByScope: 'a caller would get round this rule with a credential of fewer scopes; name users or groups',
  unattended: '`unattended` goes with `effect: allow` only',
  approval:
    '`approval` goes with `effect: approve` only; a write that is merely allowed is approved on the terms of the environment',
} as const;
