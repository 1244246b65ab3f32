import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AuditEntry } from '../../src/core/audit/entry.ts';
import { StoreError } from '../../src/ports/store-error.ts';
import type { AdminRole } from '../../src/core/identity/principal.ts';
import { createCliWorld } from '../support/cli-world.ts';
import { createGatewayRig, person } from '../support/gateway-rig.ts';
import { startAdminPlane } from '../support/start-admin-plane.ts';

const POLICY = `
version: 1
upstream: notes
classes: { read: [get], write: [update] }
rules:
  - { id: read, who: { groups: [staff] }, tools: { class: read }, effect: allow }
  - { id: write, who: { groups: [staff] }, tools: { class: write }, effect: approve }
`;
const MINUTE_MS = 60_000;
const alice = { ...person('alice'), groups: ['staff'] };

/** A gateway with a read and a write behind it, a minute apart. */
async function createWorld() {
  const rig = await createGatewayRig({ policies: [POLICY], upstreams: { notes: ['get', 'update'] } });
  const plane = await startAdminPlane(rig);
  const cli = await createCliWorld();
  const dir = mkdtempSync(join(tmpdir(), 'countersign-export-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const startMs = rig.clock.nowMs();
  await rig.call(alice, 'notes__get', { id: 'canary-1' });
  rig.clock.advance(MINUTE_MS);
  await rig.call(alice, 'notes__update', { id: 'canary-2' });
  rig.clock.advance(MINUTE_MS);
  const { audit } = rig.store;
  const stored = async () => (await audit.read({ limit: 1000, afterSequence: 0 })).map(({ leaf }) => `${leaf}\n`);
  return {
    rig,
    plane,
    dir,
    stored,
    at: (minutes: number) => new Date(startMs + minutes * MINUTE_MS).toISOString(),
    run: (args: readonly string[], role: AdminRole = 'auditor', isTty = false) =>
      cli.run(['audit', ...args, ...(args[0] === 'export' ? ['--admin-url', plane.url] : [])], {
        env: { COUNTERSIGN_ADMIN_TOKEN: plane.admin(role) },
        isTty,
      }),
  };
}

describe('audit export', () => {
  it('writes the log as it is stored, up to the entry that says who asked', async () => {
    const { run, stored } = await createWorld();
    const { stdout, stderr, exitCode } = await run(['export']);
    const lines = await stored();
    expect([exitCode, stdout]).toEqual([0, lines.join('')]);
    expect(stderr).toBe(`Exported ${lines.length} entries, #1 to #${lines.length}.\n`);
    expect(lines.at(-1)).toContain('"by":"olivia","change":"exported","detail":"all entries"');
    expect(stdout).not.toContain('canary');
  });

  it('is found whole by audit verify', async () => {
    const { run, dir } = await createWorld();
    const file = join(dir, 'audit.jsonl');
    const { stdout, stderr, exitCode } = await run(['export', '--output', file]);
    expect([exitCode, stdout, stderr]).toEqual([0, '', expect.stringContaining(`, to ${file}.`)]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await run(['verify', file])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('no fault found'),
    });
  });

  it.each<[string, number | null, number | null, string, string]>([
    ['since', 1, null, 'decision', 'gateway'],
    ['until', null, 1, 'principal', 'outcome'],
    ['since and until', 1, 2, 'decision', 'approval'],
  ])('takes a part of it, by %s', async (_, since, until, firstKind, lastKind) => {
    const { run, at, stored } = await createWorld();
    const { stdout } = await run([
      'export',
      ...(since === null ? [] : ['--since', at(since)]),
      ...(until === null ? [] : ['--until', at(until)]),
    ]);
    const kinds = stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { entry: AuditEntry }).entry.kind);
    expect([kinds[0], kinds.at(-1)]).toEqual([firstKind, lastKind]);
    expect((await stored()).join('')).toContain(stdout);
    expect((await stored()).at(-1)).toContain(since === null ? 'entries until ' : 'entries since ');
  });

  it('replaces no file, and leaves none behind that is not whole', async () => {
    const { run, rig, dir } = await createWorld();
    const file = join(dir, 'audit.jsonl');
    writeFileSync(file, 'kept');
    expect(await run(['export', '--output', file])).toMatchObject({ exitCode: 2 });
    expect(readFileSync(file, 'utf8')).toBe('kept');
    failRecording(rig);
    expect(await run(['export', '--output', join(dir, 'other.jsonl')])).toMatchObject({ exitCode: 3 });
    expect(readdirSync(dir)).toEqual(['audit.jsonl']);
  });

  it('breaks off, and says so, where the log cannot be read to its end', async () => {
    const { run, rig, dir } = await createWorld();
    await rig.store.audit.record(Array.from({ length: 1200 }, (_, n) => filler(rig.clock.nowMs(), n)));
    let pages = 0;
    const { read } = rig.store.audit;
    Object.assign(rig.store.audit, {
      read: (query: Parameters<typeof read>[0]) =>
        (pages += 1) === 2 ? Promise.reject(new Error('gone')) : read(query),
    });
    const { stderr, exitCode } = await run(['export', '--output', join(dir, 'audit.jsonl')]);
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining('broke off after')]);
    expect(readdirSync(dir)).toEqual([]);
  });

  it('says on a terminal how far it is', async () => {
    const { run, rig, dir } = await createWorld();
    await rig.store.audit.record(Array.from({ length: 1200 }, (_, n) => filler(rig.clock.nowMs(), n)));
    const { stderr } = await run(['export', '--output', join(dir, 'audit.jsonl')], 'auditor', true);
    expect(stderr).toMatch(/^\r[\d,]+ entries.*\r\u001b\[KExported 1,2\d\d entries/);
  });

  it('is for auditors, and refused where it cannot be recorded', async () => {
    const { run, rig, stored } = await createWorld();
    const before = await stored();
    for (const role of ['operator', 'approver', 'viewer'] as const)
      expect(await run(['export'], role)).toMatchObject({ exitCode: 3, stdout: '' });
    expect(await stored()).toEqual(before);
    failRecording(rig);
    expect(await run(['export'])).toMatchObject({ exitCode: 3, stdout: '' });
  });
});

