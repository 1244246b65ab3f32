import { z } from 'zod';
import { NOTICE_TYPES, type NoticeType } from '../core/notify/notice.ts';
import { parseBodyTemplate } from '../core/notify/notice-body.ts';
import { WEBHOOK_SECRET } from '../core/notify/sign-webhook.ts';
import { duration, secureUrl } from './value-schemas.ts';

export interface WebhookSection {
  readonly url: string;
  readonly secrets: readonly string[];
  readonly events: readonly NoticeType[];
  readonly digest: number;
  readonly body?: string | undefined;
}

export interface SlackSection {
  readonly token: string;
  readonly channel: string;
  readonly events: readonly NoticeType[];
  readonly digest: number;
  readonly apiUrl: string;
}

export interface NotifySection {
  readonly webhooks: readonly WebhookSection[];
  readonly slack: readonly SlackSection[];
}

const events: z.ZodType<readonly NoticeType[], unknown> = z
  .array(z.enum(NOTICE_TYPES))
  .min(1)
  .default(['approval.requested']);

const DIGEST_MS_MAX = 60 * 60_000;

const webhook: z.ZodType<WebhookSection, unknown> = z.strictObject({
  url: secureUrl.describe('Where to POST to'),
  secrets: z
    .array(z.string().regex(WEBHOOK_SECRET, { error: 'must be `whsec_` and at least 24 bytes of base64' }))
    .max(2)
    .default([])
    .describe('Sign each message; two while the receiver changes from one to the other. Such as "${env:HOOK_SECRET}"'),
  events: events.describe('What the receiver is told of'),
  digest: duration(1000, DIGEST_MS_MAX)
    .optional()
    .transform((ms) => ms ?? 0)
    .describe('Requests that come so soon after one that was told are told together; without it, each at once'),
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

/** Of a bot: what a person or an app may do is more than writing messages. */
const BOT_TOKEN = /^xoxb-[A-Za-z0-9-]{8,500}$/;

const slack: z.ZodType<SlackSection, unknown> = z.strictObject({
  token: z
    .string()
    .regex(BOT_TOKEN, { error: 'must be a bot token, which begins with `xoxb-`' })
    .describe('Of a bot with the scope chat:write that is in the channel. Such as "${env:SLACK_TOKEN}"'),
  channel: z
    .string()
    .regex(/^[CGD][A-Z0-9]{6,30}$/, { error: 'must be the id of a channel, such as C0123456789' })
    .describe('The id of the channel; a name can be given to another one'),
  events: events.describe(
    'What a message is written about. It is changed when the request is decided, and when it ran',
  ),
  digest: duration(1000, DIGEST_MS_MAX)
    .prefault('30s')
    .describe('Requests that come so soon after one that was told are told together'),
  apiUrl: secureUrl.default('https://slack.com/api').describe('Where the Web API is'),
});

export const notify: z.ZodType<NotifySection, unknown> = z.strictObject({
  webhooks: z.array(webhook).max(20).default([]).describe('Receivers of signed messages'),
  slack: z
    .array(slack)
    .max(20)
    .superRefine((channels, context) => {
      for (const [index, { channel, apiUrl }] of channels.entries()) {
        const first = channels.findIndex((each) => each.channel === channel && each.apiUrl === apiUrl);
        if (first < index) context.addIssue({ code: 'custom', path: [index, 'channel'], message: 'is there twice' });
      }
    })
    .default([])
    .describe('Channels of Slack'),
});
