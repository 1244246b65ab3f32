import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createAutoUpstream } from '../../../src/adapters/upstream/auto/create-auto-upstream.ts';
import { UPSTREAM_LIMITS } from '../../../src/adapters/upstream/limits.ts';
import type { Upstream } from '../../../src/ports/upstream.ts';
import { createFixedClock, type FixedClock } from '../../support/fixed-clock.ts';
import { startEventServer } from '../../support/scripted-events.ts';
import { startScriptedUpstream } from '../../support/scripted-upstream.ts';
import { callOf, connectAnywhere, faultOf, resultText, TEST_CLIENT } from '../../support/upstream-rig.ts';

interface Rig {
  readonly upstream: Upstream;
  readonly clock: FixedClock;
  readonly reports: readonly string[];
}

function connect(url: string): Rig {
  const clock = createFixedClock();
  const reports: string[] = [];
  const upstream = createAutoUpstream(
    {
      name: 'some',
      url,
      era: 'auto',
      headers: { 'x-app-token': 'canary' },
      client: TEST_CLIENT,
      limits: { ...UPSTREAM_LIMITS, closeTimeoutMs: 200 },
      connect: connectAnywhere(),
    },
    { clock, report: ({ problem }) => void reports.push(problem) },
  );
  onTestFinished(() => upstream.close());
  return { upstream, clock, reports };
}

async function startEvents() {
  const server = await startEventServer();
  onTestFinished(() => server.close());
  return server;
}

async function startHttp(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/sse`;
}

it.each([400, 404, 405])(
  'speaks HTTP with SSE to a server that says %d to a POST and names an endpoint',
  async (status) => {
    const server = await startEvents();
    server.streamPostStatus = status;
    const { upstream } = connect(server.url);
    expect(resultText(await upstream.call(callOf()))).toContain('{\\"a\\":1}');
    expect(upstream.status()).toMatchObject({ state: 'ready', era: 'legacy', revision: '2024-11-05' });
    // The stream that it was found out by does not stay open.
    await expect.poll(() => server.streams()).toBe(1);
  },
);

it.each(['legacy', 'modern'] as const)('speaks Streamable HTTP to a %s server', async (era) => {
  const server = await startScriptedUpstream({ era, sessions: era === 'legacy' });
  onTestFinished(() => server.close());
  const { upstream } = connect(server.url);
  expect(resultText(await upstream.call(callOf()))).toContain('{\\"a\\":1}');
  expect(upstream.status()).toMatchObject({ era });
});

it.each([
  ['another origin', 'event: endpoint\ndata: https://evil.example.com/messages\n\n'],
  ['none', 'event: message\ndata: {}\n\n'],
  ['none, in more than it may take', `: ${'x'.repeat(20_000)}\n\n`],
])('takes no server for one of HTTP with SSE whose stream names %s', async (_what, text) => {
  const requests: string[] = [];
  const url = await startHttp((req, res) => {
    requests.push(`${req.method} ${req.url}`);
    if (req.method === 'GET') res.writeHead(200, { 'content-type': 'text/event-stream' }).end(text);
    else res.writeHead(405).end();
  });
  const { upstream } = connect(url);
  expect(faultOf(await upstream.call(callOf()))).toMatchObject({ kind: 'invalid-answer', dispatched: false });
  expect(requests.every((request) => request.endsWith(' /sse'))).toBe(true);
});

it.each([401, 403, 503])('finds nothing out by HTTP %d', async (status) => {
  const requests: string[] = [];
  const url = await startHttp((req, res) => {
    requests.push(req.method ?? '');
    res.writeHead(status).end();
  });
  const { upstream } = connect(url);
  expect(faultOf(await upstream.call(callOf()))).toMatchObject({ dispatched: false });
  expect(requests).not.toContain('GET');
});

it('finds out again when its verdict is old, and says so', async () => {
  const old = await startEvents();
  const { upstream, clock, reports } = connect(old.url);
  await upstream.call(callOf());
  old.streamPostStatus = 410;
  clock.advance(UPSTREAM_LIMITS.eraKnownMs + 1);
  await upstream.call(callOf());
  expect(reports).toContain('the upstream is spoken to over http now');
});
