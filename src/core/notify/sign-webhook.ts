import { Buffer } from 'node:buffer';
import { createHmac } from 'node:crypto';

export interface WebhookMessage {
  /** The same for every attempt to deliver it, so that a receiver can tell a repetition. */
  readonly id: string;
  /** Of this attempt, in seconds. Receivers refuse what is older than some minutes. */
  readonly timestampSeconds: number;
  readonly body: string;
}

export const WEBHOOK_SECRET: RegExp = /^whsec_[A-Za-z0-9+/]{32,}={0,2}$/;

/**
 * The headers of Standard Webhooks 1.0: an HMAC-SHA256 over id, time and body. With two secrets there are two signatures, so that a
 * receiver can change from one to the other without missing anything.
 */
export function signWebhook(
  { id, timestampSeconds, body }: WebhookMessage,
  secrets: readonly string[],
): Readonly<Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>> {
  const signed = `${id}.${timestampSeconds}.${body}`;
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestampSeconds),
    'webhook-signature': signatures.join(' '),
  };
}
