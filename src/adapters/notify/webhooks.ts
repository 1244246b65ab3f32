import { Agent, type buildConnector, request } from 'undici';
import type { NoticeType } from '../../core/notify/approval-notice.ts';
import type { NoticeWriter } from '../../core/notify/notice-body.ts';
import { signWebhook } from '../../core/notify/sign-webhook.ts';
import { formatTimestamp } from '../../core/timestamp.ts';
import type { Clock, Ids } from '../../ports/clock.ts';
import type { Notifier } from '../../ports/notifier.ts';

export interface Webhook {
  readonly url: string;
  /** `whsec_…`; the newest first. Empty: the receiver knows the sender by the URL alone, and nothing is signed. */
  readonly secrets: readonly string[];
  readonly types: ReadonlySet<NoticeType>;
  readonly write: NoticeWriter;
}

export interface WebhooksOptions {
  readonly webhooks: readonly Webhook[];
  /** Before each further attempt. After the last one, the message is given up. */
  readonly retryDelaysMs: readonly number[];
  readonly attemptTimeoutMs: number;
  /** Messages of one receiver that are not delivered yet. */
  readonly waitingMax: number;
}

export const WEBHOOK_LIMITS: Omit<WebhooksOptions, 'webhooks'> = {
  retryDelaysMs: [5, 30, 120, 600, 1800, 3600, 10_800, 21_600].map((seconds) => seconds * 1000),
  attemptTimeoutMs: 10_000,
  waitingMax: 1000,
};

export interface WebhooksDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly connect: buildConnector.connector;
  readonly report: (problem: string) => void;
}

const CONNECTIONS_MAX = 4;
/** Of a delay, so that receivers that were down together are not all asked at once when they are back. */
const JITTER = 0.2;

/** Delivers each notice to each receiver that wants it, at least once while the process lives, in no particular order. */
export function createWebhooks(options: WebhooksOptions, deps: WebhooksDeps): Notifier & { close(): Promise<void> } {
  const agent = new Agent({ connect: deps.connect, connections: CONNECTIONS_MAX });
  const timers = new Set<NodeJS.Timeout>();
  const waiting = new Map<Webhook, number>();
  /** Receivers that said they are gone. */
  const gone = new Set<Webhook>();
  let isClosed = false;

  async function attempt(webhook: Webhook, id: string, body: string, attempts: number): Promise<void> {
    const problem = await deliver(deps, agent, webhook, { id, body, timeoutMs: options.attemptTimeoutMs });
    if (problem === GONE) {
      gone.add(webhook);
      deps.report(`${hostOf(webhook)} wants no more webhooks (410); it gets none until the next start`);
    }
    if (problem === null || gone.has(webhook) || isClosed) return leave(webhook);
    const delayMs = options.retryDelaysMs[attempts];
    if (delayMs === undefined) {
      deps.report(`a webhook to ${hostOf(webhook)} was given up after ${attempts + 1} attempts: ${problem}`);
      return leave(webhook);
    }
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        void attempt(webhook, id, body, attempts + 1);
      },
      delayMs * (1 + JITTER * Math.random()),
    ).unref();
    timers.add(timer);
  }

  function leave(webhook: Webhook): void {
    waiting.set(webhook, (waiting.get(webhook) ?? 1) - 1);
  }

  return {
    notify(notice) {
      if (isClosed) return;
      for (const webhook of options.webhooks) {
        if (!webhook.types.has(notice.type) || gone.has(webhook)) continue;
        const count = waiting.get(webhook) ?? 0;
        if (count >= options.waitingMax) {
          deps.report(`a webhook to ${hostOf(webhook)} was left out: ${options.waitingMax} wait for it already`);
          continue;
        }
        waiting.set(webhook, count + 1);
        const body = webhook.write(notice, formatTimestamp(deps.clock.nowMs()));
        void attempt(webhook, deps.ids.next('msg'), body, 0);
      }
    },
    async close() {
      isClosed = true;
      for (const timer of timers) clearTimeout(timer);
      await agent.destroy();
    },
  };
}

const GONE = 'status 410';

/** One attempt. What went wrong, or `null`. Never the answer's words: they are a stranger's. */
async function deliver(
  { clock }: WebhooksDeps,
  agent: Agent,
  { url, secrets }: Webhook,
  { id, body, timeoutMs }: { readonly id: string; readonly body: string; readonly timeoutMs: number },
): Promise<string | null> {
  try {
    const timestampSeconds = Math.floor(clock.nowMs() / 1000);
    const signature = secrets.length === 0 ? {} : signWebhook({ id, timestampSeconds, body }, secrets);
    const answer = await request(url, {
      method: 'POST',
      dispatcher: agent,
      signal: AbortSignal.timeout(timeoutMs),
      headers: { 'content-type': 'application/json', ...signature },
      body,
    });
    answer.body.on('error', () => undefined).destroy();
    return answer.statusCode >= 200 && answer.statusCode < 300 ? null : `status ${answer.statusCode}`;
  } catch (error) {
    const { code, name } = error as { code?: unknown; name?: unknown };
    return String(code ?? name);
  }
}

/** A path can hold a secret of the receiver's, as Slack's does. */
function hostOf({ url }: Webhook): string {
  return new URL(url).host;
}
