import { writeSync } from 'node:fs';
import { openSqliteStore } from '../../src/adapters/sqlite/open-store.ts';
import type { DecisionEntry, OutcomeEntry } from '../../src/core/audit/entry.ts';
import { sampleDecision, sampleOutcome } from '../support/store-samples.ts';

// Records calls as the gateway does, into the store named by the first argument, until it is killed or has done as many as the third
// argument says, as many at a time as the fourth says. Each acknowledgement is a line on standard output, `<sequence> <kind> <call id>`,
// written before anything else happens.

const [path = '', round = '0', callsMax = 'Infinity', callers = '8'] = process.argv.slice(2);
const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };
const store = await openSqliteStore({ path, clock, limits: { checkpointPages: 20, probeIntervalMs: 20 } });
writeSync(1, 'ready\n');

async function record(entry: DecisionEntry | OutcomeEntry): Promise<boolean> {
  try {
    const sequence = await store.audit.record([entry]);
    writeSync(1, `${sequence} ${entry.kind} ${entry.callId}\n`);
    return true;
  } catch (error) {
    writeSync(1, `error ${entry.kind} ${entry.callId} ${String(error)}\n`);
    await new Promise((resolve) => setTimeout(resolve, 5));
    return false;
  }
}

let calls = 0;
async function caller(): Promise<void> {
  while (calls < Number(callsMax)) {
    calls += 1;
    const callId = `call_${round}_${calls}`;
    // Without a decision in the log there is no call. An outcome is tried again until it is there.
    if (!(await record(sampleDecision({ callId })))) continue;
    while (!(await record(sampleOutcome({ callId })))) continue;
  }
}

await Promise.all(Array.from({ length: Number(callers) }, caller));
writeSync(1, 'done\n');
await store.close();
