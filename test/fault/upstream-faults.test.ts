import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditView } from '../../src/core/admin-api/audit-view.ts';
import { createHostClient, type HostAnswer, type HostClient } from '../support/host-client.ts';
import { type LedgerUpstream, startLedgerUpstream } from '../support/ledger-upstream.ts';
import { PROJECT } from '../support/project-files.ts';
import { runGateway, type TestGateway } from '../support/run-gateway.ts';

/** What a server does with a request. */
const SERVERS: Readonly<Record<string, (socket: Socket) => void>> = {
  silent: () => undefined,
  resetting: (socket) => socket.resetAndDestroy(),
  failing: (socket) => socket.write('HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n'),
  speechless: (socket) => socket.write('SSH-2.0-OpenSSH_9.9\r\n'),
  confused: (socket) =>
    socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n{"hello":"world"}'),
};
/** Nobody listens there, and a program that ends at once. */
const BAD = [...Object.keys(SERVERS), 'absent', 'dying'];
const GOOD = ['ledger', 'mortal', 'child'];
/** A listing that is known to miss somebody. Far above what it takes, and far below how long anybody unknown is waited for. */
const LISTING_MS_MAX = 10_000;

const CHILD = `${PROJECT}/test/support/scripted-child.mjs`;
const policyOf = (upstream: string): string => `
version: 1
upstream: ${upstream}
classes: { read: [read, pid, never], write: [write], never: [] }
rules:
  - { id: read, who: { groups: [staff] }, tools: { class: read }, effect: allow }
  - { id: write, who: { groups: [staff] }, tools: { class: write }, effect: approve }
`;

let ledger: LedgerUpstream;
/** One that a test ends. */
let mortal: LedgerUpstream;
const servers: Server[] = [];
const ports: number[] = [];
let gateway: TestGateway;
let host: HostClient;
let sequence = 0;

beforeAll(async () => {
  ledger = await startLedgerUpstream(['read', 'write']);
  mortal = await startLedgerUpstream(['read', 'write']);
  const stdio = (behaviour: object): string =>
    JSON.stringify({ command: [process.execPath, CHILD, JSON.stringify(behaviour)], shared: true });
  const lines = [
    `ledger: { url: '${ledger.url}' }`,
    `mortal: { url: '${mortal.url}' }`,
    `child: ${stdio({ tools: ['pid', 'never'] })}`,
    `dying: ${stdio({ endsWith: 1 })}`,
  ];
  for (const [name, onData] of [...Object.entries(SERVERS), ['absent', () => undefined] as const]) {
    lines.push(`${name}: { url: 'http://127.0.0.1:${await listen(onData)}/mcp' }`);
  }
  await new Promise((resolve) => servers.at(-1)?.close(resolve));
  gateway = await runGateway({
    config: `upstreams:\n  ${lines.join('\n  ')}\n`,
    policies: Object.fromEntries([...BAD, ...GOOD].map((name) => [`${name}.yaml`, policyOf(name)])),
  });
  host = createHostClient(gateway.mcpPort, (await gateway.issue({ user: 'alice', groups: ['staff'] })).token);
});
afterAll(async () => {
  await host.close();
  await gateway.close();
  for (const server of servers) server.close();
  await ledger.close();
  await mortal.close();
});

describe('upstreams that are down', () => {
  it('take their own tools from the list and nobody else’s, and hold up no call of others', async () => {
    let isListed = false;
    const listing = host.listTools().finally(() => (isListed = true));
    let calls = 0;
    for (; !isListed; calls += 1) {
      const mark = `meanwhile ${calls}`;
      expect(await host.call('ledger__read', { mark, delayMs: 20 })).toMatchObject({ isError: false, text: mark });
      expect(await host.call('child__pid', {})).toMatchObject({ isError: false });
    }
    // The silent one is waited for, once: whoever waited with it would not have called so often.
    expect(calls).toBeGreaterThan(2);
    expect(toolsOf(await listing)).toEqual(GOOD_TOOLS);

    const startMs = performance.now();
    expect(toolsOf(await host.listTools())).toEqual(GOOD_TOOLS);
    expect(performance.now() - startMs).toBeLessThan(LISTING_MS_MAX);
  }, 60_000);

  it.each(BAD)('are unavailable to a call, which learns nothing else of them: %s', async (name) => {
    await newEntries();
    const answer = await host.call(`${name}__read`, { mark: name });
    expect(answer).toMatchObject({ kind: 'result', isError: true, status: 'denied' });
    expectNoAddress(answer);
    const [entry] = (await newEntries()).filter(({ kind }) => kind === 'decision');
    expect(entry).toMatchObject({ kind: 'decision', decision: 'deny', upstream: name });
    expect(entry).toMatchObject({ reasons: ['upstream_unavailable'] });
  });
});

