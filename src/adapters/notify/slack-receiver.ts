import type { Dispatcher } from 'undici';
import type { Notice, NoticeType } from '../../core/notify/notice.ts';
import {
  DIGEST_LINES_MAX,
  type SlackDigestLine,
  type SlackMessage,
  slackDigest,
  slackMessage,
} from '../../core/notify/slack-message.ts';
import type { NoticeStore } from '../../ports/notice-store.ts';
import { type Delivered, type Message, type Receiver, receiverKey, wantsType } from './receiver.ts';
import { callSlack, type SlackApi, type SlackPlace } from './slack-api.ts';

export interface SlackChannel {
  readonly apiUrl: string;
  /** A bot token, `xoxb-…`. */
  readonly token: string;
  readonly channel: string;
  /** What a message is written about. One that was written is changed with whatever becomes of its subject. */
  readonly types: ReadonlySet<NoticeType>;
  readonly digestMs: number;
}

export interface SlackDeps {
  readonly store: Pick<NoticeStore, 'saveMark' | 'findMark'>;
  readonly dispatcher: Dispatcher;
}

/** How long a message can still be changed. Slack keeps them longer; requests do not wait that long. */
const MARKS_KEPT_MS = 30 * 86_400_000;

/** Where a message about a subject stands; `digest`: it is one line of that digest. */
interface Mark extends SlackPlace {
  readonly digest: string | null;
}

/** What a digest says, to write it again with one line changed. */
interface DigestMark {
  readonly summary: string;
  readonly url: string;
  readonly lines: readonly SlackDigestLine[];
}

interface Context {
  readonly slack: SlackChannel;
  readonly api: SlackApi;
  readonly store: SlackDeps['store'];
  readonly key: string;
}

/**
 * A channel of Slack, told by a bot. One attempt at a time: an outcome comes after its request, and Slack takes about one message a second
 * for a channel. A message that Slack took while its answer was lost is written twice.
 */
export function createSlackReceiver(slack: SlackChannel, deps: SlackDeps): Receiver {
  const key = receiverKey('slack', slack.apiUrl, slack.channel);
  const api = { url: slack.apiUrl, token: slack.token, dispatcher: deps.dispatcher };
  const context: Context = { slack, api, store: deps.store, key };
  const isTold = wantsType(slack.types);
  return {
    key,
    name: `Slack channel ${slack.channel}`,
    // Also what no message would be written about: it may change one.
    wants: () => true,
    digestMs: slack.digestMs,
    attemptsMax: 1,
    isNewestEnough: true,
    async deliver(message, signal) {
      try {
        const mark = parseMark<Mark>(await deps.store.findMark(key, message.notice.subject));
        if (mark !== null) return await changeMessage(context, mark, message, signal);
        return isTold(message.notice) ? await writeMessage(context, message, signal) : { kind: 'taken' };
      } catch {
        return { kind: 'failed', problem: 'the store does not answer', afterMs: null };
      }
    },
  };
}

async function writeMessage(context: Context, message: Message, signal: AbortSignal): Promise<Delivered> {
  const { notice, members } = message;
  const lines = members.slice(0, DIGEST_LINES_MAX).map(lineOf);
  const content = members.length === 0 ? slackMessage(notice) : slackDigest(notice, lines);
  const answer = await callSlack(context.api, 'chat.postMessage', paramsOf(context.slack.channel, content), signal);
  if (!answer.ok) return answer.failed;
  const digest = members.length === 0 ? null : notice.subject;
  const subjects = digest === null ? [notice.subject] : lines.map(({ subject }) => subject);
  for (const subject of subjects) await saveMark(context, subject, { ...answer.place, digest }, message.timeMs);
  if (digest !== null) {
    const { summary, url } = notice;
    await saveMark(context, digest, { summary, url, lines }, message.timeMs);
  }
  return { kind: 'taken' };
}

async function changeMessage(context: Context, mark: Mark, message: Message, signal: AbortSignal): Promise<Delivered> {
  const { notice, timeMs } = message;
  const digest = mark.digest === null ? null : await changedDigest(context, mark.digest, notice);
  const content = digest === null ? slackMessage(notice) : slackDigest(digest, digest.lines);
  const params = { ...paramsOf(mark.channel, content), ts: mark.ts };
  const answer = await callSlack(context.api, 'chat.update', params, signal);
  if (!answer.ok) return answer.failed;
  if (mark.digest !== null && digest !== null) await saveMark(context, mark.digest, digest, timeMs);
  return { kind: 'taken' };
}

async function changedDigest({ store, key }: Context, subject: string, notice: Notice): Promise<DigestMark | null> {
  const digest = parseMark<DigestMark>(await store.findMark(key, subject));
  if (digest === null) return null;
  const lines = digest.lines.map((line) => (line.subject === notice.subject ? lineOf(notice) : line));
  return { ...digest, lines };
}

function lineOf({ subject, facts }: Notice): SlackDigestLine {
  const { requester = '', upstream = '', tool = '', status = '', decidedBy = '' } = facts;
  const by = decidedBy === '' ? '' : `, decided by ${decidedBy}`;
  return { subject, text: `${upstream}/${tool} for ${requester}${by}`, status };
}

function paramsOf(channel: string, { text, blocks }: SlackMessage): Readonly<Record<string, unknown>> {
  const inert = { parse: 'none', link_names: false, unfurl_links: false, unfurl_media: false, mrkdwn: false };
  return { channel, text, blocks, ...inert };
}

async function saveMark(
  { store, key }: Context,
  subject: string,
  mark: Mark | DigestMark,
  timeMs: number,
): Promise<void> {
  await store.saveMark({ receiver: key, subject, mark: JSON.stringify(mark), timeMs }, timeMs - MARKS_KEPT_MS);
}

/** Of our own writing. */
function parseMark<T>(mark: string | null): T | null {
  return mark === null ? null : (JSON.parse(mark) as T);
}
