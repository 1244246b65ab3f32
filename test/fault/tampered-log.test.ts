import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LogVerdict } from '../../src/core/audit/verify/check-log.ts';
import type { JsonObject } from '../../src/core/json/value.ts';
import { type GatewayClient, type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts';
import { createHostClient, type HostClient } from '../support/host-client.ts';
import { type LedgerUpstream, startLedgerUpstream } from '../support/ledger-upstream.ts';
import { createGatewayDir, type GatewayDir } from '../support/run-gateway.ts';
import { type LogRow, readRows, renumbered, tamperBySql, tamperWith } from '../support/tamper-log.ts';
import { verifyLog } from '../support/verify-log.ts';

const POLICY = `
version: 1
upstream: ledger
classes: { read: [read], write: [write], never: [] }
rules:
  - { id: read, who: { groups: [staff] }, tools: { class: read }, effect: allow }
  - { id: write, who: { groups: [staff] }, tools: { class: write }, effect: approve }
`;
const UNTIL_KILLED = { untilFile: '/there/is/no/such/file' };

let upstream: LedgerUpstream;
let home: GatewayDir;
let running: GatewayProcess;
let gateway: GatewayClient;
let host: HostClient;
let token: string | null = null;
let rows: readonly LogRow[];
let whileRunning: LogVerdict;

/** A day of a gateway: reads, an approved write and a rejected one, a kill switch, a crash with a call under way, and an end. */
beforeAll(async () => {
  upstream = await startLedgerUpstream(['read', 'write']);
  const config = `upstreams: { ledger: { url: '${upstream.url}', era: legacy } }\n`;
  home = createGatewayDir({ config, policies: { 'ledger.yaml': POLICY } });
  await start();
  await call('read', 'first');
  await decide(await ask('run'), 'approve');
  await call('write', 'run');
  await decide(await ask('turned down'), 'reject');
  const pulled = await gateway.admin('POST', '/api/kill-switch', { scope: { tool: 'ledger/read' }, reason: 'a drill' });
  await call('read', 'stopped');
  await gateway.admin('DELETE', `/api/kill-switch/${String(pulled.json['id'])}`);
  await decide(await ask('lost', UNTIL_KILLED), 'approve');
  const lost = [call('read', 'lost read', UNTIL_KILLED), call('write', 'lost', UNTIL_KILLED)];
  await untilAtUpstream('lost read', 'lost');
  await running.stop('SIGKILL');
  await Promise.all(lost);
  await host.close();

  await start();
  const slow = call('read', 'slow', { delayMs: 3000 });
  await untilAtUpstream('slow');
  whileRunning = verifyLog(home.storeFile);
  await slow;
  await host.close();
  await running.stop('SIGTERM');
  const db = new DatabaseSync(home.storeFile, { readOnly: true });
  rows = readRows(db);
  db.close();
}, 120_000);

afterAll(async () => {
  await running.stop('SIGKILL');
  await upstream.close();
  home.remove();
});

describe('the log of a gateway', () => {
  it('is found whole, also while the gateway runs, and names the call that is under way', () => {
    expect(whileRunning).toMatchObject({ faultCount: 0, faults: [], first: 1, inFlightCount: 1 });
    expect(entryAt(whileRunning.inFlight[0]?.sequence)).toMatchObject({ kind: 'decision', tool: 'read' });
  });

  it('is found whole after approvals, a kill switch, a crash and an end', () => {
    expect(verifyLog(home.storeFile)).toEqual({
      entries: rows.length,
      first: 1,
      last: rows.length,
      lastMs: rows.at(-1)?.entry['timeMs'],
      faultCount: 0,
      faults: [],
      inFlightCount: 0,
      inFlight: [],
    });
    const kinds = rows.map(({ entry }) =>
      `${textAt(entry, 'kind')} ${textAt(entry, 'change')}${textAt(entry, 'outcome')}`.trim(),
    );
    expect(kinds).toEqual(
      expect.arrayContaining(['approval rejected', 'outcome unknown', 'gateway recovered', 'dispatch']),
    );
  });
});

describe('in a log that was tampered with, the first bad entry is named', () => {
  const without = (seq: number) => (all: LogRow[]) => all.filter((row) => row.seq !== seq);

  it('where an entry was taken out', () => {
    const seq = find({ kind: 'refusal' }, { kind: 'decision', decision: 'deny' });
    expect(first(without(seq))).toMatchObject({
      check: 'sequence',
      sequence: seq + 1,
      expected: `entry ${seq}`,
      got: `entry ${seq + 1}: one is missing`,
    });
  });

  it('where the first one was', () => {
    expect(first(without(1))).toMatchObject({ check: 'sequence', sequence: 2, expected: 'entry 1' });
  });

  it('where an outcome was, and all after it numbered anew', () => {
    const outcome = find({ kind: 'outcome', outcome: 'ok' });
    const decision = find({ kind: 'decision', callId: callIdAt(outcome) });
    expect(first((all) => renumbered(without(outcome)(all)))).toMatchObject({ check: 'calls', sequence: decision });
  });

  it('where the last outcome was, of a call that could still be under way if the store did not know better', () => {
    const outcome = rows.findLast(({ entry }) => entry['kind'] === 'outcome')?.seq ?? 0;
    const decision = find({ kind: 'decision', callId: callIdAt(outcome) });
    expect(first((all) => renumbered(without(outcome)(all)))).toMatchObject({
      check: 'calls',
      sequence: decision,
      got: 'none to the end of the log, and the store does not take it for open',
    });
  });

  it('where a decision was', () => {
    const outcome = find({ kind: 'outcome', approvalId: null });
    const decision = find({ kind: 'decision', callId: callIdAt(outcome) });
    expect(first((all) => renumbered(without(decision)(all)))).toMatchObject({ check: 'calls', sequence: outcome - 1 });
  });

  it('where two entries have changed places', () => {
    const seq = find({ kind: 'outcome', approvalId: null });
    const swapped = (all: LogRow[]) => {
      const [a, b] = [all[seq - 2], all[seq - 1]] as [LogRow, LogRow];
      all.splice(seq - 2, 2, { ...b, seq: seq - 1 }, { ...a, seq });
      return all;
    };
    expect(first(swapped)).toMatchObject({ check: 'calls', sequence: seq - 1 });
  });

  it('where the texts of two have', () => {
    const sql = `CREATE TABLE t AS SELECT seq, leaf FROM audit_log WHERE seq IN (3, 4);
      UPDATE audit_log SET leaf = (SELECT leaf FROM t WHERE t.seq = 7 - audit_log.seq) WHERE seq IN (3, 4)`;
    expect(firstBySql(sql)).toMatchObject({ check: 'form', sequence: 3, got: 'that of entry 4' });
  });

  it('where an outcome is there twice', () => {
    const seq = find({ kind: 'outcome', approvalId: null });
    const twice = (all: LogRow[]) => renumbered([...all.slice(0, seq), all[seq - 1] as LogRow, ...all.slice(seq)]);
    expect(first(twice)).toMatchObject({
      check: 'calls',
      sequence: seq + 1,
      got: `another one; the first is entry ${seq}`,
    });
  });

  it.each<[string, string, string]>([
    [
      'a blank',
      `UPDATE audit_log SET leaf = replace(leaf, ',"seq"', ', "seq"') WHERE seq = 5`,
      'not in its canonical form',
    ],
    [
      'a field that is gone',
      `UPDATE audit_log SET leaf = replace(leaf, '"by":null,', '') WHERE leaf LIKE '%"started"%'`,
      'none',
    ],
    [
      'a field more',
      `UPDATE audit_log SET leaf = replace(leaf, '"kind"', '"john":1,"kind"') WHERE seq = 1`,
      'a field john as well',
    ],
    [
      'a kind of its own',
      `UPDATE audit_log SET leaf = replace(leaf, '"gateway"', '"gatewey"') WHERE leaf LIKE '%"started"%'`,
      'the kind gatewey',
    ],
    [
      'a value that there is not',
      `UPDATE audit_log SET leaf = replace(leaf, '"started"', '"begun"') WHERE leaf LIKE '%"started"%'`,
      '"begun"',
    ],
    ['no JSON', `UPDATE audit_log SET leaf = 'x' WHERE seq = 5`, 'at byte'],
  ])('where one was edited: %s', (_, sql, got) => {
    expect(firstBySql(sql)).toMatchObject({ check: 'form', got: expect.stringContaining(got) });
  });

  it('where a payload was edited', () => {
    const sql = `UPDATE audit_log SET payload = replace(payload, 'first', 'other') WHERE payload LIKE '%first%'`;
    expect(firstBySql(sql)).toMatchObject({ check: 'payloads', sequence: find({ kind: 'decision', tool: 'read' }) });
  });

  const dispatch = { kind: 'dispatch' };
  const requested = { kind: 'approval', change: 'requested' };
  const approved = { kind: 'approval', change: 'approved' };
  const unknown = { kind: 'outcome', outcome: 'unknown' };
  const released = { kind: 'kill-switch', change: 'off' };
  it.each<[string, JsonObject, JsonObject, string, JsonObject]>([
    ['a decision', { kind: 'decision', decision: 'allow' }, { decision: 'deny' }, 'calls', { kind: 'outcome' }],
    ['who approved', dispatch, { decidedBy: 'mallory' }, 'approvals', dispatch],
    ['what was approved', dispatch, { argsDigest: 'f'.repeat(64) }, 'approvals', dispatch],
    ['an approval into a rejection', approved, { change: 'rejected' }, 'approvals', dispatch],
    ['a request that was decided on', requested, { approvalId: 'apr_other' }, 'approvals', approved],
    ['whose approval an outcome ends', unknown, { approvalId: 'apr_other' }, 'calls', unknown],
    ['which switch was released', released, { id: 'kill_other' }, 'kill-switches', released],
  ])('where one was edited in its form: %s', (_, which, fields, check, named) => {
    const seq = find(which);
    const edit = (all: LogRow[]) =>
      all.map((row) => (row.seq === seq ? { ...row, entry: { ...row.entry, ...fields } } : row));
    expect(first(edit)).toMatchObject({ check, sequence: find(named) });
  });

  it('where the clock was', () => {
    const seq = find({ kind: 'outcome' });
    const edit = (all: LogRow[]) =>
      all.map((row) => (row.seq > seq ? { ...row, entry: { ...row.entry, timeMs: 1_000_000_000_000 } } : row));
    expect(first(edit)).toMatchObject({ check: 'time', sequence: seq + 1 });
  });

  it('but not where everything was rewritten so that it agrees', () => {
    const renamed = (all: LogRow[]) =>
      all.map((row) => ({ ...row, entry: JSON.parse(JSON.stringify(row.entry).replaceAll('"alice"', '"mallory"')) }));
    expect(verdictOf(renamed)).toMatchObject({ faultCount: 0 });
  });
});

function first(change: (all: LogRow[]) => readonly LogRow[]) {
  const verdict = verdictOf(change);
  expect(verdict.faultCount).toBeGreaterThan(0);
  return verdict.faults[0];
}

function verdictOf(change: (all: LogRow[]) => readonly LogRow[]): LogVerdict {
  return inCopy((copy) => tamperWith(home.storeFile, copy, change));
}

function firstBySql(sql: string) {
  return inCopy((copy) => tamperBySql(home.storeFile, copy, sql)).faults[0];
}

function inCopy(make: (copy: string) => void): LogVerdict {
  const copy = `${home.dir}/copy.db`;
  try {
    make(copy);
    return verifyLog(copy);
  } finally {
    for (const end of ['', '-wal', '-shm']) rmSync(`${copy}${end}`, { force: true });
  }
}

/** The number of the first entry that has all fields of one of these. */
function find(...wanted: readonly JsonObject[]): number {
  const found = rows.find(({ entry }) =>
    wanted.some((fields) => Object.entries(fields).every(([name, value]) => entry[name] === value)),
  );
  if (found === undefined) throw new Error(`no entry ${JSON.stringify(wanted)}`);
  return found.seq;
}

function entryAt(seq: number | undefined): JsonObject {
  return rows.find((row) => row.seq === seq)?.entry ?? {};
}

const callIdAt = (seq: number): string => textAt(entryAt(seq), 'callId');

function textAt(entry: JsonObject, name: string): string {
  const value = entry[name];
  return typeof value === 'string' ? value : '';
}

async function start(): Promise<void> {
  running = startGatewayProcess(home);
  gateway = await running.ready();
  token ??= (await gateway.issue({ user: 'alice', groups: ['staff'] })).token;
  host = createHostClient(gateway.mcpPort, token);
}

const call = (tool: 'read' | 'write', mark: string, more: JsonObject = {}) =>
  host.call(`ledger__${tool}`, { mark, ...more });

async function ask(mark: string, more: JsonObject = {}): Promise<string> {
  const answer = await call('write', mark, more);
  return answer.kind === 'result' ? (answer.approvalId ?? '') : '';
}

async function decide(id: string, decision: 'approve' | 'reject'): Promise<void> {
  expect((await gateway.admin('POST', `/api/approvals/${id}/${decision}`, {})).status).toBe(200);
}

async function untilAtUpstream(...marks: readonly string[]): Promise<void> {
  while (marks.some((mark) => upstream.count(mark) === 0)) await sleep(10);
}
