import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createDialler } from '../../../src/adapters/egress/dialler.ts';
import { createWebhooks, type Webhook, type WebhooksOptions } from '../../../src/adapters/notify/webhooks.ts';
import { type ApprovalNotice, NOTICE_TYPES, noticeOf } from '../../../src/core/notify/approval-notice.ts';
import { writeStandardBody } from '../../../src/core/notify/notice-body.ts';
import { signWebhook } from '../../../src/core/notify/sign-webhook.ts';
import { createFixedClock } from '../../support/fixed-clock.ts';
import { sampleApproval } from '../../support/store-samples.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const notice = noticeOf(sampleApproval('apr_1'), 'https://admin.example.com') as ApprovalNotice;
const clock = createFixedClock();

interface Received {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

let server: Server;
let received: Received[];
let reports: string[];
/** For each request in turn; 200 when there are no more. */
let statuses: number[];
let hooks: ReturnType<typeof createWebhooks> | null = null;

beforeEach(async () => {
  [received, reports, statuses] = [[], [], []];
  server = createServer((req, res) => {
    let body = '';
    req.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
    req.on('end', () => {
      received.push({ headers: req.headers, body });
      res.writeHead(statuses.shift() ?? 200, { location: '/elsewhere' }).end('words of the receiver');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  await hooks?.close();
  server.closeAllConnections();
  server.close();
});

function start(webhook: Partial<Webhook> = {}, options: Partial<WebhooksOptions> = {}): void {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook/secret-path`;
  const full = { url, secrets: [SECRET], types: new Set(NOTICE_TYPES), write: writeStandardBody, ...webhook };
  let lastId = 0;
  hooks = createWebhooks(
    { webhooks: [full], retryDelaysMs: [1, 1], attemptTimeoutMs: 2000, waitingMax: 2, ...options },
    {
      clock,
      ids: { next: (prefix) => `${prefix}_${++lastId}` },
      connect: createDialler({ chosenBy: 'operator', hosts: null, connectTimeoutMs: 2000 }),
      report: (problem) => void reports.push(problem),
    },
  );
}

const until = (count: number) => vi.waitFor(() => expect(received.length).toBe(count));

it('delivers a signed message', async () => {
  start();
  hooks?.notify(notice);
  await until(1);
  const [{ headers, body } = { headers: {}, body: '' }] = received;
  const timestampSeconds = Math.floor(clock.nowMs() / 1000);
  expect(headers).toMatchObject(signWebhook({ id: 'msg_1', timestampSeconds, body }, [SECRET]));
  expect(JSON.parse(body)).toMatchObject({ type: 'approval.requested', data: { approvalId: 'apr_1' } });
});

it.each([500, 429, 404, 302])('tries again after a %i, under the same id, and follows no redirect', async (status) => {
  statuses = [status, status];
  start();
  hooks?.notify(notice);
  await until(3);
  expect(new Set(received.map(({ headers }) => headers['webhook-id']))).toEqual(new Set(['msg_1']));
  expect(reports).toEqual([]);
});

it('gives up after the last attempt, and says so without the path, which may be a secret', async () => {
  statuses = [500, 500, 500];
  start();
  hooks?.notify(notice);
  await vi.waitFor(() => expect(reports).toHaveLength(1));
  expect(reports[0]).toMatch(/^a webhook to 127\.0\.0\.1:\d+ was given up after 3 attempts: status 500$/);
});

it('leaves a receiver alone that says it is gone', async () => {
  statuses = [410];
  start();
  hooks?.notify(notice);
  await vi.waitFor(() => expect(reports).toHaveLength(1));
  hooks?.notify(notice);
  hooks?.notify(notice);
  expect(reports).toEqual([expect.stringMatching(/wants no more webhooks \(410\)/)]);
  expect(received).toHaveLength(1);
});

it('tells a receiver only what it wants to know', async () => {
  start({ types: new Set(['approval.decided'] as const) });
  hooks?.notify(notice);
  hooks?.notify(noticeOf(sampleApproval('apr_2', { status: 'approved' }), '') as ApprovalNotice);
  await until(1);
  expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({ data: { approvalId: 'apr_2' } });
});

it('lets no more wait than it has room for', async () => {
  statuses = [500, 500, 500, 500];
  start({}, { retryDelaysMs: [60_000] });
  for (let count = 0; count < 4; count++) hooks?.notify(notice);
  expect(reports).toHaveLength(2);
  expect(reports[0]).toMatch(/was left out: 2 wait for it already/);
});

it('sends nothing where connections may not go', async () => {
  start({ url: 'http://169.254.169.254/latest/meta-data' }, { retryDelaysMs: [] });
  hooks?.notify(notice);
  await vi.waitFor(() => expect(reports).toHaveLength(1));
  expect(reports[0]).toContain('EGRESS_DENIED');
});
