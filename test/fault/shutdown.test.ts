import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { ApprovalList } from '../../src/core/admin-api/approval-view.ts';
import type { JsonObject } from '../../src/core/json/value.ts';
import { type GatewayClient, type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts';
import { createHostClient, type HostAnswer, type HostClient } from '../support/host-client.ts';
import { type LedgerUpstream, startLedgerUpstream } from '../support/ledger-upstream.ts';
import { createLogModel, type LogModel } from '../support/log-model.ts';
import { PROJECT } from '../support/project-files.ts';
import { createGatewayDir, type GatewayDir } from '../support/run-gateway.ts';
import { isRunning } from '../support/upstream-rig.ts';

const policyOf = (upstream: string): string => `
version: 1
upstream: ${upstream}
classes: { read: [read, pid, grandchild], write: [write], never: [] }
rules:
  - { id: read, who: { groups: [staff] }, tools: { class: read }, effect: allow }
  - { id: write, who: { groups: [staff] }, tools: { class: write }, effect: approve }
`;
const CHILD = { tools: ['pid', 'grandchild'] };
/** Neither the end of its input nor SIGTERM ends it. */
const STUBBORN_CHILD = { ...CHILD, ignoresTerm: true, ignoresEndOfInput: true };
/** What the product promises, whatever is under way. */
const EXIT_MS_MAX = 30_000;
const NEVER = { untilFile: '/there/is/no/such/file' };

let upstream: LedgerUpstream;
let home: GatewayDir;
let running: GatewayProcess;
let gateway: GatewayClient;
let host: HostClient;
let token: string | null;
afterEach(async () => {
  await host.close();
  await running.stop('SIGKILL');
  await upstream.close();
  home.remove();
});

describe('a gateway that is told to stop', () => {
  it('answers what is under way, loses no outcome, and leaves no doubt in the log', async () => {
    await setUp(CHILD);
    const answers = new Map<string, HostAnswer>();
    const readers = Array.from({ length: 16 }, async (_, who) => {
      for (let turn = 0; ; turn += 1) {
        const mark = `reader ${who}, ${turn}`;
        const answer = await call('read', mark, { delayMs: (turn % 4) * 20 });
        answers.set(mark, answer);
        if (answer.kind === 'lost' && answer.cause === 'ECONNREFUSED') return;
      }
    });
    const slowly = { delayMs: 300 };
    const writes = ['write 1', 'write 2', 'write 3'];
    for (const mark of writes) await approve(await askForApproval(mark, slowly));
    const writers = writes.map(async (mark) => answers.set(mark, await call('write', mark, slowly)));
    await untilAtUpstream(...writes);

    const stopped = await stop();
    await Promise.all([...readers, ...writers]);
    expect(stopped.exitCode).toBe(0);
    expect(stopped.ms).toBeLessThan(EXIT_MS_MAX);
    // Whoever was not answered can call again: nothing of it ran.
    const unanswered = upstream.calls().filter(({ args: { mark } }) => !isResult(answers.get(mark), mark));
    expect(unanswered.map(({ args: { mark } }) => [mark, answers.get(mark)])).toEqual([]);
    const errors = [...answers.values()].filter(({ kind }) => kind === 'error');
    expect(errors.filter((answer) => answer.kind === 'error' && answer.code !== -31003)).toEqual([]);

    await start();
    const log = await readLog();
    expect(log.unknownOutcomes).toBe(0);
    expect(log.gatewayChanges()).toEqual(['started', 'policy-loaded', 'stopped', 'started', 'policy-loaded']);
    const results = [...answers].flatMap(([mark, answer]) => (isResult(answer, mark) ? [mark] : []));
    expect(results.filter((mark) => !log.isOk(mark))).toEqual([]);
  });

  it('waits for a call whose host has hung up, because a write cannot be taken back that way', async () => {
    await setUp(CHILD);
    const slowly = { delayMs: 1500 };
    const id = await approve(await askForApproval('abandoned', slowly));
    void call('write', 'abandoned', slowly);
    await untilAtUpstream('abandoned');
    await host.close();

    expect((await stop()).exitCode).toBe(0);
    await start();
    const log = await readLog();
    expect(log.unknownOutcomes).toBe(0);
    expect(log.gatewayChanges()).toEqual(['started', 'policy-loaded', 'stopped', 'started', 'policy-loaded']);
    expect(log.approvalHistory(id)).toEqual(['pending', 'approved', 'executing', 'executed']);
  });

  it('gives up on what does not end, with an answer for its host and an outcome in the log', async () => {
    await setUp(CHILD);
    await approve(await askForApproval('write', NEVER));
    const underWay = [call('read', 'read', NEVER), call('write', 'write', NEVER)];
    await untilAtUpstream('read', 'write');
    const held = host.call('ledger__write', { mark: 'held' }, { held: true });
    const id = await untilPending('held');
    const pids = await startChildren();
    const silent = connect(gateway.adminPort, '127.0.0.1');

    const stopping = stop();
    // At once, and not after the time that a running call gets: it waits for a person.
    expect(await Promise.race([held, ...underWay])).toMatchObject({ status: 'approval_pending', approvalId: id });
    const { status, json } = await gateway.admin('GET', '/readyz');
    expect([status, json]).toEqual([503, { ready: false, checks: { store: 'ok', running: 'failing' } }]);
    const givenUp = { isError: true, status: 'failed', text: expect.stringContaining('It may have run') };
    expect(await Promise.all(underWay)).toMatchObject([givenUp, givenUp]);
    const stopped = await stopping;
    silent.destroy();
    expect(stopped.exitCode).toBe(0);
    expect(stopped.ms).toBeLessThan(EXIT_MS_MAX);
    expect(pids.filter(isRunning)).toEqual([]);

    await start();
    const log = await readLog();
    expect(log.unknownOutcomes).toBe(0);
    expect(log.approvalHistory(id)).toEqual(['pending']);
    expect(log.approvalHistory(log.approvalId('write') ?? '')).toEqual([
      'pending',
      'approved',
      'executing',
      'outcome-unknown',
    ]);
  });

  it('and told so again, ends at once, and leaves no process behind', async () => {
    await setUp(STUBBORN_CHILD);
    const underWay = call('read', 'read', NEVER);
    await untilAtUpstream('read');
    const pids = await startChildren();
    const first = running.stop('SIGTERM');
    // It has begun to stop when it takes no more connections.
    while ((await call('read', 'late')).kind !== 'lost');
    expect(await running.stop('SIGTERM')).toBe(1);
    expect(await first).toBe(1);
    expect(await underWay).toMatchObject({ kind: 'lost' });
    await expect.poll(() => pids.filter(isRunning)).toEqual([]);

    await start();
    expect((await readLog()).unknownOutcomes).toBe(1);
  });
});

async function setUp(child: object): Promise<void> {
  token = null;
  upstream = await startLedgerUpstream(['read', 'write']);
  const command = [process.execPath, `${PROJECT}/test/support/scripted-child.mjs`, JSON.stringify(child)];
  const upstreams = [
    `ledger: { url: '${upstream.url}', era: legacy }`,
    `child: { command: ${JSON.stringify(command)}, era: legacy }`,
  ];
  home = createGatewayDir({
    config: `upstreams:\n  ${upstreams.join('\n  ')}\n`,
    policies: { 'ledger.yaml': policyOf('ledger'), 'child.yaml': policyOf('child') },
  });
  await start();
}

async function start(): Promise<void> {
  running = startGatewayProcess(home);
  gateway = await running.ready();
  token ??= (await gateway.issue({ user: 'alice', groups: ['staff'] })).token;
  host = createHostClient(gateway.mcpPort, token);
}

async function stop(): Promise<{ readonly exitCode: number | null; readonly ms: number }> {
  const startMs = performance.now();
  const exitCode = await running.stop('SIGTERM');
  return { exitCode, ms: performance.now() - startMs };
}

function call(tool: 'read' | 'write', mark: string, more: JsonObject = {}): Promise<HostAnswer> {
  return host.call(`ledger__${tool}`, { mark, ...more });
}

async function askForApproval(mark: string, more: JsonObject): Promise<string> {
  const asked = await call('write', mark, more);
  return asked.kind === 'result' ? (asked.approvalId ?? '') : '';
}

async function approve(id: string): Promise<string> {
  expect((await gateway.admin('POST', `/api/approvals/${id}/approve`, {})).status).toBe(200);
  return id;
}

async function untilAtUpstream(...marks: readonly string[]): Promise<void> {
  await expect.poll(() => marks.filter((mark) => upstream.count(mark) === 0)).toEqual([]);
}

async function untilPending(mark: string): Promise<string> {
  for (;;) {
    const { json } = await gateway.admin('GET', '/api/approvals?status=pending');
    const { approvals } = json as unknown as ApprovalList;
    const found = approvals.find(({ arguments: args }) => (args as { mark: string }).mark === mark);
    if (found !== undefined) return found.id;
    await sleep(10);
  }
}

/** The process ids of a server over stdio and of what that has started itself. */
async function startChildren(): Promise<readonly number[]> {
  const answers = [await host.call('child__pid', {}), await host.call('child__grandchild', {})];
  const pids = answers.map((answer) => (answer.kind === 'result' ? Number(answer.text) : -1));
  expect(pids.filter(isRunning)).toEqual(pids);
  return pids;
}

async function readLog(): Promise<LogModel> {
  const log = createLogModel();
  await log.readOn(gateway);
  expect(log.violations).toEqual([]);
  expect(log.openCalls()).toEqual([]);
  return log;
}

function isResult(answer: HostAnswer | undefined, mark: string): boolean {
  return answer?.kind === 'result' && !answer.isError && answer.text === mark;
}
