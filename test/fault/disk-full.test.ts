import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KillSwitchList } from '../../src/core/admin-api/kill-switch-view.ts';
import type { JsonObject } from '../../src/core/json/value.ts';
import { type GatewayClient, type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts';
import { createHostClient, type HostAnswer, type HostClient } from '../support/host-client.ts';
import { type LedgerUpstream, startLedgerUpstream } from '../support/ledger-upstream.ts';
import { createLogModel, type LogModel } from '../support/log-model.ts';
import { sendRaw } from '../support/raw-http.ts';
import { createGatewayDir, type GatewayDir } from '../support/run-gateway.ts';
import { canMount, limitFileSize, mountSmallDisk, type SmallDisk } from '../support/small-disk.ts';

const POLICY = `
version: 1
upstream: ledger
classes: { read: [read], write: [write], never: [] }
rules:
  - { id: read, who: { groups: [staff] }, tools: [read], effect: allow }
  - { id: write, who: { groups: [staff] }, tools: [write], effect: approve }
`;
const UNAVAILABLE = { kind: 'error', httpStatus: 503, code: -31001, retryAfter: '5' };
const STOPPED = { kind: 'error', httpStatus: 503, code: -31002, retryAfter: '60' };
/** Longer than the store waits between two attempts to write. */
const QUIET_MS = 1600;

interface Kind {
  readonly name: string;
  /** What a start says that finds the disk like this. */
  readonly words: RegExp;
  readonly create: (home: GatewayDir) => SmallDisk | Promise<SmallDisk>;
}

const FILE_SYSTEM: Kind = {
  name: 'a full file system',
  words: /disk of the store is full; make space/,
  create: mountSmallDisk,
};
/** To the store this is a disk that fails, so that even what is there is not read until it was looked at anew. */
const FILE_SIZE: Kind = {
  name: 'files that may not grow',
  words: /disk of the store fails .* check the disk/,
  create: limitFileSize,
};

let log: LogModel;
let upstream: LedgerUpstream;
let disk: SmallDisk;
let running: GatewayProcess;
let gateway: GatewayClient;
let token: string | null;
let host: HostClient;
let approved: string;
let pending: string;
let earlier: string;
let marks = 0;
/** A read and an approved write that the upstream got before the disk was full, and answers when there is this file. */
let atUpstream: readonly Promise<HostAnswer>[];
let untilFile: string;

it('a file system can be mounted for these tests', (context) => {
  if (!canMount) return context.skip('no right to mount one here: only the limit on the size of files is tested');
  expect(canMount).toBe(true);
});

describe.each(canMount ? [FILE_SYSTEM, FILE_SIZE] : [FILE_SIZE])('a gateway on $name', ({ words, create }) => {
  beforeAll(async () => {
    log = createLogModel();
    upstream = await startLedgerUpstream(['read', 'write']);
    const config = `upstreams: { ledger: { url: '${upstream.url}', era: legacy } }\n`;
    disk = await create(createGatewayDir({ config, policies: { 'ledger.yaml': POLICY } }));
    token = null;
    await start();
    approved = await askForApproval('approved');
    await approve(approved);
    pending = await askForApproval('pending');
    earlier = String((await pull({ principal: 'mallory' })).json['id']);
    untilFile = join(disk.home.dir, 'answer');
    await approve(await askForApproval('write at upstream', { untilFile }));
    atUpstream = [call('read', 'read at upstream', { untilFile }), call('write', 'write at upstream', { untilFile })];
    while (upstream.count('read at upstream') + upstream.count('write at upstream') < 2) await sleep(5);
    await fillDisk();
  });
  afterAll(async () => {
    await host.close();
    await running.stop('SIGKILL');
    await disk.close();
    await upstream.close();
  });

  it('turns away reads, writes and listings, and nothing reaches an upstream', async () => {
    const calls = upstream.calls().length;
    for (let round = 0; round < 3; round += 1) {
      expect(await call('read')).toEqual(UNAVAILABLE);
      expect(await call('write')).toEqual(UNAVAILABLE);
      expect(await call('write', 'approved')).toEqual(UNAVAILABLE);
      expect(await call('write', 'pending')).toEqual(UNAVAILABLE);
      expect(await host.listTools()).toEqual(UNAVAILABLE);
    }
    expect(upstream.calls().length).toBe(calls);
  });

  it('withholds the results of what was under way, for their outcomes cannot be recorded', async () => {
    writeFileSync(untilFile, '');
    expect(await Promise.all(atUpstream)).toEqual([UNAVAILABLE, UNAVAILABLE]);
  });

  it('says so where a load balancer asks, and lives', async () => {
    expect(await probe()).toEqual({ ready: 503, adminHealth: 200, mcpHealth: 200 });
  });

  it('lets nobody approve, and nobody release a switch', async () => {
    expect(await approve(pending)).toMatchObject({ status: 503, json: { code: 'unavailable' } });
    expect(await release(earlier)).toMatchObject({ status: 503, json: { code: 'unavailable' } });
    expect(await switchesInForce()).toEqual([earlier]);
  });

  it('can be stopped', async () => {
    const pulled = await pull({ all: true });
    expect(pulled).toMatchObject({ status: 200, json: { recorded: false } });
    expect(await switchesInForce()).toEqual([earlier, pulled.json['id']]);
  });

  it('goes on by itself when there is space: stopped, with the switch in the log', async () => {
    disk.free(running.pid);
    await expect.poll(async () => (await probe()).ready).toBe(200);
    expect(await call('read')).toEqual(STOPPED);
    // What is late is tried again every second.
    await expect.poll(hasLateOutcomes).toBe(true);
    await expectWholeLog();

    for (const id of await switchesInForce()) expect((await release(id)).status).toBe(200);
    expect(await call('read')).toMatchObject({ isError: false });
    await log.readOn(gateway);
    // Nobody approved while it was full, and what was approved before the switch is not any more.
    expect(log.approvalHistory(pending)).toEqual(['pending', 'void']);
    expect(log.approvalHistory(approved)).toEqual(['pending', 'approved', 'void']);
    expect((await approve(await askForApproval('approved'))).status).toBe(200);
    expect(await call('write', 'approved')).toMatchObject({ isError: false, text: 'approved' });
    expect(upstream.count('approved')).toBe(1);
    await expectWholeLog();
  });

  it('does not forget a switch when it is killed: it refuses to start, or starts stopped', async () => {
    await fillDisk();
    const pulled = await pull({ all: true });
    const id = String(pulled.json['id']);
    expect(pulled).toMatchObject({ status: 200, json: { recorded: false } });
    await running.stop('SIGKILL');

    const isRefused = await start().then(
      () => false,
      () => true,
    );
    if (isRefused) {
      expect(await running.ended()).toBe(1);
      expect(running.stderr()).toMatch(words);
    } else {
      expect(await switchesInForce()).toEqual([id]);
      expect(await call('read')).toMatchObject({ kind: 'error', httpStatus: 503 });
      await running.stop('SIGKILL');
    }

    disk.free(null);
    await start();
    expect(await switchesInForce()).toEqual([id]);
    expect(await call('read')).toEqual(STOPPED);
    await expectWholeLog();
    expect((await release(id)).status).toBe(200);
    expect(await call('read')).toMatchObject({ isError: false });
    await expectWholeLog();
  });
});

async function start(): Promise<void> {
  running = startGatewayProcess(disk.home, disk.wrap);
  gateway = await running.ready();
  token ??= (await gateway.issue({ user: 'alice', groups: ['staff'] })).token;
  host = createHostClient(gateway.mcpPort, token);
}

function call(tool: 'read' | 'write', mark = `${tool} ${(marks += 1)}`, more: JsonObject = {}): Promise<HostAnswer> {
  return host.call(`ledger__${tool}`, { mark, ...more });
}

async function askForApproval(mark: string, more: JsonObject = {}): Promise<string> {
  const asked = await call('write', mark, more);
  expect(asked).toMatchObject({ status: 'approval_pending' });
  return asked.kind === 'result' ? (asked.approvalId ?? '') : '';
}

function approve(id: string): ReturnType<GatewayClient['admin']> {
  return gateway.admin('POST', `/api/approvals/${id}/approve`, {});
}

function pull(scope: object): ReturnType<GatewayClient['admin']> {
  return gateway.admin('POST', '/api/kill-switch', { scope, reason: 'the disk is full' });
}

function release(id: string): ReturnType<GatewayClient['admin']> {
  return gateway.admin('DELETE', `/api/kill-switch/${id}`);
}

async function switchesInForce(): Promise<readonly string[]> {
  const { json } = await gateway.admin('GET', '/api/kill-switch');
  return (json as unknown as KillSwitchList).killSwitches.map(({ id }) => id);
}

async function probe(): Promise<{ ready: number; adminHealth: number; mcpHealth: number }> {
  const { adminPort, mcpPort } = gateway;
  const get = async (port: number, path: string): Promise<number> =>
    (await sendRaw(port, { method: 'GET', path })).status;
  const ready = await get(adminPort, '/readyz');
  return { ready, adminHealth: await get(adminPort, '/healthz'), mcpHealth: await get(mcpPort, '/healthz') };
}

/**
 * A file that has grown already may have room for more, and where one is full another may be emptied into a third: the disk is full when
 * neither large nor small could be written for a while.
 */
async function fillDisk(): Promise<void> {
  disk.fill(running.pid);
  for (let quietSinceMs = Date.now(); Date.now() - quietSinceMs < QUIET_MS; await sleep(20)) {
    const calls = [100_000, 100_000, 10_000, 0].map((length) => call('read', undefined, { pad: 'x'.repeat(length) }));
    if ((await Promise.all(calls)).some(({ kind }) => kind !== 'error')) quietSinceMs = Date.now();
  }
}

async function hasLateOutcomes(): Promise<boolean> {
  await log.readOn(gateway);
  return log.isOk('read at upstream') && log.isOk('write at upstream');
}

/** What the log must say once it can be written: a decision for everything that ran, and an outcome for it. */
async function expectWholeLog(): Promise<void> {
  await log.readOn(gateway);
  expect(log.violations).toEqual([]);
  expect(log.openCalls()).toEqual([]);
  expect(upstream.calls().flatMap((each) => log.reasonAgainst(each) ?? [])).toEqual([]);
  expect([...log.killSwitches()]).toEqual(await switchesInForce());
}
