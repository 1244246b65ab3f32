import { beforeEach, describe, expect, it } from 'vitest';
import type { DeliveriesOptions } from '../../../src/adapters/notify/delivery-queue.ts';
import { createSlackReceiver, type SlackChannel } from '../../../src/adapters/notify/slack-receiver.ts';
import type { NoticeStore } from '../../../src/ports/notice-store.ts';
import { noticeOfKillSwitch } from '../../../src/core/notify/notice-of.ts';
import { CONSOLE_URL, type RunningDeliveries, sampleNotice, startDeliveries } from '../../support/deliveries.ts';
import {
  type FakeSlack,
  SLACK_CHANNEL,
  SLACK_TOKEN,
  type SlackPost,
  startFakeSlack,
} from '../../support/fake-slack.ts';

let slack: FakeSlack;

beforeEach(async () => {
  slack = await startFakeSlack();
});

function start(
  channel: Partial<SlackChannel> = {},
  options: Partial<DeliveriesOptions> = {},
  store?: NoticeStore,
): RunningDeliveries {
  const full: SlackChannel = {
    apiUrl: slack.apiUrl,
    token: SLACK_TOKEN,
    channel: SLACK_CHANNEL,
    types: new Set(['approval.requested']),
    digestMs: 0,
    ...channel,
  };
  return startDeliveries((deps) => [createSlackReceiver(full, deps)], options, store);
}

const shown = (post: SlackPost | undefined): string => JSON.stringify(post?.blocks ?? []);
/** What people see in the channel, message by message. */
const texts = (): readonly string[] => [...slack.messages.values()].map(shown);
const like = (...patterns: readonly RegExp[]): readonly unknown[] =>
  patterns.map((each) => expect.stringMatching(each));

describe('a message in Slack', () => {
  it('says who asks for what, and links to the page', async () => {
    start().notify(sampleNotice());
    await expect.poll(texts).toEqual(like(/Approval needed: crm\/update_deal/));
    const [post] = [...slack.messages.values()];
    expect(shown(post)).toContain('Requester: alice');
    expect(shown(post)).toContain('Why asked: Leads confirm changes to open deals');
    expect(post?.blocks.at(-1)).toMatchObject({
      type: 'actions',
      elements: [{ type: 'button', url: `${CONSOLE_URL}/approvals/apr_1` }],
    });
    expect(JSON.stringify(post)).not.toContain('amount');
  });

  it('becomes the outcome, and no second message is written', async () => {
    const { notify } = start();
    notify(sampleNotice());
    await expect.poll(texts).toEqual(like(/Approval needed/));
    notify(sampleNotice('apr_1', { status: 'approved', decidedBy: 'olivia' }));
    await expect.poll(texts).toEqual(like(/approved: crm\/update_deal.*Decided by: olivia/));
    notify(sampleNotice('apr_1', { status: 'executed', decidedBy: 'olivia' }));
    await expect.poll(texts).toEqual(like(/executed: crm\/update_deal/));
    expect(slack.received.map(({ path }) => path)).toEqual([
      '/api/chat.postMessage',
      '/api/chat.update',
      '/api/chat.update',
    ]);
  });

  it('is changed after a restart, too', async () => {
    const { notify, close, store } = start();
    notify(sampleNotice());
    await expect.poll(texts).toEqual(like(/Approval needed/));
    await expect.poll(() => store.load()).toEqual([]);
    close();
    start({}, {}, store).notify(sampleNotice('apr_1', { status: 'expired' }));
    await expect.poll(texts).toEqual(like(/expired: crm\/update_deal/));
  });

  it('comes in one piece where the outcome overtakes it', async () => {
    const { notify } = start();
    notify(sampleNotice());
    notify(sampleNotice('apr_1', { status: 'approved', decidedBy: 'olivia' }));
    notify(sampleNotice('apr_1', { status: 'executed', decidedBy: 'olivia' }));
    await expect.poll(texts).toEqual(like(/executed/));
  });

  it('is not written about what became of a request that nobody was told of', async () => {
    const { notify, store } = start();
    notify(sampleNotice('apr_9', { status: 'approved' }));
    notify(sampleNotice('apr_1'));
    await expect.poll(texts).toEqual(like(/Approval needed/));
    await expect.poll(() => store.load()).toEqual([]);
    expect(slack.messages.size).toBe(1);
  });

  it('is written about a kill switch where that is wanted, and changed when it is released', async () => {
    const { notify } = start({ types: new Set(['kill-switch.changed'] as const) });
    const entry = {
      kind: 'kill-switch',
      timeMs: 1,
      id: 'kill_1',
      scope: { all: true },
      reason: 'x',
      by: 'olivia',
    } as const;
    notify(noticeOfKillSwitch({ ...entry, change: 'on' }, CONSOLE_URL));
    await expect.poll(texts).toEqual(like(/Kill switch: on/));
    notify(noticeOfKillSwitch({ ...entry, change: 'off' }, CONSOLE_URL));
    await expect.poll(texts).toEqual(like(/Kill switch: off/));
  });
});

