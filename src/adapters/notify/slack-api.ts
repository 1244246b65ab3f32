import { type Dispatcher, request } from 'undici';
import { codeOf, type Delivered, parseRetryAfter } from './receiver.ts';

/** What Slack made of a message. */
export interface SlackPlace {
  /** Always an id, whatever the message was sent to: `chat.update` takes no name. */
  readonly channel: string;
  readonly ts: string;
}

export type SlackAnswer =
  | { readonly ok: true; readonly place: SlackPlace }
  | { readonly ok: false; readonly failed: Delivered };

export interface SlackApi {
  /** Such as `https://slack.com/api`. */
  readonly url: string;
  readonly token: string;
  readonly dispatcher: Dispatcher;
}

const ANSWER_BYTES_MAX = 256 * 1024;
const TOO_MANY = 429;

/** One call of a method of Slack's Web API. Never throws. */
export async function callSlack(
  { url, token, dispatcher }: SlackApi,
  method: 'chat.postMessage' | 'chat.update',
  params: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<SlackAnswer> {
  try {
    const answer = await request(`${url}/${method}`, {
      method: 'POST',
      dispatcher,
      signal,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(params),
    });
    const { statusCode, headers, body } = answer;
    if (statusCode !== 200) {
      body.on('error', () => undefined).destroy();
      const afterMs = statusCode === TOO_MANY ? parseRetryAfter(headers['retry-after']) : null;
      return failed({ kind: 'failed', problem: `status ${statusCode}`, afterMs });
    }
    return readAnswer(await readText(body));
  } catch (error) {
    return failed({ kind: 'failed', problem: codeOf(error), afterMs: null });
  }
}

async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX) throw Object.assign(new Error('the answer is too large'), { code: 'TOO_LARGE' });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function readAnswer(text: string): SlackAnswer {
  const { ok, ts, channel, error } = parseObject(text);
  if (ok === true && typeof ts === 'string' && typeof channel === 'string') return { ok, place: { channel, ts } };
  // Slack's errors are words of a closed kind. Anything else is a stranger's.
  const code = typeof error === 'string' && /^[a-z_]{1,64}$/.test(error) ? error : 'an answer that is none of Slack';
  if (NEVER.has(code)) return failed({ kind: 'refused', problem: code });
  if (PASSING.has(code)) return failed({ kind: 'failed', problem: code, afterMs: null });
  return failed({ kind: 'failed', problem: code, afterMs: null, isForOperator: true });
}

/** What is wrong with this one message, or with the one that it would change. */
const NEVER: ReadonlySet<string> = new Set([
  'message_not_found',
  'cant_update_message',
  'edit_window_closed',
  'msg_too_long',
  'msg_blocks_too_long',
  'invalid_blocks',
  'invalid_blocks_format',
]);
/** What is over by itself. All others are about the token or the channel. */
const PASSING: ReadonlySet<string> = new Set([
  'ratelimited',
  'rate_limited',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'message_limit_exceeded',
]);

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function failed(why: Delivered): SlackAnswer {
  return { ok: false, failed: why };
}