describe('GET /api/audit/export', () => {
  it('takes the filters of the page', async () => {
    const { plane, stored } = await createWorld();
    const ask = async (query: string) =>
      (await plane.ask({ path: `/api/audit/export${query}`, token: plane.admin('auditor') })).body;
    expect(await ask('?kind=outcome')).toBe(
      (await stored()).filter((line) => line.includes('"kind":"outcome"')).join(''),
    );
    expect(await ask('?q=ALICE+update')).toBe(
      (await stored()).filter((line) => /alice/i.test(line) && line.includes('update')).join(''),
    );
    expect((await stored()).at(-1)).toContain('entries with ALICE update');
    expect(await ask('?kind=nothing')).toBe('');
  });

  it.each(['?since=yesterday', '?kind=A', '?after=1', `?q=${'x'.repeat(201)}`])('refuses %s', async (query) => {
    const { plane } = await createWorld();
    const answer = await plane.ask({ path: `/api/audit/export${query}`, token: plane.admin('auditor') });
    expect(answer.status).toBe(400);
  });

  it('reads no further than its reader does, and lets no more than four go on at once', async () => {
    const { plane, rig } = await createWorld();
    await rig.store.audit.record(Array.from({ length: 60_000 }, (_, n) => filler(rig.clock.nowMs(), n)));
    let pages = 0;
    const { read } = rig.store.audit;
    Object.assign(rig.store.audit, {
      read: (query: Parameters<typeof read>[0]) => {
        pages += 1;
        return read(query);
      },
    });
    const token = plane.admin('auditor');
    const sockets = Array.from({ length: 4 }, () => {
      const socket = connect(plane.port, '127.0.0.1');
      socket.pause();
      socket.write(
        `GET /api/audit/export HTTP/1.1\r\nHost: 127.0.0.1:${plane.port}\r\nAuthorization: Bearer ${token}\r\n\r\n`,
      );
      return socket;
    });
    let before = -1;
    while (pages < 4 || pages !== before) {
      before = pages;
      await sleep(300);
    }
    expect(pages).toBeLessThan(4 * 100);
    expect((await plane.ask({ path: '/api/audit/export', token })).status).toBe(503);
    for (const socket of sockets) socket.destroy();
    await expect.poll(async () => (await plane.ask({ path: '/api/audit/export?kind=none', token })).status).toBe(200);
  });
});

function failRecording({ store }: Awaited<ReturnType<typeof createGatewayRig>>): void {
  const record = () => Promise.reject(new StoreError('unavailable', 'the disk is full'));
  Object.assign(store.audit, { record });
}

function filler(timeMs: number, n: number): AuditEntry {
  const detail = `entry ${n} `.padEnd(300, '.');
  return { kind: 'gateway', timeMs, change: 'recovered', policyVersion: null, by: null, detail };
}
