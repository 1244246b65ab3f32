import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, styleText } from 'node:util';
import { openSqliteStore } from '../src/adapters/sqlite/open-store.ts';
import type { ApprovalId, ArgsDigest } from '../src/core/approval/approval.ts';
import type { DecisionEntry, OutcomeEntry } from '../src/core/audit/entry.ts';
import type { DefinitionDigest } from '../src/core/catalog/tool.ts';
import type { PolicyVersion } from '../src/core/policy/decision.ts';

// How many entries the durable store takes, and what each costs: the decision and the outcome of one call after the other, for a number
// of callers at once. `node bench/store.ts --entries 200000 --dir /var/lib --checkpoint-pages 2000`

const { values: options } = parseArgs({
  options: {
    entries: { type: 'string', default: '100000' },
    dir: { type: 'string', default: tmpdir() },
    'checkpoint-pages': { type: 'string', default: '2000' },
    callers: { type: 'string', default: '1,8,32,128' },
  },
});
const entries = Number(options.entries);
const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };

const DIGEST = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const HEADINGS = ['callers', 'entries/s', 'CPU µs/entry', 'p50 ms', 'p99 ms', 'p99.9 ms', 'max ms', 'WAL MiB'];
console.log(styleText('bold', HEADINGS.map((heading) => heading.padStart(12)).join('')));
for (const callers of options.callers.split(',').map(Number)) {
  const row = await measure(callers);
  console.log(row.map((cell) => cell.padStart(12)).join(''));
}

async function measure(callers: number): Promise<readonly string[]> {
  const directory = mkdtempSync(join(options.dir, 'countersign-bench-'));
  const path = join(directory, 'store.db');
  const limits = { checkpointPages: Number(options['checkpoint-pages']) };
  const store = await openSqliteStore({ path, clock, limits });
  try {
    const record = (entry: DecisionEntry | OutcomeEntry) => store.audit.record([entry]);
    await runCallers(callers, entries / 10, 'warm', record);
    const cpu = process.cpuUsage();
    const startMs = performance.now();
    const latencies = await runCallers(callers, entries, 'call', record);
    const elapsedMs = performance.now() - startMs;
    const { user, system } = process.cpuUsage(cpu);
    latencies.sort((a, b) => a - b);
    const at = (share: number) => (latencies[Math.floor((latencies.length - 1) * share)] ?? 0).toFixed(2);
    return [
      String(callers),
      String(Math.round((latencies.length / elapsedMs) * 1000)),
      ((user + system) / latencies.length).toFixed(1),
      at(0.5),
      at(0.99),
      at(0.999),
      at(1),
      (statSync(`${path}-wal`).size / 1024 / 1024).toFixed(1),
    ];
  } finally {
    await store.close();
    rmSync(directory, { recursive: true });
  }
}

/** Time of each commit in milliseconds. */
async function runCallers(
  callers: number,
  total: number,
  name: string,
  record: (entry: DecisionEntry | OutcomeEntry) => Promise<number>,
): Promise<number[]> {
  const latencies: number[] = [];
  let started = 0;
  const timed = async (entry: DecisionEntry | OutcomeEntry): Promise<void> => {
    const startMs = performance.now();
    await record(entry);
    latencies.push(performance.now() - startMs);
  };
  const caller = async (): Promise<void> => {
    while (started < total) {
      started += 2;
      const callId = `${name}_${String(started).padStart(22, '0')}`;
      await timed(decision(callId));
      await timed(outcome(callId));
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return latencies;
}

function decision(callId: string): DecisionEntry {
  return {
    kind: 'decision',
    timeMs: Date.now(),
    callId,
    principal: 'https://login.example.com#alice',
    client: 'cursor',
    credentialId: 'tok_0000000000000000000001',
    revision: '2025-11-25',
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    method: 'tools/call',
    upstream: 'crm',
    tool: 'get_deal',
    definitionDigest: DIGEST as DefinitionDigest,
    class: 'read',
    policyVersion: DIGEST as PolicyVersion,
    decision: 'allow',
    ruleId: 'sales-read',
    reasons: ['rule_allows'],
    argsDigest: DIGEST as ArgsDigest,
    approvalId: null as ApprovalId | null,
    records: [],
    payload: { id: '4711', fields: ['name', 'stage', 'amount'], note: 'quarterly review of open deals' },
  };
}

function outcome(callId: string): OutcomeEntry {
  return {
    kind: 'outcome',
    timeMs: Date.now(),
    callId,
    outcome: 'ok',
    approvalId: null,
    resultDigest: DIGEST,
    resultBytes: 200,
    latencyMs: 3.142,
    detail: null,
  };
}
