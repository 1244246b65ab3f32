import { z } from 'zod';
import { TOOL_NAME_CHARS_MAX } from '../catalog/tool-name.ts';
import { UPSTREAM_NAME } from '../catalog/exposed-name.ts';
import { parseDuration } from '../duration.ts';
import type { ArgumentClasses, PolicyApproval, PolicyFile, PolicyRule, PolicyWho } from './policy-file.ts';

const ENTRIES_MAX = 1000;
const TEXT_CHARS_MAX = 500;
const APPROVAL_EXPIRES_MS_MAX = 30 * 86_400_000;

/** A name that is compared exactly: what a reviewer cannot see, or would not notice, must not be in it. */
const name = z
  .string()
  .min(1, { error: 'is empty', abort: true })
  .max(512)
  .regex(/^\S+(?: \S+)*$/, { error: 'has spaces at the start, at the end or in a row' });

const names = z.array(name).min(1, { error: 'is empty, so it matches nobody' }).max(ENTRIES_MAX);

const toolPattern = z
  .string()
  .min(1, { error: 'is empty', abort: true })
  .max(TOOL_NAME_CHARS_MAX)
  .regex(/^[!-~]+(?: [!-~]+)*$/, { error: 'holds characters that no tool can be named by: visible ASCII alone' })
  .regex(/^[^?[\]{}()|^$\\]*$/, {
    error: 'is no pattern of this language: only `*` has a meaning, any characters or none',
  })
  .regex(/^(?!\.\*)/, {
    error: 'looks like a regular expression; here `.` is a dot and `*` alone means any characters',
  });

const toolPatterns = z.array(toolPattern).max(ENTRIES_MAX);

const argumentClasses = z
  .strictObject({
    argument: name.describe('The argument, at the top level, whose value tells what the call does'),
    read: z.array(z.string()).max(ENTRIES_MAX).default([]).describe('Values that only read'),
    write: z.array(z.string()).max(ENTRIES_MAX).default([]).describe('Values that change something'),
    never: z.array(z.string()).max(ENTRIES_MAX).default([]).describe('Values that nobody may use'),
  })
  .superRefine((classes, context) => {
    const values = [...classes.read, ...classes.write, ...classes.never];
    if (values.length === 0)
      context.addIssue({ code: 'custom', message: 'lists no value', params: { help: HELP.noValue } });
    const twice = values.find((value, index) => values.indexOf(value) !== index);
    if (twice !== undefined) {
      context.addIssue({ code: 'custom', message: `lists the value ${JSON.stringify(twice)} more than once` });
    }
  });

const classes = z
  .strictObject({
    read: toolPatterns.default([]).describe('Tools that only read: names, or patterns with `*`'),
    write: toolPatterns
      .default([])
      .describe('Tools that change something. They need approval unless a rule says otherwise'),
    never: toolPatterns
      .default([])
      .describe('Tools that nobody may use, whatever any rule says. They are not listed either'),
    byArgument: z
      .record(toolPattern.regex(/^[^*]*$/, { error: 'must be the exact name of a tool' }), argumentClasses)
      .default({})
      .describe('Tools that do several things, by name: the value of one argument gives the class of the call'),
  })
  .describe('What each tool does. The strictest list that names a tool wins; a tool in no list is unclassified');

const who = z
  .strictObject({
    any: z.literal(true).optional().describe('Everybody who is signed in'),
    users: names
      .optional()
      .describe('Ids of people: the user of a token, or `<issuer>#<sub>`. One of them must be the caller'),
    groups: names.optional().describe('The caller must be in one of these groups'),
    scopes: names
      .optional()
      .describe('The credential must hold all of these scopes. A ceiling: scopes alone allow nothing'),
  })
  .superRefine((value, context) => {
    const hasPeople = value.users !== undefined || value.groups !== undefined;
    if (value.any && hasPeople) {
      context.addIssue({
        code: 'custom',
        message: 'says `any` and names people as well',
        params: { help: HELP.anyOrNamed },
      });
    } else if (!value.any && !hasPeople) {
      const message = value.scopes === undefined ? 'names nobody' : 'names scopes alone';
      context.addIssue({ code: 'custom', message, params: { help: HELP.scopesAlone } });
    }
  })
  .transform((value): PolicyWho => {
    const { any = false, users = null, groups = null, scopes = [] } = value;
    return { any, users, groups, scopes };
  })
  .describe('Whom the rule is about. All conditions given must hold');

