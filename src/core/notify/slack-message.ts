import { visibleText } from '../content/visible-text.ts';
import type { Notice } from './notice.ts';

/** The text and the blocks of a message, as `chat.postMessage` and `chat.update` take them. */
export interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly unknown[];
}

/** What Slack takes at most, in characters. Nothing is decided in Slack, so what is cut off is seen on the page. */
const HEADER_CHARS_MAX = 150;
const TEXT_CHARS_MAX = 2900;
const FIELD_CHARS_MAX = 500;
const FIELDS_MAX = 10;

/**
 * INVARIANT: names of people and tools, reasons and the like are in plain text objects, where Slack knows no markup, with `&`, `<` and `>`
 * escaped all the same, because the text for notifications is markup. So nothing that an agent chose can mention a channel, be a link or
 * look like words of ours.
 */
export function slackMessage(notice: Notice): SlackMessage {
  const fields = fieldsOf(notice);
  return {
    text: slackText(notice.summary, TEXT_CHARS_MAX),
    blocks: [
      { type: 'header', text: plain(titleOf(notice), HEADER_CHARS_MAX) },
      { type: 'section', text: plain(notice.summary, TEXT_CHARS_MAX) },
      ...(fields.length === 0 ? [] : [{ type: 'section', fields }]),
      openButton(notice.url),
    ],
  };
}

export interface SlackDigestLine {
  readonly subject: string;
  readonly text: string;
  readonly status: string;
}

/** As many as fit the text of one section, whatever their length. */
export const DIGEST_LINES_MAX = 12;
const LINE_CHARS_MAX = 220;

export function slackDigest(digest: Pick<Notice, 'summary' | 'url'>, lines: readonly SlackDigestLine[]): SlackMessage {
  const shown = lines.map(({ text, status }) => `${status === 'pending' ? '○' : '●'} ${status}: ${text}`);
  const listed = shown.map((line) => slackText(line, LINE_CHARS_MAX)).join('\n');
  return {
    text: slackText(digest.summary, TEXT_CHARS_MAX),
    blocks: [
      { type: 'header', text: plain('Requests wait for a person', HEADER_CHARS_MAX) },
      { type: 'section', text: plain(digest.summary, TEXT_CHARS_MAX) },
      { type: 'section', text: { type: 'plain_text', emoji: false, text: listed } },
      openButton(digest.url),
    ],
  };
}

/** One line of text that is nothing but text. Source: Slack's "Formatting text for app surfaces", escaping. */
export function slackText(text: string, charsMax: number): string {
  const escaped = visibleText(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  if (escaped.length <= charsMax) return escaped;
  const whole = escaped.slice(0, charsMax - 1).replace(/&[a-z]{0,3}$/, '');
  return `${whole.toWellFormed()}…`;
}

function plain(text: string, charsMax: number): unknown {
  return { type: 'plain_text', emoji: false, text: slackText(text, charsMax) };
}

function openButton(url: string): unknown {
  return { type: 'actions', elements: [{ type: 'button', text: plain('Open', 10), url }] };
}

function titleOf({ type, facts }: Notice): string {
  const { upstream = '', tool = '', status = '' } = facts;
  const target = `${upstream}/${tool}`;
  if (type === 'kill-switch.changed') return `Kill switch: ${status}`;
  if (type === 'tool.drift') return `Tool definition to review: ${target}`;
  if (type === 'config.reload-failed') return 'The policies could not be loaded';
  return status === 'pending' ? `Approval needed: ${target}` : `${status}: ${target}`;
}

const FIELD_NAMES = {
  status: 'Status',
  requester: 'Requester',
  client: 'Client',
  reason: 'Why asked',
  expiresAt: 'Decide by',
  decidedBy: 'Decided by',
} as const;

function fieldsOf({ type, facts }: Notice): readonly unknown[] {
  if (!type.startsWith('approval.')) return [];
  return Object.entries(FIELD_NAMES)
    .flatMap(([fact, name]) => {
      const value = facts[fact as keyof typeof FIELD_NAMES];
      return value === undefined || value === '' ? [] : [plain(`${name}: ${value}`, FIELD_CHARS_MAX)];
    })
    .slice(0, FIELDS_MAX);
}
