import { type Dispatcher, request } from 'undici';
import type { NoticeType } from '../../core/notify/notice.ts';
import type { NoticeWriter } from '../../core/notify/notice-body.ts';
import { signWebhook } from '../../core/notify/sign-webhook.ts';
import { formatTimestamp } from '../../core/timestamp.ts';
import type { Clock } from '../../ports/clock.ts';
import {
  codeOf,
  type Delivered,
  type Message,
  parseRetryAfter,
  type Receiver,
  receiverKey,
  wantsType,
} from './receiver.ts';

export interface Webhook {
  readonly url: string;
  /** `whsec_…`; the newest first. Empty: the receiver knows the sender by the URL alone, and nothing is signed. */
  readonly secrets: readonly string[];
  readonly types: ReadonlySet<NoticeType>;
  readonly digestMs: number;
  readonly write: NoticeWriter;
  /** The text that `write` was made of. Two receivers may have one URL, as for what opens an incident and what closes it. */
  readonly bodyTemplate: string | null;
}

export interface WebhookDeps {
  readonly clock: Clock;
  readonly dispatcher: Dispatcher;
}

const ATTEMPTS_MAX = 4;
const GONE = 410;

/** A receiver of Standard Webhooks 1.0. */
export function createWebhookReceiver(webhook: Webhook, deps: WebhookDeps): Receiver {
  return {
    key: receiverKey('webhook', webhook.url, [...webhook.types].toSorted().join(), webhook.bodyTemplate ?? ''),
    // A path can hold a secret of the receiver's, as Slack's does.
    name: `the webhook at ${new URL(webhook.url).host}`,
    wants: wantsType(webhook.types),
    digestMs: webhook.digestMs,
    attemptsMax: ATTEMPTS_MAX,
    isNewestEnough: false,
    deliver: (message, signal) => deliver(webhook, deps, message, signal),
  };
}

async function deliver(
  { url, secrets, write }: Webhook,
  { clock, dispatcher }: WebhookDeps,
  { id, notice, members, timeMs }: Message,
  signal: AbortSignal,
): Promise<Delivered> {
  try {
    const timestampSeconds = Math.floor(clock.nowMs() / 1000);
    const body = write(notice, members, formatTimestamp(timeMs));
    const signature = secrets.length === 0 ? {} : signWebhook({ id, timestampSeconds, body }, secrets);
    const headers = { 'content-type': 'application/json', 'webhook-id': id, ...signature };
    const answer = await request(url, { method: 'POST', dispatcher, signal, headers, body });
    answer.body.on('error', () => undefined).destroy();
    const { statusCode } = answer;
    if (statusCode >= 200 && statusCode < 300) return { kind: 'taken' };
    if (statusCode === GONE) return { kind: 'gone', problem: 'wants no more messages (410)' };
    return { kind: 'failed', problem: `status ${statusCode}`, afterMs: parseRetryAfter(answer.headers['retry-after']) };
  } catch (error) {
    return { kind: 'failed', problem: codeOf(error), afterMs: null };
  }
}