const duration = z.string().transform((text, context) => {
  const parsed = parseDuration(text);
  if (parsed.ok && parsed.value >= 1000 && parsed.value <= APPROVAL_EXPIRES_MS_MAX) return parsed.value;
  context.addIssue({ code: 'custom', message: parsed.ok ? 'must be between 1s and 30d' : parsed.error });
  return z.NEVER;
});

const approval = z
  .strictObject({
    by: z
      .strictObject(
        { groups: names.describe('An approver must be in one of these groups') },
        {
          error: ({ input }) =>
            input === 'requester' ? 'confirmation by the requester is not in this version' : undefined,
        },
      )
      .optional()
      .describe('Who may approve. Without it, every administrator with the approver role; never the requester'),
    count: z.literal(1).default(1).describe('How many people must approve. This version asks for one'),
    expires: duration
      .optional()
      .describe('How long the request waits for an answer, such as 30m. Without it, what the environment says'),
  })
  .transform(
    ({ by, count, expires }): PolicyApproval => ({ groups: by?.groups ?? [], count, expiresMs: expires ?? null }),
  );

const EVERYBODY: PolicyWho = { any: true, users: null, groups: null, scopes: [] };

const rule = z
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
  noValue: 'name the values of the argument under `read`, `write` or `never`',
  anyOrNamed: 'write `any: true` for everybody, or `users` and `groups` for some',
  scopesAlone: 'add `users` or `groups`, or `any: true` for everybody: scopes are a ceiling, never sufficient alone',
  whoMissing:
    'say whom the rule is about; `who: { any: true }` is everybody. Only a rule with `effect: deny` may leave it out',
  denyByScope: 'a caller would get round this rule with a credential of fewer scopes; name users or groups',
  unattended: '`unattended` goes with `effect: allow` only',
  approval:
    '`approval` goes with `effect: approve` only; a write that is merely allowed is approved on the terms of the environment',
} as const;

/** One file in `policies/`. */
export const policyFileSchema: z.ZodType<PolicyFile, unknown> = z
  .strictObject({
    version: z.literal(1).describe('The version of the policy language'),
    upstream: z
      .string()
      .regex(UPSTREAM_NAME, { error: 'must be 1 to 20 small letters, digits or `-`' })
      .describe('The upstream that the file is about, by its name in countersign.yaml'),
    classes: classes.prefault({}),
    rules: z.array(rule).max(ENTRIES_MAX).default([]).describe('Who may do what. The order of rules has no meaning'),
  })
  .transform(
    (file): PolicyFile => ({
      version: file.version,
      upstream: file.upstream,
      classes: {
        ...file.classes,
        byArgument: new Map<string, ArgumentClasses>(Object.entries(file.classes.byArgument)),
      },
      rules: file.rules,
    }),
  );

/**
 * Keys of the whole language that this version cannot enforce. They are refused: a rule whose `when` were ignored would allow more
 * than its author wrote.
 */
export const POLICY_KEYS_NOT_YET: ReadonlySet<string> = new Set([
  'limits',
  'watch',
  'resources',
  'prompts',
  'rules.*.when',
  'rules.*.bind',
  'rules.*.result',
  'rules.*.records',
  'rules.*.resources',
  'rules.*.prompts',
  'rules.*.approval.summary',
  'rules.*.approval.preview',
]);
