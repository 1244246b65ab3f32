import { z } from 'zod';
import { NOTICE_TYPES, type NoticeType } from '../core/notify/approval-notice.ts';
import { parseBodyTemplate } from '../core/notify/notice-body.ts';
import { WEBHOOK_SECRET } from '../core/notify/sign-webhook.ts';
import { secureUrl } from './value-schemas.ts';

export interface WebhookSection {
  readonly url: string;
  readonly secrets: readonly string[];
  readonly events: readonly NoticeType[];
  readonly body?: string | undefined;
}

export interface NotifySection {
  readonly webhooks: readonly WebhookSection[];
}

const webhook: z.ZodType<WebhookSection, unknown> = z.strictObject({
  url: secureUrl.describe('Where to POST to'),
  secrets: z
    .array(z.string().regex(WEBHOOK_SECRET, { error: 'must be `whsec_` and at least 24 bytes of base64' }))
    .max(2)
    .default([])
    .describe('Sign each message; two while the receiver changes from one to the other. Such as "${env:HOOK_SECRET}"'),
  events: z.array(z.enum(NOTICE_TYPES)).min(1).default(['approval.requested']).describe('What the receiver is told of'),
  body: z
    .string()
    .max(8192)
    .superRefine((template, context) => {
      const writer = parseBodyTemplate(template);
      if (!writer.ok) context.addIssue({ code: 'custom', message: writer.error, params: { help: HELP } });
    })
    .optional()
    .describe('A body that the receiver understands: JSON with `{{summary}}`, `{{url}}` and their like inside strings'),
});

const HELP = 'such as \'{"text": "{{summary}} {{url}}"}\'';

export const notify: z.ZodType<NotifySection, unknown> = z.strictObject({
  webhooks: z.array(webhook).max(20).default([]).describe('Receivers of signed messages about approvals'),
});