describe('many requests at once', () => {
  it('are one message after the first, whose lines become their outcomes', async () => {
    const { notify } = start({ digestMs: 200 });
    for (const id of ['apr_1', 'apr_2', 'apr_3']) notify(sampleNotice(id));
    await expect
      .poll(texts)
      .toEqual(like(/Approval needed/, /2 requests wait for a person.*○ pending: crm\/update_deal for alice/));
    notify(sampleNotice('apr_3', { status: 'rejected', decidedBy: 'olivia' }));
    await expect
      .poll(texts)
      .toEqual(like(/Approval needed/, /○ pending: [^●]*● rejected: crm\/update_deal for alice, decided by olivia/));
    notify(sampleNotice('apr_2', { status: 'executed', decidedBy: 'olivia' }));
    await expect.poll(texts).toEqual(like(/Approval needed/, /● executed: [^●]*● rejected: /));
  });

  it('fit in one message, however many and however long they are', async () => {
    const { notify } = start({ digestMs: 200 });
    const binding = { tool: '<'.repeat(300), principal: '&'.repeat(300) };
    for (let n = 0; n < 100; n++) {
      const notice = sampleNotice(`apr_${n}`);
      notify({ ...notice, facts: { ...notice.facts, ...binding, requester: binding.principal } });
    }
    await expect.poll(texts).toEqual(like(/Approval needed/, /99 requests wait/));
  });
});

describe('Slack in trouble', () => {
  it('is asked again when it says how long to wait', async () => {
    slack.answerWith({ status: 429, headers: { 'retry-after': '1' } });
    const { notify, reports } = start();
    const before = Date.now();
    notify(sampleNotice());
    await expect.poll(texts).toEqual(like(/Approval needed/));
    expect(Date.now() - before).toBeGreaterThanOrEqual(1000);
    expect(reports).toEqual([]);
  });

  it.each([
    ['is overloaded', { status: 503 }],
    ['fails inside', { body: '{"ok":false,"error":"internal_error"}' }],
    ['does not answer', { isSilent: true }],
    ['answers with a page', { body: '<html>' }],
  ] as const)('that %s is asked again', async (_, answer) => {
    slack.answerWith(answer);
    const { notify } = start({}, { attemptTimeoutMs: 300 });
    notify(sampleNotice());
    await expect.poll(texts).toEqual(like(/Approval needed/));
  });

  it.each([
    ['a token that is wrong', { channel: SLACK_CHANNEL, token: 'xoxb-revoked-secret' }, 'invalid_auth'],
    ['a channel that it is not in', { channel: 'C0999999999' }, 'channel_not_found'],
  ])('that refuses %s is told to the operator at once, without the token', async (_, channel, error) => {
    const { notify, reports, store } = start(channel, { retryDelaysMs: [60_000] });
    notify(sampleNotice());
    await expect.poll(() => reports).toHaveLength(1);
    expect(reports[0]).toBe(`Slack channel ${channel.channel} does not take messages: ${error}`);
    expect(JSON.stringify([reports, await store.load()])).not.toContain('xoxb-');
  });

  it('that has forgotten a message loses nothing else', async () => {
    const { notify, reports } = start();
    notify(sampleNotice('apr_1'));
    await expect.poll(texts).toEqual(like(/Approval needed/));
    (slack.messages as Map<string, SlackPost>).clear();
    notify(sampleNotice('apr_1', { status: 'approved' }));
    notify(sampleNotice('apr_2'));
    await expect.poll(texts).toEqual(like(/Approval needed/));
    expect(reports).toEqual([`Slack channel ${SLACK_CHANNEL} did not take a message: message_not_found`]);
  });

  it('says nothing of what a stranger in its place answers', async () => {
    slack.answerWith({ body: '{"ok":false,"error":"\\u001b[2J all is well <!channel>"}' });
    const { notify, reports } = start();
    notify(sampleNotice());
    await expect.poll(texts).toEqual(like(/Approval needed/));
    expect(reports.join()).not.toContain('well');
  });
});
