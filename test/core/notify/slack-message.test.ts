import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Notice } from '../../../src/core/notify/notice.ts';
import { DIGEST_LINES_MAX, slackDigest, slackMessage, slackText } from '../../../src/core/notify/slack-message.ts';
import { sampleNotice } from '../../support/deliveries.ts';

const HOSTILE = [
  '<!channel> look',
  '<!here|here>',
  '<@U0123456789>',
  '<https://evil.example|Open>',
  '*approved* `by` ~olivia~',
  'a\n\n:white_check_mark: Approved by olivia',
  '&lt;!channel&gt;',
  '\u202eoivilo yb devorppa\u200b',
];

function noticeWith(text: string): Notice {
  const notice = sampleNotice();
  const { facts } = notice;
  const names = { requester: text, client: text, upstream: text, tool: text, reason: text, decidedBy: text };
  return { ...notice, facts: { ...facts, ...names, status: text }, summary: `${text} asks for ${text}` };
}

/** Every text of a message, with the kind of its object. */
function textsOf(
  value: unknown,
): readonly { readonly type: string; readonly text: string; readonly emoji?: boolean }[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = 'type' in value && 'text' in value && typeof value.text === 'string' ? [value] : [];
  return [...(own as never[]), ...Object.values(value).flatMap(textsOf)];
}

describe('a message for Slack', () => {
  it.each(HOSTILE)('is text and nothing else with %j in it', (hostile) => {
    const lines = [{ subject: 'apr_1', text: hostile, status: hostile }];
    for (const message of [slackMessage(noticeWith(hostile)), slackDigest(noticeWith(hostile), lines)]) {
      const texts = textsOf(message.blocks);
      expect(texts.length).toBeGreaterThan(2);
      for (const { type, text, emoji } of [...texts, { type: 'plain_text', text: message.text, emoji: false }]) {
        expect([type, emoji]).toEqual(['plain_text', false]);
        expect(text).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
        expect(text.replaceAll('\n', '')).not.toMatch(/\p{C}/u);
      }
    }
  });

  it('has one line for each name, so that no name writes a line of its own', () => {
    const { blocks } = slackMessage(noticeWith('x\nApproved'));
    expect(textsOf(blocks).filter(({ text }) => text.includes('\n'))).toEqual([]);
  });

  it('fits what Slack takes, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        const long = text.repeat(20);
        const lines = Array.from({ length: DIGEST_LINES_MAX }, () => ({ subject: 'a', text: long, status: text }));
        const all = [slackMessage(noticeWith(long)), slackDigest(noticeWith(long), lines)];
        for (const block of all.flatMap(({ blocks }) => blocks)) {
          const most = (block as { type: string }).type === 'header' ? 150 : 3000;
          for (const each of textsOf(block)) {
            expect(each.text.length).toBeLessThanOrEqual(most);
            expect(each.text.isWellFormed()).toBe(true);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  it('escapes as Slack says', () => {
    expect(slackText('a <b> & "c"', 100)).toBe('a &lt;b&gt; &amp; "c"');
    expect(slackText('<'.repeat(10), 12)).toBe('&lt;&lt;…');
  });
});
