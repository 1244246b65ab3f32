import { type GivenAnswer, type NoticeReceiver, type ReceivedRequest, startNoticeReceiver } from './notice-receiver.ts';

export interface SlackPost {
  readonly channel: string;
  readonly ts: string;
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
  readonly [option: string]: unknown;
}

interface SlackText {
  readonly type: string;
  readonly text: string;
}

interface SlackBlock {
  readonly type: string;
  readonly text?: SlackText;
  readonly fields?: readonly SlackText[];
  readonly elements?: readonly { readonly type: string; readonly url?: string; readonly text: SlackText }[];
}

export interface FakeSlack extends NoticeReceiver {
  readonly apiUrl: string;
  /** As people see the channel: messages by their `ts`, as they are now. */
  readonly messages: ReadonlyMap<string, SlackPost>;
}

export const SLACK_TOKEN = 'xoxb-123456789012-fake-for-tests';
export const SLACK_CHANNEL = 'C0123456789';

/**
 * The two methods of Slack's Web API that are used, with the manners of the real one: failures are `ok: false` in a 200, a name of a channel is
 * answered with its id, a message is known by its `ts`, and what is too long or of no known kind is refused.
 */
export async function startFakeSlack(): Promise<FakeSlack> {
  const messages = new Map<string, SlackPost>();
  const receiver = await startNoticeReceiver((request) => answerOf(messages, request));
  return { ...receiver, apiUrl: `${receiver.url}/api`, messages };
}

function answerOf(messages: Map<string, SlackPost>, { path, headers, body }: ReceivedRequest): GivenAnswer {
  if (headers['content-type'] !== 'application/json; charset=utf-8') return failure('invalid_form_data');
  if (headers.authorization !== `Bearer ${SLACK_TOKEN}`) return failure('invalid_auth');
  const post = JSON.parse(body) as SlackPost;
  if (post.channel !== SLACK_CHANNEL) return failure('channel_not_found');
  const fault = faultOf(post);
  if (fault !== null) return failure(fault);
  const isUpdate = path === '/api/chat.update';
  if (!isUpdate && path !== '/api/chat.postMessage') return failure('unknown_method');
  if (isUpdate && !messages.has(post.ts)) return failure('message_not_found');
  const ts = isUpdate ? post.ts : `1732800000.${String(messages.size).padStart(6, '0')}`;
  messages.set(ts, { ...post, ts });
  return { headers: JSON_TYPE, body: JSON.stringify({ ok: true, channel: post.channel, ts, message: {} }) };
}

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

function failure(error: string): GivenAnswer {
  return { headers: JSON_TYPE, body: JSON.stringify({ ok: false, error }) };
}

/** Source: Slack's reference of blocks and of text objects. */
function faultOf({ text, blocks }: SlackPost): string | null {
  if (text === '') return 'no_text';
  if (text.length > 40_000) return 'msg_too_long';
  return blocks.length <= 50 && blocks.every(isBlock) ? null : 'invalid_blocks';
}

function isBlock({ type, text, fields, elements }: SlackBlock): boolean {
  switch (type) {
    case 'header':
      return text?.type === 'plain_text' && isText(text, 150);
    case 'section':
      if (fields !== undefined)
        return fields.length >= 1 && fields.length <= 10 && fields.every((each) => isText(each, 2000));
      return isText(text, 3000);
    case 'actions':
      return (elements ?? []).every(
        (each) => each.type === 'button' && isText(each.text, 75) && /^https?:/.test(each.url ?? ''),
      );
    default:
      return false;
  }
}

function isText(text: SlackText | undefined, charsMax: number): boolean {
  return text !== undefined && text.text.length > 0 && text.text.length <= charsMax;
}