describe('an upstream that dies while it has a call', () => {
  const NEVER = { untilFile: '/there/is/no/such/file' };
  const MAY_HAVE_RUN = { isError: true, status: 'failed', text: expect.stringContaining('It may have run') };
  const DID_NOT_RUN = { isError: true, status: 'failed', text: expect.stringContaining('It did not run') };

  it('over HTTP leaves an outcome, and a host that knows that it may have run', async () => {
    const asked = await host.call('mortal__write', { mark: 'write', ...NEVER });
    const id = asked.kind === 'result' ? (asked.approvalId ?? '') : '';
    expect((await gateway.admin('POST', `/api/approvals/${id}/approve`, {})).status).toBe(200);
    await newEntries();
    const calls = [
      host.call('mortal__read', { mark: 'read', ...NEVER }),
      host.call('mortal__write', { mark: 'write', ...NEVER }),
    ];
    await expect.poll(() => mortal.count('read') + mortal.count('write')).toBe(2);
    await mortal.process.stop('SIGKILL');

    for (const answer of await Promise.all(calls)) {
      expect(answer).toMatchObject(MAY_HAVE_RUN);
      expectNoAddress(answer);
    }
    expect(await newOutcomes()).toEqual(['upstream-unreachable', 'upstream-unreachable']);
    expect((await gateway.admin('GET', `/api/approvals/${id}`)).json['status']).toBe('outcome-unknown');
    const again = await host.call('mortal__write', { mark: 'write', ...NEVER });
    expect(again).toMatchObject({ isError: true, status: 'approval_outcome_unknown' });
  });

  it('and is called again, is known not to have run that', async () => {
    await newEntries();
    const answer = await host.call('mortal__read', { mark: 'again' });
    expect(answer).toMatchObject(DID_NOT_RUN);
    expectNoAddress(answer);
    expect(await newOutcomes()).toEqual(['not-dispatched']);
    expect(await host.call('ledger__read', { mark: 'others' })).toMatchObject({ isError: false, text: 'others' });
  });

  it('over stdio does the same, and is started again', async () => {
    const pid = await host.call('child__pid', {});
    await newEntries();
    const call = host.call('child__never', {});
    await expect.poll(async () => (await newEntries()).filter(({ kind }) => kind === 'decision')).toHaveLength(1);
    process.kill(pid.kind === 'result' ? Number(pid.text) : 0, 'SIGKILL');
    const answer = await call;
    expect(answer).toMatchObject(MAY_HAVE_RUN);
    expectNoAddress(answer);
    expect(await newOutcomes()).toEqual(['upstream-unreachable']);
    await expect.poll(() => host.call('child__pid', {})).toMatchObject({ isError: false });
  });
});

const GOOD_TOOLS = [
  'child__never',
  'child__pid',
  'countersign__approvals',
  'ledger__read',
  'ledger__write',
  'mortal__read',
  'mortal__write',
];

async function listen(onData: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => socket.on('error', () => undefined).on('data', () => onData(socket)));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  ports.push(port);
  return port;
}

function toolsOf(answer: HostAnswer): readonly string[] {
  if (answer.kind !== 'result') return [];
  return (answer.result['tools'] as readonly { name: string }[]).map(({ name }) => name).toSorted();
}

/** Nothing that says where an upstream is, how it is reached, or how it failed in the words of a system. */
function expectNoAddress(answer: HostAnswer): void {
  const text = JSON.stringify(answer);
  const addresses = [...ports.map(String), new URL(mortal.url).port, '127.0.0.1', 'localhost', '/mcp', CHILD];
  for (const word of [...addresses, 'ECONN', 'UND_ERR', 'SIGKILL', 'exit code', 'HTTP', '    at ']) {
    expect(text).not.toContain(word);
  }
}

/** What was recorded since the last time. */
async function newEntries(): Promise<readonly AuditView[]> {
  const entries: AuditView[] = [];
  for (;;) {
    const page = await gateway.entriesAfter(sequence);
    entries.push(...page);
    sequence = page.at(-1)?.seq ?? sequence;
    // Reading arguments is itself recorded, so that there is always one more.
    if (page.length <= 1) return entries;
  }
}

async function newOutcomes(): Promise<readonly unknown[]> {
  return (await newEntries()).flatMap((entry) => (entry.kind === 'outcome' ? [entry['outcome']] : []));
}
