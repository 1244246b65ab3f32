import { z } from 'zod';
import { parseTemplate } from '../../approval/template.ts';
import { TOOL_NAME_CHARS_MAX } from '../../catalog/tool-name.ts';
import { parseDuration } from '../../duration.ts';
import type { Json, JsonObject } from '../../json/value.ts';
import type { PolicyApproval } from '../policy-file.ts';
import { names } from './names-schema.ts';

const APPROVAL_EXPIRES_MS_MAX = 30 * 86_400_000;
const REAUTHENTICATE_MS_MAX = 86_400_000;
const GRANT_MS_MAX = 86_400_000;
export const APPROVERS_MAX = 10;
const GRANT_CALLS_MAX = 100;
const TEMPLATE_CHARS_MAX = 500;
const PREVIEW_ARGUMENTS_MAX = 50;

function duration(minMs: number, maxMs: number, range: string): z.ZodType<number, string> {
  return z.string().transform((text, context) => {
    const parsed = parseDuration(text);
    if (parsed.ok && parsed.value >= minMs && parsed.value <= maxMs) return parsed.value;
    context.addIssue({ code: 'custom', message: parsed.ok ? `must be between ${range}` : parsed.error });
    return z.NEVER;
  });
}

const template = z
  .string()
  .min(1, { error: 'is empty', abort: true })
  .max(TEMPLATE_CHARS_MAX)
  .superRefine((text, context) => {
    const parsed = parseTemplate(text);
    if (parsed.ok) return;
    const { message, help } = parsed.error;
    context.addIssue({ code: 'custom', message, params: { help } });
  });

const argument: z.ZodType<Json> = z.lazy(() =>
  z.union([template, z.number(), z.boolean(), z.null(), z.array(argument).max(PREVIEW_ARGUMENTS_MAX), argumentsOf]),
);
const argumentsOf: z.ZodType<JsonObject, unknown> = z
  .record(z.string().min(1).max(200), argument)
  .refine((members) => Object.keys(members).length <= PREVIEW_ARGUMENTS_MAX, { error: 'holds more than 50 members' });

const approvers = z
  .strictObject({
    groups: names.optional().describe('An approver must be in one of these groups'),
    users: names.optional().describe('An approver must be one of these people'),
  })
  .refine(({ groups, users }) => (groups === undefined) !== (users === undefined), {
    error: 'names people by exactly one of `groups` and `users`',
  });

const preview = z.strictObject({
  tool: z
    .string()
    .min(1)
    .max(TOOL_NAME_CHARS_MAX)
    .regex(/^[!-~]+(?: [!-~]+)*$/, { error: 'must be the name of a tool' })
    .describe('A tool of the same upstream that reads the record'),
  args: argumentsOf.default({}).describe("Its arguments, with places such as '{{args.id}}'"),
  set: z
    .record(template, template)
    .default({})
    .describe(
      "What the call makes of the record, such as '{{args.field}}': '{{args.value}}', where the names do not tell",
    ),
});

const grant = z.strictObject({
  count: z.int().min(2).max(GRANT_CALLS_MAX).describe('How many calls in all, the first included'),
  for: duration(1000, GRANT_MS_MAX, '1s and 24h').describe('For how long from the approval on'),
});

/** On what terms a rule asks for approval. */
export const approval: z.ZodType<PolicyApproval, unknown> = z
  .strictObject({
    by: z
      .union([z.literal('requester'), approvers])
      .optional()
      .describe(
        'Who may approve. Without it, every administrator with the approver role; never the requester. `requester`: the acting person confirms on the page',
      ),
    count: z
      .int()
      .min(1)
      .max(APPROVERS_MAX)
      .default(1)
      .describe('How many different people must approve; never the requester'),
    expires: duration(1000, APPROVAL_EXPIRES_MS_MAX, '1s and 30d')
      .optional()
      .describe('How long the request waits for an answer, such as 30m. Without it, what the environment says'),
    summary: template.optional().describe("The call in one sentence, such as 'Set {{args.field}} of deal {{args.id}}'"),
    preview: preview.optional().describe('A read, as the requester, that shows the record before and after'),
    grant: grant
      .optional()
      .describe('What an approver may agree to beforehand: further calls, all of them exactly this one'),
    confirm: template.optional().describe("What an approver must type, such as '{{args.repo}}'"),
    reauthenticate: duration(60_000, REAUTHENTICATE_MS_MAX, '1m and 24h')
      .optional()
      .describe('How long ago an approver may have signed in, such as 5m'),
  })
  .superRefine(({ by, count }, context) => {
    if (by !== 'requester' || count === 1) return;
    const help = 'the requester is one person; leave `count` out, or name groups';
    context.addIssue({ code: 'custom', path: ['count'], message: 'asks for more people than one', params: { help } });
  })
  .transform(
    (value): PolicyApproval => ({
      byRequester: value.by === 'requester',
      groups: value.by === 'requester' ? [] : (value.by?.groups ?? []),
      users: value.by === 'requester' ? [] : (value.by?.users ?? []),
      count: value.count,
      expiresMs: value.expires ?? null,
      summary: value.summary ?? null,
      preview: value.preview ?? null,
      grant: value.grant === undefined ? null : { count: value.grant.count, forMs: value.grant.for },
      confirm: value.confirm ?? null,
      reauthenticateMs: value.reauthenticate ?? null,
    }),
  );
