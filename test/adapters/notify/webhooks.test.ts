import { Webhook as StandardWebhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import type { DeliveriesOptions } from '../../../src/adapters/notify/delivery-queue.ts';
import { createWebhookReceiver, type Webhook } from '../../../src/adapters/notify/webhook-receiver.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { NOTICE_TYPES } from '../../../src/core/notify/notice.ts';
import { writeStandardBody } from '../../../src/core/notify/notice-body.ts';
import type { NoticeStore } from '../../../src/ports/notice-store.ts';
import { type RunningDeliveries, sampleNotice, startDeliveries } from '../../support/deliveries.ts';
import { createMemoryStore } from '../../support/memory-store.ts';
import { type NoticeReceiver, type ReceivedRequest, startNoticeReceiver } from '../../support/notice-receiver.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const OLDER_SECRET = 'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
const notice = sampleNotice();

function start(
  url: string,
  webhook: Partial<Webhook> = {},
  options: Partial<DeliveriesOptions> = {},
  store?: NoticeStore,
): RunningDeliveries {
  const full = {
    url: `${url}/hook/secret-path`,
    secrets: [SECRET],
    types: new Set(NOTICE_TYPES),
    digestMs: 0,
    write: writeStandardBody,
    bodyTemplate: null,
    ...webhook,
  };
  return startDeliveries(
    ({ dispatcher }) => [createWebhookReceiver(full, { clock: systemClock, dispatcher })],
    options,
    store,
  );
}

const idsOf = (received: readonly ReceivedRequest[]) => received.map(({ body }) => approvalIdOf(body));
const approvalIdOf = (body: string) => (JSON.parse(body) as { data: { approvalId: string } }).data.approvalId;

describe('a webhook', () => {
  // An implementation by others is the judge: whatever it takes, receivers take.
  it.each([
    ['the newer secret', SECRET],
    ['the older secret, while the receiver changes', OLDER_SECRET],
  ])('is verified by the library of Standard Webhooks with %s', async (_, secret) => {
    const receiver = await startNoticeReceiver();
    start(receiver.url, { secrets: [SECRET, OLDER_SECRET] }).notify(notice);
    const [request] = await receiver.until(1);
    const headers = request?.headers as Record<string, string>;
    expect(headers['webhook-signature']).toMatch(/^v1,[A-Za-z0-9+/=]{44} v1,[A-Za-z0-9+/=]{44}$/);
    const verified = new StandardWebhook(secret).verify(request?.body ?? '', headers);
    expect(verified).toMatchObject({ type: 'approval.requested', data: { approvalId: 'apr_1' } });
    expect(() => new StandardWebhook(secret).verify(`${request?.body} `, headers)).toThrow(/No matching signature/);
    expect(() =>
      new StandardWebhook('whsec_BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB').verify(request?.body ?? '', headers),
    ).toThrow(/No matching signature/);
  });

  it.each([500, 429, 404, 302])(
    'tries again after a %i, under the same id, and follows no redirect',
    async (status) => {
      const receiver = await startNoticeReceiver();
      receiver.answerWith({ status, headers: { location: '/elsewhere' } }, { status });
      const { notify, reports } = start(receiver.url);
      notify(notice);
      const received = await receiver.until(3);
      expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
      expect(new Set(received.map(({ body }) => body)).size).toBe(1);
      expect(received.every(({ path }) => path === '/hook/secret-path')).toBe(true);
      expect(reports).toEqual([]);
    },
  );

  it('tries again after a receiver that does not answer', async () => {
    const receiver = await startNoticeReceiver();
    receiver.answerWith({ isSilent: true });
    start(receiver.url, {}, { attemptTimeoutMs: 50 }).notify(notice);
    expect(await receiver.until(2)).toHaveLength(2);
  });

  it('waits for as long as the receiver says', async () => {
    const receiver = await startNoticeReceiver();
    receiver.answerWith({ status: 429, headers: { 'retry-after': '2' } });
    const { notify, store } = start(receiver.url);
    const before = Date.now();
    notify(notice);
    await expect.poll(async () => (await store.load())[0]?.attempts).toBe(1);
    expect(((await store.load())[0]?.dueMs ?? 0) - before).toBeGreaterThanOrEqual(2000);
  });

  it('is given up after the last attempt, and the operator is not told the path, which may be a secret', async () => {
    const receiver = await startNoticeReceiver(() => ({ status: 500 }));
    const { notify, reports, store } = start(receiver.url);
    notify(notice);
    await expect.poll(() => reports).toHaveLength(1);
    expect(reports[0]).toBe(`a message to the webhook at ${receiver.host} was given up after 3 attempts: status 500`);
    await expect.poll(() => store.load()).toEqual([]);
  });

  it('leaves a receiver alone that says it is gone', async () => {
    const receiver = await startNoticeReceiver(() => ({ status: 410 }));
    const { notify, reports, store } = start(receiver.url);
    notify(notice);
    await expect.poll(() => reports).toHaveLength(1);
    notify(notice);
    expect(reports).toEqual([expect.stringMatching(/wants no more messages \(410\)/)]);
    await expect.poll(() => store.load()).toEqual([]);
    expect(receiver.received).toHaveLength(1);
  });

  it('tells a receiver only what it wants to know', async () => {
    const receiver = await startNoticeReceiver();
    const { notify } = start(receiver.url, { types: new Set(['approval.decided'] as const) });
    notify(notice);
    notify(sampleNotice('apr_2', { status: 'approved' }));
    expect(idsOf(await receiver.until(1))).toEqual(['apr_2']);
  });

  it('lets no more wait than there is room for', async () => {
    const receiver = await startNoticeReceiver(() => ({ status: 500 }));
    const { notify, reports } = start(receiver.url, {}, { retryDelaysMs: [60_000], waitingMax: 2 });
    for (let count = 0; count < 4; count++) notify(notice);
    expect(reports).toHaveLength(2);
    expect(reports[0]).toMatch(/was left out: 2 wait for it already/);
  });

  it('hears of a kill switch all the same, however many requests wait', async () => {
    const receiver = await startNoticeReceiver(() => ({ status: 500 }));
    const { notify, reports, store } = start(receiver.url, {}, { retryDelaysMs: [60_000], waitingMax: 2 });
    for (let count = 0; count < 3; count++) notify(notice);
    await expect.poll(async () => (await store.load()).map(({ attempts }) => attempts)).toEqual([1, 1]);
    notify({ ...notice, type: 'kill-switch.changed', subject: 'kill_1' });
    await expect
      .poll(async () => (await store.load()).map(({ notice: { type } }) => type))
      .toContain('kill-switch.changed');
    expect(reports).toHaveLength(2);
    expect(await store.load()).toHaveLength(2);
  });

  it('goes nowhere where connections may not go', async () => {
    const { notify, reports } = start('http://169.254.169.254', {}, { retryDelaysMs: [] });
    notify(notice);
    await expect.poll(() => reports).toHaveLength(1);
    expect(reports[0]).toContain('EGRESS_DENIED');
  });
});

describe('a restart', () => {
  async function stopped(receiver: NoticeReceiver): Promise<NoticeStore> {
    const { notify, close, store } = start(receiver.url, {}, { retryDelaysMs: [1] });
    receiver.answerWith({ isSilent: true });
    notify(notice);
    await receiver.until(1);
    close();
    return store;
  }

  it('loses nothing that was not delivered, and changes no id', async () => {
    const receiver = await startNoticeReceiver();
    const store = await stopped(receiver);
    const again = start(receiver.url, {}, {}, store);
    await again.resume();
    const received = await receiver.until(2);
    expect(received[1]?.headers['webhook-id']).toBe(received[0]?.headers['webhook-id']);
    expect(received[1]?.body).toBe(received[0]?.body);
    await expect.poll(() => store.load()).toEqual([]);
  });

  it('forgets what was for a receiver that is not configured any more', async () => {
    const store = await stopped(await startNoticeReceiver());
    const other = await startNoticeReceiver();
    await start(other.url, {}, {}, store).resume();
    expect(await store.load()).toEqual([]);
    expect(other.received).toEqual([]);
  });

  it('delivers where nothing can be stored, and says what that means', async () => {
    const memory = createMemoryStore();
    const receiver = await startNoticeReceiver();
    memory.failWith('disk full');
    const { notify, reports } = start(receiver.url, {}, {}, memory.notices);
    notify(notice);
    await receiver.until(1);
    expect(reports[0]).toContain('a restart would lose it');
  });
});

describe('many requests at once', () => {
  it('are one message after the first, with each of them in it', async () => {
    const receiver = await startNoticeReceiver();
    const { notify } = start(receiver.url, { digestMs: 200 });
    for (const id of ['apr_1', 'apr_2', 'apr_3', 'apr_4']) notify(sampleNotice(id));
    const [first, digest] = await receiver.until(2);
    expect(approvalIdOf(first?.body ?? '')).toBe('apr_1');
    expect(JSON.parse(digest?.body ?? '')).toMatchObject({
      type: 'approval.digest',
      data: { approvals: [{ approvalId: 'apr_2' }, { approvalId: 'apr_3' }, { approvalId: 'apr_4' }] },
    });
    new StandardWebhook(SECRET).verify(digest?.body ?? '', digest?.headers as Record<string, string>);
  });

  it('are not told where they were decided meanwhile, and their decision is', async () => {
    const receiver = await startNoticeReceiver();
    const { notify } = start(receiver.url, { digestMs: 200 });
    for (const id of ['apr_1', 'apr_2', 'apr_3']) notify(sampleNotice(id));
    notify(sampleNotice('apr_2', { status: 'withdrawn' }));
    const received = await receiver.until(3);
    const types = received.map(({ body }) => (JSON.parse(body) as { type: string }).type);
    expect(types).toEqual(['approval.requested', 'approval.expired', 'approval.requested']);
    expect(idsOf(received)).toEqual(['apr_1', 'apr_2', 'apr_3']);
  });
});
