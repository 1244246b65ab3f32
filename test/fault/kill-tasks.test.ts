import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json/value.ts';
import { type GatewayClient, type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts';
import { type LedgerUpstream, startLedgerUpstream } from '../support/ledger-upstream.ts';
import { ENVELOPE, parseAnswerBody, type RpcAnswer } from '../support/mcp-request.ts';
import { sendRaw } from '../support/raw-http.ts';
import { createGatewayDir, type GatewayDir } from '../support/run-gateway.ts';
import { createSeededRandom } from '../support/seeded-random.ts';

// A gateway that is killed around the call behind a task. The task is still there afterwards; its call ran once or never, and is
// never run again to find out.

const ROUNDS = Number(process.env['COUNTERSIGN_FAULT_ROUNDS'] ?? 2);
const SEED = Number(process.env['COUNTERSIGN_FAULT_SEED'] ?? Math.trunc(Math.random() * 1e9));

const POLICY = `
version: 1
upstream: ledger
classes: { read: [], write: [write], never: [] }
rules:
  - { id: write, who: { groups: [staff] }, tools: { class: write }, effect: approve }
`;

let home: GatewayDir;
let upstream: LedgerUpstream;
let running: GatewayProcess;
let gateway: GatewayClient;
let token: string;
beforeEach(async () => {
  upstream = await startLedgerUpstream(['write']);
  const config = `upstreams: { ledger: { url: '${upstream.url}', era: legacy } }\n`;
  home = createGatewayDir({ config, policies: { 'ledger.yaml': POLICY } });
  await start();
  ({ token } = await gateway.issue({ user: 'alice', groups: ['staff'], ttl: '1d' }));
});
afterEach(async () => {
  await running.stop('SIGKILL');
  await upstream.close();
  home.remove();
});

async function start(): Promise<void> {
  running = startGatewayProcess(home);
  gateway = await running.ready();
}

async function restart(): Promise<void> {
  await running.stop('SIGKILL');
  await start();
}

async function send(method: string, params: JsonObject, name: string): Promise<RpcAnswer> {
  const capabilities = { extensions: { 'io.modelcontextprotocol/tasks': {} } };
  const _meta = { ...ENVELOPE, 'io.modelcontextprotocol/clientCapabilities': capabilities };
  const answer = await sendRaw(gateway.mcpPort, {
    headers: [
      ['Content-Type', 'application/json'],
      ['Accept', 'application/json'],
      ['Authorization', `Bearer ${token}`],
      ['MCP-Protocol-Version', '2026-07-28'],
      ['Mcp-Method', method],
      ['Mcp-Name', name],
    ],
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } }),
  });
  return parseAnswerBody(answer);
}

async function createTask(args: JsonObject): Promise<{ readonly taskId: string; readonly approvalId: string }> {
  const { result = {} } = await send('tools/call', { name: 'ledger__write', arguments: args }, 'ledger__write');
  const { resultType, taskId, statusMessage } = result as { resultType: string; taskId: string; statusMessage: string };
  expect(resultType).toBe('task');
  return { taskId, approvalId: /apr_[\w-]{22}/.exec(statusMessage)?.[0] ?? '' };
}

const approve = (id: string) => gateway.admin('POST', `/api/approvals/${id}/approve`, {});

async function untilOver(taskId: string): Promise<string> {
  for (;;) {
    const { result = {} } = await send('tasks/get', { taskId }, taskId);
    if (result['status'] !== 'working') return JSON.stringify(result);
    await sleep(20);
  }
}

describe('a task of a gateway that is killed', () => {
  it('before its approval: is there afterwards, can be approved, and runs once when its host comes back', async () => {
    const { taskId, approvalId } = await createTask({ mark: 'before' });
    await restart();
    expect((await approve(approvalId)).status).toBe(200);
    // Its host has not been seen by this process, so nothing runs for it yet.
    expect(upstream.count('before')).toBe(0);
    expect(await untilOver(taskId)).toContain('"text":"before"');
    expect(upstream.count('before')).toBe(1);
  });

  it('while its call is under way: says that the outcome is unknown, and does not run it again', async () => {
    const { taskId, approvalId } = await createTask({ mark: 'under way', delayMs: 60_000 });
    expect((await approve(approvalId)).status).toBe(200);
    await expect.poll(() => upstream.count('under way')).toBe(1);
    await restart();
    const over = await untilOver(taskId);
    expect(over).toContain('"status":"completed"');
    expect(over).toContain('approval_outcome_unknown');
    expect(over).toContain('"isError":true');
    await restart();
    expect(await untilOver(taskId)).toBe(over);
    expect(upstream.count('under way')).toBe(1);
  });

  it('after its call: has the result that it had', async () => {
    const { taskId, approvalId } = await createTask({ mark: 'after' });
    await approve(approvalId);
    const over = await untilOver(taskId);
    expect(over).toContain('"text":"after"');
    await restart();
    expect(await untilOver(taskId)).toBe(over);
    expect(upstream.count('after')).toBe(1);
  });

  it(
    `at any moment around its approval: runs once or never (seed ${SEED})`,
    async () => {
      const random = createSeededRandom(SEED);
      for (let round = 0; round < ROUNDS; round += 1) {
        const mark = `round ${round}`;
        const { taskId, approvalId } = await createTask({ mark, delayMs: 10 });
        const approving = approve(approvalId).catch(() => null);
        await sleep(random() * 40);
        await restart();
        await approving;
        // Where the approval was not stored, it is given now.
        await approve(approvalId);
        const over = await untilOver(taskId);
        const runs = upstream.count(mark);
        if (over.includes(`"text":"${mark}"`)) expect(runs).toBe(1);
        else if (over.includes('approval_outcome_unknown')) expect(runs).toBeLessThanOrEqual(1);
        // Its outcome was stored, and the process died before the result was.
        else expect([runs, over.includes('approval_executed')]).toEqual([1, true]);
      }
    },
    30_000 + ROUNDS * 10_000,
  );
});
